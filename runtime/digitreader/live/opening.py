"""From a camera's name to the live source that reads it all day."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2

from digitreader.live.settings import LiveSettings
from digitreader.live.source import LiveSource
from digitreader.sources.naming import printable
from digitreader.sources.opening import AUTO, camera_node, first_camera, open_camera_source
from digitreader.sources.settings import CameraSettings
from digitreader.sources.source import Source


def open_live(spec: str, camera: CameraSettings | None = None, settings: LiveSettings | None = None) -> LiveSource:
    """Open a camera or URL, to be read for as long as the process runs.

    Args:
        spec: for which `sources.opening.is_camera` is true.
        camera: what to set of it.
        settings: how patient the reader is.

    Raises:
        SourceError: it does not exist, cannot be opened, or gives no first picture.
    """
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    if spec == AUTO:
        spec = first_camera()
    settings = settings or LiveSettings()
    return LiveSource(printable(spec), opener(spec, camera, settings.patience_s), settings)


def opener(spec: str, camera: CameraSettings | None, patience_s: float) -> Callable[[], Source]:
    """What opens a camera again and again, under whatever number it comes back."""
    node = camera_node(spec)
    if node is None:
        return lambda: open_camera_source(spec, camera, threaded=True, patience_s=patience_s)
    return SameCamera(spec, node, camera)


class SameCamera:
    """Opens a camera of this machine, and from then on the same one, even where its number has changed."""

    def __init__(self, spec: str, node: Path, camera: CameraSettings | None) -> None:
        self._spec, self._node, self._camera = spec, node, camera

    def __call__(self) -> Source:
        """Open it.

        Raises:
            SourceError: it does not exist, or cannot be opened.
        """
        from digitreader.sources.camera import open_camera
        from digitreader.sources.devices import stable_name

        opened = open_camera(self._spec, self._node, self._camera, threaded=True)
        self._node = stable_name(self._node)
        return opened
