"""The command line, one file a command.

`main.py` lists the commands and imports the one that is asked for; each has `add_parser` and `run`.
"""
