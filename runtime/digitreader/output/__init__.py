"""Outputs: each is a small class that receives what was read."""
