"""The Python API: two functions, a Reader for any form of picture, and pages that show themselves."""
