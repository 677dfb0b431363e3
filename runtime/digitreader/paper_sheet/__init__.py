"""The printable test sheet: numbers to copy by hand, and the marks by which a photograph of it is straightened."""
