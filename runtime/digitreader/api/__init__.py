"""What a Python program reads with: two functions, a Reader for any form of picture, and pages that show themselves."""
