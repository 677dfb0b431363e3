"""Models of a user's own: finding out their input and output, their cards, and the variants of a Keras model."""
