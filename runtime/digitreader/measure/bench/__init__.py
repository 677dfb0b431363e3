"""Bench: what reading costs in time and memory, each figure beside a yardstick of the same run."""
