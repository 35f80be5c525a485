"""Logging a lot, one question a page."""
