"""Reports for software: the same rows as the pages."""
