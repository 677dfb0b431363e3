"""Scenes: drawn sheets whose every digit is known, and what went wrong with each that was not read."""
