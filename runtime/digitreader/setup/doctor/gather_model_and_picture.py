"""Gathers what comes of reading itself: the model's receipt, and a picture."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from digitreader.errors import DigitReaderError, ModelFormatError
from digitreader.setup.doctor.facts import CameraFacts, ModelFacts, PictureFacts, PictureMeasurements, PythonFacts

if TYPE_CHECKING:
    from digitreader.find import Finder
    from digitreader.model.engine import EngineName
    from digitreader.values import Frame

SETTLING_FRAMES = 30
"""A camera needs a second to find its exposure, and the demo to slide its first sheet in."""
REINSTALL = "see the model above; if the finder is damaged, install digitreader again"


def gather_model(name: str, engine: EngineName) -> ModelFacts:
    """Take the model's receipt."""
    from digitreader.model.locate import locate_model
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


def gather_picture(spec: str, name: str, engine: EngineName) -> PictureFacts:
    """Take a picture, the last of some frames of a stream or the first page of a file, and measure it.

    Args:
        spec: from where; empty for nowhere.
        name: the model that tells which way is up.
        engine: what runs it.
    """
    if not spec:
        return PictureFacts()
    from digitreader.camera import open_source
    from digitreader.camera.source import printable

    try:
        with open_source(spec, paced=False) as source:
            frames = deque(islice(source.frames(), SETTLING_FRAMES if source.live else 1), maxlen=1)
    except DigitReaderError as error:
        return PictureFacts(printable(spec), error=str(error))
    if not frames:
        return PictureFacts(printable(spec), error=f"{printable(spec)}: gives no picture")
    try:
        look = _look_upright(frames[0], name, engine)
    except DigitReaderError as error:
        return PictureFacts(printable(spec), error=f"{printable(spec)}: cannot be judged: {error}", advice=REINSTALL)
    return PictureFacts(printable(spec), look, live=source.live)


def _look_upright(frame: Frame, name: str, engine: EngineName) -> PictureMeasurements:
    """Measure a picture, turned as it reads best.

    Raises:
        ModelFormatError: the finder is refused.
        MissingExtraError: the engine is not installed.
    """
    from digitreader.find import Finder
    from digitreader.model.load import load_finder
    from digitreader.reading.rotation import turned
    from digitreader.setup.doctor.picture_quality import measure_picture

    finder = Finder(load_finder(engine=engine))
    turned_deg = _turn_of(frame, finder, name, engine)
    upright = turned(frame, turned_deg)
    look = measure_picture(upright.image, finder, scale=frame.scale)
    width, height = look.size_wh
    return replace(look, size_wh=(height, width) if turned_deg % 180 else (width, height), turned_deg=turned_deg)


def _turn_of(frame: Frame, finder: Finder, name: str, engine: EngineName) -> int:
    """How far clockwise a picture has to be turned to be read; 0 where the model is refused, as its own check says."""
    from digitreader.model.load import load_model
    from digitreader.reading.pipeline import Reader

    try:
        return Reader(load_model(name, engine), finder=finder).read_upright(frame).turned_deg
    except ModelFormatError:
        return 0
