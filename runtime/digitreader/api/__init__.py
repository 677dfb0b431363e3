"""What a Python program reads with: two functions, a Reader for any form of picture, and pages that show themselves.

`functions.py` has `read`, `read_picture` and `read_many`, `reader.py` the Reader that they use, `page.py` what they give.
The package itself hands these on when they are first asked for, so that `import digitreader` loads nothing else.
"""
