"""Explain: how one digit is read, from the picture to the ten outputs, so that people can see it."""
