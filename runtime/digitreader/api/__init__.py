"""The Python API: two functions, a Reader for any form of picture, and pages that show themselves.

`functions.py` has `read`, `read_picture` and `read_many`; `reader.py` has the Reader that they use, `page.py` the
results. `import digitreader` loads none of them until a name is first used.
"""
