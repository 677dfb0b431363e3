"""Measure: how good and how fast it is, and what the network does."""
