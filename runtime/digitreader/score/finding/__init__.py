"""Finding: kinds of pictures on which digits are hard to find, drawn with their truth, read and counted."""
