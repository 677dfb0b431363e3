"""Gathers the model's receipt and a picture that was read."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from digitreader.errors import DigitReaderError, ModelFormatError, OutputError, SourceError
from digitreader.setup.doctor.facts import (
    CameraFacts,
    LoadedModelFacts,
    PictureFacts,
    PictureMeasurements,
    PictureReading,
    PythonFacts,
)

if TYPE_CHECKING:
    from pathlib import Path

    from digitreader.find import Finder
    from digitreader.model.engine import EngineName
    from digitreader.values import Frame, Page

SETTLING_FRAMES = 30
"""A camera needs a second to find its exposure, and the demo to slide its first sheet in."""
REINSTALL = "see the model above; if the finder is damaged, install digitreader again"


def gather_model(name: str, engine: EngineName) -> LoadedModelFacts:
    """Run the checks of the model's receipt."""
    from digitreader.model.locate import locate_model
    from digitreader.model.receipt import verify

    try:
        receipt = verify(locate_model(name), engine)
    except DigitReaderError as error:
        return LoadedModelFacts(name, "", (str(error),))
    failed = tuple(f"{link.name}: {link.detail}" for link in receipt.links if link.state == "fail")
    return LoadedModelFacts(name, receipt.engine, failed, sum(link.state == "pass" for link in receipt.links))


def source_to_look_at(cameras: CameraFacts, python: PythonFacts) -> str:
    """The camera to use if the user named none; empty if there is none."""
    usable = [node.path for node in cameras.nodes if node.captures and node.allowed and not node.csi]
    if usable:
        return usable[0]
    return "picamera" if python.module("picamera2").works and cameras.libcamera else ""


def gather_picture(spec: str, name: str, engine: EngineName, *, to: Path | None = None) -> PictureFacts:
    """Take a picture, the last of some frames of a stream or the first page of a file, read it and measure it.

    Args:
        spec: the source; empty for none.
        name: the model that reads it and finds out which way is up.
        engine: runs the model.
        to: where the picture with its digits marked is written; an older file is replaced. None writes none.
    """
    if not spec:
        return PictureFacts()
    from digitreader.camera.source import printable

    shown = printable(spec)
    try:
        frame, live = take_picture(spec)
    except DigitReaderError as error:
        return PictureFacts(shown, error=str(error))
    try:
        look, page = _read_and_measure(frame, name, engine)
    except DigitReaderError as error:
        return PictureFacts(shown, error=f"{shown}: cannot be judged: {error}", advice=REINSTALL)
    if page is None:
        return PictureFacts(shown, look, live=live)
    annotated = "" if to is None else _annotated(frame, page, to)
    return PictureFacts(shown, look, live=live, reading=_reading_of(page), annotated=annotated)


def take_picture(spec: str) -> tuple[Frame, bool]:
    """The last of some frames of a stream, or the first page of a file; and whether it comes from a stream.

    Raises:
        SourceError: it cannot be opened, or gives no picture.
    """
    from digitreader.camera import open_source
    from digitreader.camera.source import printable

    with open_source(spec, paced=False) as source:
        frames = deque(islice(source.frames(), SETTLING_FRAMES if source.live else 1), maxlen=1)
    if not frames:
        raise SourceError(f"{printable(spec)}: gives no picture")
    return frames[0], source.live


def _read_and_measure(frame: Frame, name: str, engine: EngineName) -> tuple[PictureMeasurements, Page | None]:
    """Read a picture, and measure it in the quarter turn in which it reads best; no page if the model is refused.

    Raises:
        ModelFormatError: the finder is refused.
        MissingExtraError: the engine is not installed.
    """
    from digitreader.find import Finder
    from digitreader.model.load import load_finder
    from digitreader.reading.rotation import turned
    from digitreader.setup.doctor.picture_quality import measure_picture

    finder = Finder(load_finder(engine=engine))
    page = _page_of(frame, finder, name, engine)
    turned_deg = page.turned_deg if page else 0
    look = measure_picture(turned(frame, turned_deg).image, finder, scale=frame.scale)
    width, height = look.size_wh
    size_wh = (height, width) if turned_deg % 180 else (width, height)
    return replace(look, size_wh=size_wh, turned_deg=turned_deg), page


def _page_of(frame: Frame, finder: Finder, name: str, engine: EngineName) -> Page | None:
    """What is read in a picture; None if the model is refused, which another check reports."""
    from digitreader.model.load import load_model
    from digitreader.reading.pipeline import FrameReader

    try:
        return FrameReader(load_model(name, engine), finder=finder).read_upright(frame)
    except ModelFormatError:
        return None


def _reading_of(page: Page) -> PictureReading:
    least = min((reading.confidence for reading in page.digits), default=0.0)
    return PictureReading(page.text, len(page.digits), least)


def _annotated(frame: Frame, page: Page, to: Path) -> str:
    """Write the picture with its digits marked; returns its path, empty if it cannot be written."""
    import cv2

    from digitreader.host.files import write_atomically
    from digitreader.output.overlay import draw_page

    try:
        write_atomically(to, cv2.imencode(".jpg", draw_page(frame, page))[1].tobytes())
    except OutputError:
        return ""
    return str(to)
