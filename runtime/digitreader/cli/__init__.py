"""The command line, with one file for each command.

`main.py` lists the commands and imports the one that is asked for; each has `add_parser` and `run`.
"""
