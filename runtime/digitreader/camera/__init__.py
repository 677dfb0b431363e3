"""Camera: turns every kind of source into one iterator of frames."""

from digitreader.camera.opening import expand, is_folder, open_source
from digitreader.camera.source import Source

__all__ = [
    "Source",
    "expand",
    "is_folder",
    "open_source",
]
