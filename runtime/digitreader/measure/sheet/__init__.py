"""The printable test sheet."""
