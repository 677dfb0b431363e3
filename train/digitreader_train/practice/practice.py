"""Practice: the training set as the network sees it, made once by seed, in parallel, and kept in the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from digitreader import demo, normalise
from digitreader.normalise import normalise_glyphs
from digitreader.progress import ProgressBar
from digitreader.values import GLYPH_SIDE, Glyphs, Ink
from digitreader_train import practice as this_room
from digitreader_train.digits import LabelledGlyphs
from digitreader_train.glyph_cache import cached_glyphs
from digitreader_train.practice.negatives import draw_negative
from digitreader_train.practice.pens import Variety, trim, vary
from digitreader_train.recipes import Recipe

NO_DIGIT = 10
"""The label of a glyph that is no digit."""

PRACTICE_SEED = 31
CHUNK = 1000

_Make = Callable[[npt.NDArray[np.uint8], Sequence[int], int, int], Glyphs]


@dataclass(frozen=True, slots=True, eq=False)
class Practice:
    """Glyphs to learn from.

    Attributes:
        glyphs: (N, 28, 28) uint8.
        labels: (N,) uint8, 0 to 9, or `NO_DIGIT`.
    """

    glyphs: Glyphs
    labels: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)


def practice_for(recipe: Recipe, train: LabelledGlyphs, cache: Path) -> Practice:
    """What a network of this recipe learns from, made from the training digits."""
    return make_practice(
        train.images,
        train.glyphs,
        train.labels,
        variants=recipe.variants,
        negatives=recipe.negatives,
        cache=cache,
    )


def make_practice(
    images: npt.NDArray[np.uint8],
    glyphs: Glyphs,
    labels: npt.NDArray[np.uint8],
    *,
    variants: int,
    negatives: float,
    cache: Path,
    seed: int = PRACTICE_SEED,
) -> Practice:
    """The digits themselves, variants of them by other pens, and negatives.

    Args:
        images: (N, 28, 28) uint8, the digits as they came, each with some ink.
        glyphs: (N, 28, 28) uint8, the same, normalised.
        labels: (N,) uint8, 0 to 9.
        variants: how many of each digit.
        negatives: how many for each digit.
        cache: where glyphs are kept between runs.
        seed: of the variants and negatives.
    """
    made = [glyphs]
    made += [_cached(images, vary_chunk, f"variants {copy + 1}", [seed, copy], cache) for copy in range(variants)]
    count = round(negatives * len(labels))
    no_digits = _cached(images, negative_chunk, "negatives", [seed, -1 % 2**32], cache, count=count)
    everything = np.concatenate([*made, no_digits])
    return Practice(everything, np.concatenate([np.tile(labels, 1 + variants), np.full(count, NO_DIGIT, np.uint8)]))


def vary_chunk(images: npt.NDArray[np.uint8], seed: Sequence[int], start: int, count: int) -> Glyphs:
    """Glyphs of variants of the images from `start` on; what comes out depends on the seed and the start alone."""
    rng = np.random.default_rng([*seed, start])
    variety = Variety()
    return normalise_glyphs([vary(image, rng, variety) for image in images[start : start + count]])


def negative_chunk(images: npt.NDArray[np.uint8], seed: Sequence[int], start: int, count: int) -> Glyphs:
    """Glyphs of `count` negatives, those made of digits from any of the images."""
    rng = np.random.default_rng([*seed, start])
    digits: list[Ink] = [trim(images[place]) for place in rng.integers(len(images), size=min(CHUNK, len(images)))]
    return normalise_glyphs([draw_negative(rng, digits) for _ in range(count)])


def _cached(
    images: npt.NDArray[np.uint8], make: _Make, label: str, seed: list[int], cache: Path, *, count: int | None = None
) -> Glyphs:
    """All chunks of one kind, from the cache where the same code made them of the same images before."""
    total = len(images) if count is None else count
    key = hashlib.sha256(source_code() + repr((cv2.__version__, make.__name__, seed, total)).encode())
    key.update(np.ascontiguousarray(images).data)
    return cached_glyphs(cache, key.hexdigest(), total, partial(_in_chunks, images, make, label, seed, total))


def _in_chunks(images: npt.NDArray[np.uint8], make: _Make, label: str, seed: list[int], total: int) -> Glyphs:
    starts = range(0, total, CHUNK)
    sizes = [min(CHUNK, total - start) for start in starts]
    with ProgressBar(f"drawing {label}", total) as bar:
        chunks = []
        for chunk in _parallel(partial(make, images, seed), starts, sizes):
            bar.advance(len(chunk))
            chunks.append(chunk)
    return np.concatenate(chunks) if chunks else np.empty((0, GLYPH_SIDE, GLYPH_SIDE), np.uint8)


def _parallel(work: partial[Glyphs], starts: Sequence[int], sizes: Sequence[int]) -> Iterator[Glyphs]:
    """The chunks in their order, on every core where there is more than one chunk."""
    if len(starts) < 2:
        yield from map(work, starts, sizes)
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, starts, sizes)


def source_code() -> bytes:
    """Everything that decides what the glyphs look like: another version of it is another cache entry."""
    rooms = [Path(str(room.__file__)).parent for room in (this_room, demo)]
    files = [Path(normalise.__file__), *(file for room in rooms for file in sorted(room.glob("*.py")))]
    return b"".join(file.read_bytes() for file in files)
