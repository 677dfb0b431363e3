"""Models of a user's own: finding out what they are shown and give, their cards, and the variants of a Keras model."""
