"""digitreader: finds the handwritten digits in a camera's frames and reads them on the device."""

__version__ = "0.1.0"
