"""Reading .tflite files without LiteRT."""
