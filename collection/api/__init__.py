"""The REST API: the same queries and actions as the web pages, for software."""
