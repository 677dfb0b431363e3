"""Photographs whose digits somebody wrote down."""
