"""The machine that it runs on: messages, progress, files, this process.

Every room may import from here: `messages.py` says things, `files.py` reads and writes, `progress.py` shows how far
it is, `process.py` and `native_stderr.py` keep the process in order.
"""
