"""The house's look: form fields, components, charts and maps that every page is built from."""
