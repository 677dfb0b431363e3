"""Output: each a small sink for what was read.

`sink.py` is what an output does, `settings.py` what the user asked for, `kinds.py` the table of all outputs, and
`opening.py` opens them. The other files are one output each, imported when one of its kind is opened.
"""
