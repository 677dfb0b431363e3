"""A process that reads picture files for another one: names come in, what was read goes out, page by page."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from itertools import count
from multiprocessing.connection import Connection
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
    from digitreader.camera import Source
    from digitreader.reading.pipeline import FrameReader
    from digitreader.reading.rule_decoder import RuleDecoder

TIDY_EVERY = 1000


class Signal(Enum):
    """What a worker says beside what it has read."""

    READY = "the model is loaded"
    END = "this file has no more pages"
    STREAM = "this file is a video, which is read where its numbers are followed"


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How pictures are read, in a form that another process can be sent.

    Attributes:
        model: a shipped model's name, or the path of a .tflite.
        engine: what runs it.
        threshold: the evidence of which a digit is accepted; None is the model's own.
        expect: the rules of numbers, as ``--expect`` takes them.
        framing: how pictures are turned and cut; None leaves them.
        upright: each is read in the quarter turn in which it reads best.
        images: the pictures themselves are given back too, for outputs that show them.
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
        image: (H, W, 3) or (H, W) uint8; None where nobody asked for it.
    """

    page: Page
    scale: float = 1.0
    image: ColourImage | GrayImage | None = None

    @property
    def frame(self) -> Frame:
        """The frame as outputs are given it; one black pixel where the picture was not asked for."""
        image = np.zeros((1, 1, 3), np.uint8) if self.image is None else self.image
        return Frame(image, self.page.source, self.page.frame, self.page.time_s, self.scale)


Outcome = PageRead | SourceError | Signal


class PictureReader:
    """Reads picture files with one model, each with all its pages.

    Args:
        settings: how they are read.
        reader: a model that is loaded already, as the settings say.

    Raises:
        ModelFormatError: the model is refused.
        UsageError: a rule that cannot be expected.
    """

    def __init__(self, settings: WorkerSettings, reader: FrameReader | None = None) -> None:
        self._settings = settings
        self._reader = _load(settings) if reader is None else reader

    def read(self, spec: str) -> Iterator[Outcome]:
        """Read every page of a file; whatever is wrong with it is given as an error, and not raised.

        Args:
            spec: a picture file; of a video `Signal.STREAM` is given.
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
    """Serve the process at the other end of the socket whose number is the last argument, until it closes it."""
    die_with_parent()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # who asks may end at any moment
    with Connection(int(sys.argv[-1])) as connection, suppress(EOFError, ConnectionError):
        settings: WorkerSettings = connection.recv()
        import cv2

        cv2.setNumThreads(1)  # each core has a worker of its own
        reader = PictureReader(settings)
        connection.send(Signal.READY)
        serve(reader, connection)


def serve(reader: PictureReader, connection: Connection) -> None:
    """Read what is asked for, until nobody asks any more.

    Raises:
        EOFError: nobody does.
    """
    keep_freed_memory()
    for number in count(1):
        for outcome in reader.read(connection.recv()):
            connection.send(outcome)
        connection.send(Signal.END)
        if number % TIDY_EVERY == 0:
            give_back_freed_memory()
