"""Pictures in which digits are hard to find, by kind."""
