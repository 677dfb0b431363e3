"""Bench: what reading costs on this machine, always beside a yardstick measured in the same run."""
