"""The demo camera as a source."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from digitreader.demo import DemoCamera
from digitreader.values import Frame


class Demo:
    """The built-in camera that shows handwritten numbers.

    Args:
        camera: the demo camera to run; the standard one where none is given.
        paced: give each frame at its time, as a camera does, instead of as fast as it is drawn.
    """

    name = DemoCamera.name
    live = True
    frame_count = None

    def __init__(self, camera: DemoCamera | None = None, *, paced: bool = True) -> None:
        self._camera = DemoCamera() if camera is None else camera
        self._paced = paced

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def frames(self) -> Iterator[Frame]:
        """Give the frames without their truth."""
        began_s = time.monotonic()
        for shown in self._camera.frames():
            if self._paced:
                time.sleep(max(0.0, began_s + shown.frame.time_s - time.monotonic()))
            yield shown.frame
