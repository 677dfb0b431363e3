"""Reading: the order of all steps, from a frame to what is told of it.

`pipeline.py` reads a frame, `stream.py` reads the frames of a stream one after another, `tracker.py` says when a number
is steady. Others import these files one by one, so that a picture is read without what only a stream needs.
"""
