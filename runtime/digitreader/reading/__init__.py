"""Reading: the order of all steps, from a frame to announced numbers.

`pipeline.py` reads a frame, `stream.py` reads the frames of a stream one after another, `tracker.py` decides when a
number is steady. Other packages import these files one by one, so that reading a picture does not load what only a
stream needs.
"""
