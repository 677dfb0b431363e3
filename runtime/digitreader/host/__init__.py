"""The machine that digitreader runs on: messages, progress, files, this process.

Every package may import from here: `messages.py` prints messages, `files.py` reads and writes files, `progress.py`
shows a progress bar, `process.py` and `native_stderr.py` control memory, signals and stderr of the process.
"""
