"""The Python API: functions and a Reader for pictures of any form, and the pages that they give.

`functions.py` has `read`, `read_picture` and `read_many`; `reader.py` has the Reader that they use, `page.py` the
results. `import digitreader` loads none of them until a name is first used.
"""
