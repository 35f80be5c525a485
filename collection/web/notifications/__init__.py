"""What a person should know, in the order it happened."""
