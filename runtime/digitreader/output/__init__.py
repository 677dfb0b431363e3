"""Outputs: each is a small class that receives what was read.

`sink.py` is the interface of an output, `settings.py` has the user's settings, `kinds.py` the table of all outputs, and
`opening.py` opens them. Each of the other files is one output, imported when one of its kind is opened.
"""
