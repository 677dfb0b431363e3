"""The test sheet: what this camera, this light and this hand make of digits that are known."""
