"""A synthetic register of any size: set-based, the same for the same seed, and plainly marked as made up."""
