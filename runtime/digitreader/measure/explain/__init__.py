"""Explain: shows how the network reads one digit."""
