"""Scenes to practise on: drawn on every core, kept in the cache portion by portion, and handed on as batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from digitreader import drawing
from digitreader.drawing import Typeface
from digitreader.errors import DataError
from digitreader.host.progress import ProgressBar
from digitreader_train import finder as this_room
from digitreader_train import practice as characters_room
from digitreader_train.finder.characters import Characters, Images
from digitreader_train.finder.scene import draw_finder_scene
from digitreader_train.finder.targets import targets_of

PORTION = 500
"""Scenes a portion, where nothing else is asked for."""
MIXED = 8
"""So many portions are shuffled together."""
NAMES = ("images", "maps", "counts", "geometry")


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What scenes are drawn with.

    Attributes:
        digits: (N, 28, 28) uint8.
        labels: (N,) uint8.
        letters: (M, H, W) uint8; may be empty.
        typefaces: may be empty.
    """

    digits: Images
    labels: npt.NDArray[np.uint8]
    letters: Images
    typefaces: tuple[Typeface, ...] = ()


Portion = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.float16]]
"""Some images and, of `Targets`, maps, counts and geometry, one after another; not read before they are needed."""

Task = tuple[str, int, int, int]
"""Where a portion goes, its seed, its number and how many scenes it has."""
Batch = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.float32]]
"""(N, S, S, 3) images, (N, C, C, 11) maps and (N, C, C, 5) geometry, the last two with where they count."""


def draw_portions(
    material: Material, count: int, *, seed: int, cache: Path, size: int = PORTION, label: str = "drawing scenes"
) -> list[Portion]:
    """So many portions of scenes, each from the cache where the same code drew the same before.

    Args:
        material: what they are drawn with.
        count: how many portions.
        seed: of all of them; a portion with the same number is the same, however many there are.
        cache: the cache folder.
        size: scenes in each portion.
        label: what the progress bar says.

    Raises:
        DataError: a process that draws was ended from outside.
    """
    folder = cache / "finder" / scenes_key(material)
    of_size = "" if size == PORTION else f"-of-{size}"
    places = [folder / f"{seed}-{number}{of_size}" for number in range(count)]
    missing = [(str(place), seed, number, size) for number, place in enumerate(places) if not (place / "done").exists()]
    if missing:
        try:
            _draw_missing(material, missing, ProgressBar(label, count * size), (count - len(missing)) * size)
        except BrokenProcessPool as error:
            raise DataError(
                f"{label}: a process was ended, most likely because memory ran out; "
                "what was drawn is kept, so start again"
            ) from error
    return [_open(place) for place in places]


def _draw_missing(material: Material, missing: Sequence[Task], bar: ProgressBar, done: int) -> None:
    context = get_context("spawn")
    with bar, ProcessPoolExecutor(mp_context=context, initializer=_begin, initargs=(material,)) as pool:
        bar.advance(done)
        for _, task in zip(pool.map(_draw_portion, missing), missing, strict=True):
            bar.advance(task[3])


def batches(portions: list[Portion], batch: int, rng: np.random.Generator, *, mixed: int = MIXED) -> Iterator[Batch]:
    """All scenes once in a new order; those that fill no whole batch are left out.

    Args:
        portions: of `draw_portions`.
        batch: scenes in a batch.
        rng: decides the order.
        mixed: so many portions are shuffled together.
    """
    order = rng.permutation(len(portions))
    for first in range(0, len(order), mixed):
        some = [portions[at] for at in order[first : first + mixed]]
        images, maps, counts, geometry = (np.concatenate([part[at] for part in some]) for at in range(4))
        places = rng.permutation(len(images))
        for start in range(0, len(places) - batch + 1, batch):
            at = np.sort(places[start : start + batch])
            yield batch_of((images[at], maps[at], counts[at], geometry[at]))


def batches_in_order(portions: list[Portion], batch: int) -> Iterator[Batch]:
    """All scenes in their order; the last batch of each portion may be smaller than `batch`."""
    for images, maps, counts, geometry in portions:
        for start in range(0, len(images), batch):
            at = slice(start, start + batch)
            yield batch_of((images[at], maps[at], counts[at], geometry[at]))


def batch_of(scenes: Portion) -> Batch:
    """Put what counts beside the maps and the geometry."""
    images, maps, counts, geometry = scenes
    known = np.concatenate([geometry.astype(np.float32), (counts[..., 1:] > 0).astype(np.float32)], axis=-1)
    return np.asarray(images), np.concatenate([maps, counts[..., :1]], axis=-1), known


def count_batches(scenes: Sequence[int], batch: int, *, mixed: int = MIXED) -> int:
    """How many batches `batches` yields of portions with so many scenes each; all portions must be of one size."""
    groups = [sum(scenes[first : first + mixed]) for first in range(0, len(scenes), mixed)]
    return sum(group // batch for group in groups)


_characters: list[Characters] = []
"""One in each process that draws."""


def _begin(material: Material) -> None:
    cv2.setNumThreads(1)
    _characters[:] = [
        Characters(material.digits, material.labels, material.letters, seed=1, typefaces=material.typefaces)
    ]


def _draw_portion(task: Task) -> None:
    place, (seed, number, size) = Path(task[0]), task[1:]
    (characters,) = _characters
    scenes = [draw_finder_scene(characters, np.random.default_rng((seed, number, at))) for at in range(size)]
    targets = [targets_of(scene) for scene in scenes]
    place.mkdir(parents=True, exist_ok=True)
    parts = [np.stack([scene.image for scene in scenes]), *(np.stack(part) for part in zip(*targets, strict=True))]
    for name, part in zip(NAMES, parts, strict=True):
        np.save(place / f"{name}.npy", part)
    (place / "done").touch()


def _open(place: Path) -> Portion:
    images, maps, counts, geometry = (np.load(place / f"{name}.npy", mmap_mode="r") for name in NAMES)
    return images, maps, counts, geometry


def scenes_key(material: Material) -> str:
    """Name everything that decides what scenes look like: the code that draws them and what it draws with."""
    digest = hashlib.sha256(cv2.__version__.encode())
    for file in _drawing_files():
        digest.update(file.read_bytes())
    for array in (material.digits, material.labels, material.letters):
        digest.update(np.ascontiguousarray(array).data)
    digest.update(repr(material.typefaces).encode())
    return digest.hexdigest()[:20]


def _drawing_files() -> list[Path]:
    here, *rooms = (Path(str(room.__file__)).parent for room in (this_room, characters_room, drawing))
    others = [file for room in rooms for file in sorted(room.glob("*.py"))]
    return [here / name for name in DRAWING] + [file for file in others if file.name not in NOT_DRAWING]


DRAWING = (
    "__init__.py", "chance.py", "characters.py", "draw_page.py", "handwriting.py", "ink.py", "page.py", "photograph.py",
    "printed.py", "rules.py", "scene.py", "shapes.py", "targets.py", "textures.py", "unwritten.py", "viewpoint.py",
    "words.py", "writer.py",
)  # fmt: skip
"""The files of this folder whose change draws other scenes."""
NOT_DRAWING = ("practice.py",)
"""Files of the other two folders whose change draws no other scenes."""
