"""Measure: how good and how fast it is, and what the network does.

`score/`, `bench/`, `soak/`, `sheet/` and `explain/` are what the commands of these names do; `data/` reads labelled
digits, and `report.py` makes the pages. Nothing that reads a frame imports from here.
"""
