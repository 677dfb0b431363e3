"""Compares all variants of a run in one table and one picture."""
