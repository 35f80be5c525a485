"""Pages about the risk model."""
