"""Animations: each frame of a GIF, PNG or WebP file as a picture file of its own, and the canvas that they change."""
