"""The demo camera as a source."""

from __future__ import annotations

import time
from collections.abc import Iterator

from digitreader.camera.source import PlainSource
from digitreader.drawing import DemoCamera
from digitreader.values import Frame


class Demo(PlainSource):
    """The built-in camera that shows handwritten numbers.

    Args:
        camera: the demo camera to run; the standard one if none is given.
        paced: give each frame at its time, as a camera does, instead of as fast as it is drawn.
    """

    name = DemoCamera.name
    live = True
    frame_count = None

    def __init__(self, camera: DemoCamera | None = None, *, paced: bool = True) -> None:
        self._camera = DemoCamera() if camera is None else camera
        self._paced = paced

    def frames(self) -> Iterator[Frame]:
        """Give the frames without their truth."""
        began_s = time.monotonic()
        for shown in self._camera.frames():
            if self._paced:
                time.sleep(max(0.0, began_s + shown.frame.time_s - time.monotonic()))
            yield shown.frame
