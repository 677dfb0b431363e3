"""Tools of the workshop, which are in no distribution: checks on an emulated Raspberry Pi, and releases."""
