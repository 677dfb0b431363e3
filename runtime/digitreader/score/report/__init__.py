"""The page: what was measured, as one HTML file that needs nothing beside it."""
