"""Shows one digit's way through the network."""
