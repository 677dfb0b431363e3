"""The doctor: facts of this machine, gathered at its border, and what a pure check for each finds wrong with them."""
