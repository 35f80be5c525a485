"""The catalogue: products with the figures estimates are made from, and the prices they are valued at."""
