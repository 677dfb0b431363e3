"""Draws practice in parallel, with a progress bar, and keeps it in the cache under a key of all that decides it."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import numpy.typing as npt

from digitreader import drawing, find
from digitreader.drawing import Typeface
from digitreader.host.progress import ProgressBar
from digitreader.model.glyph import normalise
from digitreader.model.locate import shipped_models
from digitreader_train import finder
from digitreader_train.glyph_cache import Arrays, cached_arrays
from digitreader_train.practice.task import Draw, Practice, Task

CHUNK = 1000
"""Images a task."""


def draw_cached(draw: Draw, label: str, tasks: Sequence[Task], cache: Path) -> Practice:
    """Everything that `draw` makes of the tasks, from the cache where the same code made it of the same before.

    Args:
        draw: what makes it.
        label: what the progress bar says.
        tasks: at least one.
        cache: the cache folder.
    """
    key = hashlib.sha256(source_code(draw) + repr((cv2.__version__, draw.__qualname__)).encode())
    for task in tasks:
        key.update(repr((task.seed, *task.typefaces)).encode())
        key.update(np.ascontiguousarray(task.images).data)
        key.update(np.ascontiguousarray(task.labels).data)
    return Practice(**cached_arrays(cache, key.hexdigest(), lambda: _draw_all(draw, label, tasks)))


def tasks_over(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    seed: tuple[int, ...],
    *,
    share: float,
    typefaces: tuple[Typeface, ...] = (),
) -> Iterator[list[Task]]:
    """All images in portions, again and again, each portion with a seed of its own.

    Args:
        images: (N, H, W) uint8.
        labels: (N,) uint8.
        seed: of all portions.
        share: how often in all; of the last copy only the first images are given where it is no whole number.
        typefaces: of every task.
    """
    for copy in range(ceil(share)):
        count = round(min(1.0, share - copy) * len(images))
        starts = range(0, count, CHUNK)
        places = [slice(start, min(start + CHUNK, count)) for start in starts]
        yield [Task(images[place], labels[place], (*seed, copy, place.start), typefaces) for place in places]


def _draw_all(draw: Draw, label: str, tasks: Sequence[Task]) -> Arrays:
    with ProgressBar(f"drawing {label}", sum(len(task.labels) for task in tasks)) as bar:
        parts = []
        for task, part in zip(tasks, _parallel(draw, tasks), strict=True):
            bar.advance(len(task.labels))
            parts.append(part)
    joined = Practice.joined(parts)
    return {"glyphs": joined.glyphs, "labels": joined.labels}


def _parallel(draw: Draw, tasks: Sequence[Task]) -> Iterator[Practice]:
    """The parts in their order, on every core where there is more than one task."""
    if len(tasks) < 2:
        yield from map(draw, tasks)
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        yield from pool.map(draw, tasks)


def source_code(draw: Draw) -> bytes:
    """Everything that decides what the glyphs look like: another version of it is another cache entry."""
    own = Path(inspect.getfile(draw))
    here = [file for file in sorted(own.parent.glob("*.py")) if file == own or file.name not in ALONE]
    rooms = ROOMS_OF.get(own.name, (drawing,))
    files = [file for room in rooms for file in sorted(Path(str(room.__file__)).parent.glob("*.py"))]
    networks = [shipped_models()["finder"]] if find in rooms else []
    return b"".join(file.read_bytes() for file in (Path(normalise.__file__), *here, *files, *networks))


ROOMS_OF: Mapping[str, tuple[ModuleType, ...]] = {
    "camera.py": (drawing, find),
    "printed.py": (drawing, find),
    "scenes.py": (drawing, find, finder),
}
"""What else, by the file in which it is drawn, decides what practice looks like."""
ALONE = frozenset((*ROOMS_OF, "practice.py"))
"""Files of this room that decide about nothing but what they draw themselves."""
