"""Output: each a small sink for what was read."""
