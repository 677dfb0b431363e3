"""Models that were not made here: their cards, how a digit is centred for them, and what runs them."""
