"""Reading: the order of all steps, from a frame to announced numbers."""
