"""A process that reads picture files for another one: it receives names, and sends what it read page by page."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from digitreader.camera.framing import Framing
from digitreader.camera.opening import open_source
from digitreader.camera.source import printable, readable_frames
from digitreader.errors import SourceError
from digitreader.host.process import die_with_parent, give_back_freed_memory, keep_freed_memory
from digitreader.model.engine import EngineName
from digitreader.values import ColourImage, Frame, GrayImage, Page

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from digitreader.camera import Source
    from digitreader.reading.pipeline import FrameReader
    from digitreader.reading.rule_decoder import RuleDecoder

TIDY_EVERY = 1000


class Signal(Enum):
    """What a worker sends beside pages and errors."""

    READY = "the model is loaded"
    END = "this file has no more pages"
    STREAM = "this file is a video, which is read where its numbers are followed"


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How pictures are read, in a form that can be sent to another process.

    Attributes:
        model: a shipped model's name, or the path of a .tflite.
        engine: the name of the engine.
        threshold: the least evidence of an accepted digit; None for the model's own.
        expect: the rules of numbers, as ``--expect`` takes them.
        framing: how pictures are turned and cut; None for not at all.
        upright: read each picture in the quarter turn in which it reads best.
        images: send back the pictures too, for outputs that show them.
    """

    model: str = "accurate"
    engine: EngineName = "auto"
    threshold: float | None = None
    expect: tuple[str, ...] = ()
    framing: Framing | None = None
    upright: bool = True
    images: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PageRead:
    """A page that was read.

    Attributes:
        scale: as in `Frame`.
        image: (H, W, 3) or (H, W) uint8; None if it was not asked for.
    """

    page: Page
    scale: float = 1.0
    image: ColourImage | GrayImage | None = None

    @property
    def frame(self) -> Frame:
        """The frame for the outputs; its image is one black pixel if the picture was not asked for."""
        image = np.zeros((1, 1, 3), np.uint8) if self.image is None else self.image
        return Frame(image, self.page.source, self.page.frame, self.page.time_s, self.scale)


Outcome = PageRead | SourceError | Signal


class PictureReader:
    """Reads all pages of picture files with one model.

    Args:
        settings: how they are read.
        reader: a reader whose model is loaded already, with these settings.

    Raises:
        ModelFormatError: the model is refused.
        UsageError: a rule of --expect is not valid.
    """

    def __init__(self, settings: WorkerSettings, reader: FrameReader | None = None) -> None:
        self._settings = settings
        self._reader = _load(settings) if reader is None else reader

    def read(self, spec: str) -> Iterator[Outcome]:
        """Read every page of a file; errors are yielded, not raised.

        Args:
            spec: a picture file; for a video `Signal.STREAM` is yielded.
        """
        try:
            with self._open(spec) as source:
                if source.live:
                    yield Signal.STREAM
                else:
                    yield from self._pages(source)
        except SourceError as error:
            yield error
        except Exception as error:  # noqa: BLE001 # one picture that breaks the code must not cost the others
            yield unexpected(error, spec)

    def _open(self, spec: str) -> Source:
        source = open_source(spec)
        if self._settings.framing is None:
            return source
        from digitreader.camera.framing import FramedSource

        return FramedSource(source, self._settings.framing)

    def _pages(self, source: Source) -> Iterator[Outcome]:
        errors: list[SourceError] = []
        rules = self._rule_decoder()
        for frame in readable_frames(source.frames(), errors.append):
            yield from errors
            errors.clear()
            yield self._read_page(frame, rules)
        yield from errors

    def _read_page(self, frame: Frame, rules: RuleDecoder | None) -> PageRead:
        page = self._reader.read_upright(frame) if self._settings.upright else self._reader.read(frame)
        page = page if rules is None else rules.decode(page)
        return PageRead(page, frame.scale, frame.image if self._settings.images else None)

    def _rule_decoder(self) -> RuleDecoder | None:
        if not self._settings.expect:
            return None
        from digitreader.reading.number_rules import parse_rules
        from digitreader.reading.rule_decoder import RuleDecoder

        return RuleDecoder(parse_rules(self._settings.expect), self._reader.model.facts.acceptance.threshold)


def _load(settings: WorkerSettings) -> FrameReader:
    from digitreader.model.load import load_model
    from digitreader.reading.pipeline import FrameReader

    model = load_model(settings.model, settings.engine)
    if settings.threshold is not None:
        model.set_threshold(settings.threshold)
    return FrameReader(model, doubtful=bool(settings.expect))


def unexpected(error: Exception, spec: str) -> SourceError:
    """The error for a picture on which the code failed unexpectedly."""
    why = " ".join(f"{type(error).__name__}: {error}".split())
    return SourceError(
        f"{printable(spec)}: could not be read ({why}); open this file in a viewer, and report a bug "
        "if it is not damaged"
    )


def main() -> None:
    """Serve the process at the other end of a socket until that process closes it; the last argument is its number."""
    from multiprocessing.connection import Connection

    die_with_parent()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # the other process may end at any moment
    with Connection(int(sys.argv[-1])) as connection, suppress(EOFError, ConnectionError):
        settings: WorkerSettings = connection.recv()
        import cv2

        cv2.setNumThreads(1)  # each core has a worker of its own
        reader = PictureReader(settings)
        connection.send(Signal.READY)
        serve(reader, connection)


def serve(reader: PictureReader, connection: Connection) -> None:
    """Read the files that the other process asks for.

    Raises:
        EOFError: the other process has closed the socket.
    """
    keep_freed_memory()
    for number in count(1):
        for outcome in reader.read(connection.recv()):
            connection.send(outcome)
        connection.send(Signal.END)
        if number % TIDY_EVERY == 0:
            give_back_freed_memory()
