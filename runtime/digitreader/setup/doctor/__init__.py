"""The doctor: checks camera, light, board and installation."""
