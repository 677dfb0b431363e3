"""What a Python program reads with: two functions, a Reader for any form of picture, and pages that show themselves.

`functions.py` has `read`, `read_picture` and `read_many`; `reader.py` has the Reader below them, `page.py` what comes
back. The package itself hands these on when they are first asked for: `import digitreader` loads nothing else.
"""
