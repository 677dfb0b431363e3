"""Gathers what comes of reading itself: the model's receipt, and a picture."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from digitreader.doctor.facts import CameraFacts, ModelFacts, PictureFacts, PythonFacts
from digitreader.errors import DigitReaderError

if TYPE_CHECKING:
    from digitreader.engines import EngineName  # the doctor comes where NumPy does not load

SETTLING_FRAMES = 30
"""A camera needs a second to find its exposure, and the demo to slide its first sheet in."""


def gather_model(name: str, engine: EngineName) -> ModelFacts:
    """Take the model's receipt."""
    from digitreader.model.load import locate_model
    from digitreader.model.receipt import verify

    try:
        receipt = verify(locate_model(name), engine)
    except DigitReaderError as error:
        return ModelFacts(name, "", (str(error),))
    failed = tuple(f"{link.name}: {link.detail}" for link in receipt.links if link.state == "fail")
    return ModelFacts(name, receipt.engine, failed, sum(link.state == "pass" for link in receipt.links))


def source_to_look_at(cameras: CameraFacts, python: PythonFacts) -> str:
    """The camera that a picture is taken with where none was named; empty where there is none."""
    usable = [node.path for node in cameras.nodes if node.captures and node.allowed and not node.csi]
    if usable:
        return usable[0]
    return "picamera" if python.module("picamera2").works and cameras.libcamera else ""


def gather_picture(spec: str) -> PictureFacts:
    """Take a picture, the last of some frames of a stream or the first page of a file, and measure it."""
    if not spec:
        return PictureFacts()
    from digitreader.doctor.look import look_at
    from digitreader.sources import open_source
    from digitreader.sources.naming import printable

    try:
        with open_source(spec, paced=False) as source:
            frames = deque(islice(source.frames(), SETTLING_FRAMES if source.live else 1), maxlen=1)
    except DigitReaderError as error:
        return PictureFacts(printable(spec), error=str(error))
    if not frames:
        return PictureFacts(printable(spec), error=f"{printable(spec)}: gives no picture")
    return PictureFacts(printable(spec), look_at(frames[0].image, scale=frames[0].scale))
