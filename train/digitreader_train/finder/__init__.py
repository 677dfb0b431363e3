"""The finder's network: scenes with the truth for every pixel, the network that learns from them, and its training."""
