"""Printing labels, and what scanning one opens."""
