"""Working without signal: what a phone keeps, and the doors through which its queue comes in later."""
