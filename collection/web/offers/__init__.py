"""Pages of offers and bids on a lot."""
