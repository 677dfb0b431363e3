"""The stages of reading a frame, run one by one for the counter of instructions: started in the emulator by `budget`.

Its argument is a folder with two frames, `first.npy` and `second.npy`, (480, 640, 3) uint8 BGR. It prints one JSON
object: what was read of the first, how many things were found there that may be digits, and the names of the stages in
their order. The counter is told of each run's begin and end by a call of `getppid`.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digitreader.find import Finder
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.tracker import Tracker
from digitreader.values import ColourImage, Frame, Ink

RUNS = 3
"""Each stage runs so often, and the median is taken: the first run may fill a cache."""
FRAME_S = 1 / 30

BEFORE = 60
"""A number was followed for so many frames, which is long enough for it to have been announced."""

Work = Callable[[], object]
Runs = Iterator[tuple[Work, Work]]
"""For each run what is done before it, uncounted, and what is counted."""


def main() -> None:
    """Run every stage between marks."""
    cv2.setNumThreads(1)
    first, second = (np.load(Path(sys.argv[1]) / f"{name}.npy") for name in ("first", "second"))
    reader = FrameReader(load_model("accurate", "litert"))
    page = reader.read(Frame(first, "budget"))
    inks = [each.ink for each in reader.finder.find(first).candidates]
    gc.disable()  # when it runs depends on all that was made before
    names = []
    for name, runs in stages(reader, inks, first, second):
        names.append(name)
        for before, work in runs:
            before()
            gc.collect()
            os.getppid()
            work()
            os.getppid()
    print(json.dumps({"text": page.text, "found": len(inks), "stages": names, "runs": RUNS}))


def stages(
    reader: FrameReader, inks: Sequence[Ink], first: ColourImage, second: ColourImage
) -> Iterator[tuple[str, Runs]]:
    """Each stage's name and its runs; `inks` are those that are found in the first frame."""
    finder, model = reader.finder, reader.model
    canvases = shown_to_the_network(finder, first)
    glyphs = model.normalise(inks)
    frame = Frame(first, "budget")
    yield "nothing", again(nothing)
    yield "look", again(lambda: [finder.engine.maps(each) for each in canvases])
    yield "find", again(partial(finder.find, first))
    yield "normalise", again(partial(model.normalise, inks))
    yield "classify", again(partial(model.activations, glyphs))
    yield "read", again(partial(reader.read, frame))
    yield "changed", again(partial(reader.read_next, frame), before=partial(reader.read_next, Frame(second, "budget")))
    yield "unchanged", unchanged(reader, first)
    yield "track", tracked(reader, frame)


def nothing() -> None:
    """Do nothing: what a pair of marks costs."""


def again(work: Work, before: Work = nothing) -> Runs:
    """The same run after run."""
    return ((before, work) for _ in range(RUNS))


def unchanged(reader: FrameReader, image: ColourImage) -> Runs:
    """A frame that shows what the one before it showed."""
    reader.forget()
    reader.read_next(Frame(image, "budget"))
    for number in range(1, RUNS + 1):
        yield nothing, partial(reader.read_next, Frame(image, "budget", number, number * FRAME_S))


def tracked(reader: FrameReader, frame: Frame) -> Runs:
    """One more frame of a number that has been announced."""
    tracker, page = Tracker(reader.model.facts.acceptance), reader.read(frame)
    pages = [replace(page, frame=number, time_s=number * FRAME_S) for number in range(BEFORE + RUNS)]
    for each in pages[:BEFORE]:
        tracker.update(each)
    for each in pages[BEFORE:]:
        yield nothing, partial(tracker.update, each)


def shown_to_the_network(finder: Finder, image: ColourImage) -> list[ColourImage]:
    """The pictures that the finder's network is shown of one frame."""
    canvases: list[ColourImage] = []
    engine = finder.engine

    class Recorder:
        def __getattr__(self, name: str) -> Any:
            return getattr(engine, name)

        def maps(self, canvas: ColourImage) -> Any:
            canvases.append(canvas.copy())
            return engine.maps(canvas)

    recorder: Any = Recorder()
    Finder(recorder).find(image)
    if not canvases:
        raise SystemExit("the finder shows its network nothing by `maps`; tell tools/pi/stages.py how it does")
    return canvases


if __name__ == "__main__":
    main()
