"""Models that were not made by digitreader: their cards, how a digit is centred for them, and their engine."""
