"""What is not scrap yet: noted, watched, and turned into lots when it arises."""
