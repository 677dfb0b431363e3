"""What is not a digit: how much of it is taken for one."""
