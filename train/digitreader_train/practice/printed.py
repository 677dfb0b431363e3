"""Practice: digits that nobody wrote, in print, on displays and on counters' wheels, as the finder cuts them out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np

from digitreader.drawing import Scene, Typeface, draw_display, draw_print, draw_wheels, find_typefaces, learned
from digitreader.host.progress import ProgressBar
from digitreader.reading.tracks import overlaps
from digitreader.values import Candidate
from digitreader_train.practice.camera import shipped_finder
from digitreader_train.practice.task import Practice, Task
from digitreader_train.practice.truth import label_candidates, without_slender

DIGITS_A_PICTURE = 15
"""A picture is drawn for so many digits of the task; it shows as many as it likes."""
DISPLAYS, WHEELS = 0.3, 0.25
"""Shares of the pictures; the others are printed pages."""
LIKE_DIGITS, SAME = "OoDQIil|", 0.4
"""Letters that are printed as other typefaces print a 0 or a 1 are no practice; a candidate is one where they share
this much of their union."""
SIZES_WH = ((320, 240), (480, 360), (640, 480), (640, 480))


def cut_from_print(task: Task) -> Practice:
    """Draw printed pages, displays and counters, and take everything that the finder cuts out of them."""
    rng = task.rng
    found = []
    for _ in range(-(-len(task.labels) // DIGITS_A_PICTURE)):
        scene = draw_printed(rng, task.typefaces)
        found += label_candidates(without_like_digits(shipped_finder().digits(scene.image), scene), scene)
    return without_slender(Practice.of([candidate.ink for candidate, _ in found], [label for _, label in found]))


def without_like_digits(candidates: Sequence[Candidate], scene: Scene) -> list[Candidate]:
    """The candidates without those that lie on a letter which looks like a digit."""
    alike = [mark.box for mark in scene.marks if mark.sign in LIKE_DIGITS]
    if not alike or not candidates:
        return list(candidates)
    on_one = overlaps(alike, [candidate.box for candidate in candidates]).max(axis=0) > SAME
    return [candidate for candidate, on in zip(candidates, on_one.tolist(), strict=True) if not on]


@cache
def practised_typefaces() -> tuple[Typeface, ...]:
    """This machine's typefaces and those that come with matplotlib, without the families that are kept for the test."""
    own = Path(mpl.get_data_path()) / "fonts" / "ttf"
    with ProgressBar("looking at typefaces", 1) as bar:
        typefaces = learned(find_typefaces((own,), system=True))
        bar.advance(1)
    return typefaces


def families_practised() -> tuple[str, ...]:
    """The names of the families of those typefaces."""
    return tuple(sorted({typeface.family for typeface in practised_typefaces()}))


def draw_printed(rng: np.random.Generator, typefaces: Sequence[Typeface]) -> Scene:
    """Draw one picture with digits that nobody wrote, in no style that is kept for the test.

    Args:
        rng: where every choice comes from.
        typefaces: at least one.
    """
    size_wh, chance = SIZES_WH[int(rng.integers(len(SIZES_WH)))], rng.random()
    if chance < DISPLAYS:
        return draw_display(rng, held_out=False, size_wh=size_wh, typefaces=typefaces)
    if chance < DISPLAYS + WHEELS:
        return draw_wheels(rng, typefaces, held_out=False, size_wh=size_wh)
    return draw_print(rng, typefaces, size_wh=size_wh)
