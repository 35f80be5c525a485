"""Lots: the list, the page of one lot, and how a lot leaves without being retained."""
