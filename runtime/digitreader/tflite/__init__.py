"""The .tflite file itself: its graph read without LiteRT, for the NumPy engine, the C export and the receipt."""
