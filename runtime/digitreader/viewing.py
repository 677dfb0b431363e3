"""Viewing: a source as a Python program wants it, with what is set of a camera and what is kept of its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING, Literal

from digitreader.errors import UsageError
from digitreader.sources import Source, open_source
from digitreader.sources.naming import printable
from digitreader.sources.opening import is_camera, is_url
from digitreader.sources.settings import CameraSettings

if TYPE_CHECKING:
    from digitreader.live.notice import Heed

LEAST_SIDE_PX = 32
AUTO: Literal["auto"] = "auto"
QUARTER_TURNS = (AUTO, 0, 90, 180, 270)

Rotation = int | Literal["auto"]


@dataclass(frozen=True, slots=True)
class View:
    """What `digitreader.read` is told of a source; None leaves a camera its own way.

    Attributes:
        camera: what is set of it.
        rotate: 0, 90, 180 or 270 degrees, clockwise; ``"auto"`` turns single pictures as they read best.
        region: x, y, width and height of what is kept of the turned picture, in pixels.

    Raises:
        UsageError: a value that cannot be meant.
    """

    camera: CameraSettings
    rotate: Rotation = AUTO
    region: tuple[int, int, int, int] | None = None

    def __post_init__(self) -> None:
        size, region = self.camera.size_wh, self.region
        if size is not None and not (_are_whole(size, 2) and min(size) >= LEAST_SIDE_PX):
            raise UsageError(f"size={size!r}: give width and height in pixels, at least 32 each, as in (1280, 720)")
        if region is not None and not (_are_whole(region, 4) and min(region) >= 0 and min(region[2:]) > 0):
            raise UsageError(f"region={region!r}: give x, y, width and height in pixels, as in (100, 80, 400, 200)")
        check_rotation(self.rotate)
        for name in ("fps", "exposure_ms", "focus"):
            wish = getattr(self.camera, name)
            least = 0.0 if name == "focus" else 1e-9
            if wish is not None and not (isinstance(wish, int | float) and least <= wish < float("inf")):
                raise UsageError(f"{name}={wish!r}: give a number, {'0 or more' if name == 'focus' else 'more than 0'}")

    def open(self, spec: str, heed: Heed) -> Source:
        """Open a source; a camera so that it gives its newest frame, and comes back where it fails.

        Args:
            spec: one of those that `sources.expand` gives.
            heed: is told where a camera fails, and when it is back.

        Raises:
            SourceError: it does not exist, or cannot be opened.
            UsageError: something is to be set that is no camera of this machine.
        """
        bare = self._open_bare(spec, heed)
        rotate_deg = 0 if self.rotate == AUTO else self.rotate
        if not rotate_deg and self.region is None:
            return bare
        from digitreader.sources.framing import FramedSource, Framing
        from digitreader.values import Box

        return FramedSource(bare, Framing(rotate_deg, None if self.region is None else Box(*self.region)))

    def _open_bare(self, spec: str, heed: Heed) -> Source:
        wishes = self.camera.named()
        if wishes and (is_url(spec) or not is_camera(spec)):
            said = " and ".join(wishes)
            raise UsageError(f"{printable(spec)}: {said} can be set of a camera of this machine only; leave it out")
        if not is_camera(spec):
            return open_source(spec)
        from digitreader.live.opening import open_live

        camera = open_live(spec, self.camera)
        camera.heed = heed
        return camera


def check_rotation(rotate: Rotation) -> None:
    """Refuse a rotation that is no quarter turn.

    Raises:
        UsageError: it is none.
    """
    if rotate not in QUARTER_TURNS:
        raise UsageError(f"rotate={rotate!r}: give 'auto', or 0, 90, 180 or 270 degrees, clockwise")


def _are_whole(numbers: object, count: int) -> bool:
    try:  # what comes from NumPy is whole as well
        return isinstance(numbers, tuple | list) and len([index(each) for each in numbers]) == count
    except TypeError:
        return False
