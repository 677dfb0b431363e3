"""The live page: a web server in the process that reads, and the page that it serves.

`server.py` runs the server, `app.py` answers requests, `board.py` has the last readings, `static/` runs in the browser.
"""
