"""Labelled digits laid on paper, and found and read there like those of any frame."""
