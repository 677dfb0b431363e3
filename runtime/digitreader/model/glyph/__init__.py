"""Glyph: from a digit's ink to the 28x28 picture, and to what a network is shown of it."""
