"""Measure: how well and how fast digits are read, and how the network reads them.

`score/`, `bench/`, `soak/`, `sheet/` and `explain/` do the work of the commands with these names. `data/` reads
labelled digits, and `report.py` makes the pages. Code that reads a frame never imports from here.
"""
