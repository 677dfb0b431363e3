"""One digit's way through the network, for people to look at."""
