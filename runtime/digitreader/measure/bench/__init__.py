"""Bench: measures the time and memory of reading, each beside a reference in the same run."""
