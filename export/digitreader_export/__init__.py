"""Exports trained weights to .tflite files that are proven to read as well."""
