"""The planner's pages about rounds that come again, how long stops take, and what the law asks of carriers."""
