"""Which kinds of device a source needs, in the words of systemd's DeviceAllow=."""

from __future__ import annotations

from collections.abc import Iterable

V4L2 = ("char-video4linux",)
# libcamera drives the sensor through media nodes and asks the kernel for memory that both may use
CSI = (*V4L2, "char-media", "char-dma_heap")
WITHOUT = frozenset({"demo", "-"})


def devices_for(sources: Iterable[str]) -> tuple[str, ...]:
    """The kinds of device that these sources need, each once; none for pictures, videos, streams and the demo.

    Never a single node: systemd opens only those that are there when the service starts; a camera that is plugged in
    later, or again under another number, would stay closed.
    """
    return tuple(dict.fromkeys(kind for source in sources for kind in _kinds(source)))


def _kinds(source: str) -> tuple[str, ...]:
    if source in {"picamera", "auto"}:
        return CSI
    if source.isdecimal() or source.startswith(("/dev/video", "/dev/v4l/")):
        return V4L2
    return ()
