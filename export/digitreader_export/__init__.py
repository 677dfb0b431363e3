"""The way from trained weights to a .tflite that is proven to read as well as they do."""
