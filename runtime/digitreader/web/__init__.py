"""The live page: a web server in the process that reads, and the page that it serves.

`server.py` serves, `app.py` answers the requests, `board.py` takes what was read, `static/` is what the browser runs.
"""
