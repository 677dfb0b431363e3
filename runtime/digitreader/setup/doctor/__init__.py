"""The doctor: what is wrong with camera, light, board or installation."""
