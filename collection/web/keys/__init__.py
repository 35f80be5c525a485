"""Keys for software, for people: made, shown once, taken back."""
