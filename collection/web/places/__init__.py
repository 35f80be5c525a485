"""Saved places: where a holder's lots are fetched."""
