"""Reading: the order of all steps, from a frame to what is told of it."""
