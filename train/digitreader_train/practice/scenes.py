"""Practice: what the finder cuts out of the scenes that it learned from, digits and what is none."""

from __future__ import annotations

import numpy as np

from digitreader.drawing import Scene
from digitreader.drawing.scene import DigitBox
from digitreader.find import Finder
from digitreader.reading.tracks import overlaps
from digitreader.values import GLYPH_SIDE, Box, Candidate
from digitreader_train.finder.characters import Characters
from digitreader_train.finder.scene import FinderScene, draw_finder_scene
from digitreader_train.practice.camera import shipped_finder
from digitreader_train.practice.task import Practice, Task
from digitreader_train.practice.truth import label_candidates, without_slender

DIGITS_A_SCENE = 4
"""A scene is drawn for so many digits of the task; it shows as many as it likes, of any of them."""
WHOLE = 0.85
"""A digit of which less is seen is no practice, nor is anything that touches it."""


def cut_from_scenes(task: Task) -> Practice:
    """Draw scenes with the task's digits, and take everything that the finder cuts out of them."""
    none = np.empty((0, GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    rng = task.rng
    characters = Characters(task.images, task.labels, none, seed=int(rng.integers(2**31)))
    found: list[tuple[Candidate, int]] = []
    for _ in range(-(-len(task.labels) // DIGITS_A_SCENE)):
        found += cut_from(draw_finder_scene(characters, rng), shipped_finder())
    return without_slender(Practice.of([candidate.ink for candidate, _ in found], [label for _, label in found]))


def cut_from(scene: FinderScene, finder: Finder) -> list[tuple[Candidate, int]]:
    """What the finder cuts out of a scene, each with its label; without what lies on a digit that is partly seen."""
    digits = scene.digits
    boxes = [Box(*(round(float(side)) for side in box)) for box in digits.boxes]
    told = zip(boxes, digits.labels.tolist(), (digits.seen >= WHOLE).tolist(), strict=True)
    places = [(DigitBox(label, box, 0), whole) for box, label, whole in told]
    candidates = finder.digits(scene.image)
    partial = [place.box for place, whole in places if not whole]
    if partial and candidates:
        touched = overlaps(partial, [candidate.box for candidate in candidates]).max(axis=0) > 0
        candidates = [each for each, touches in zip(candidates, touched.tolist(), strict=True) if not touches]
    return label_candidates(candidates, Scene(scene.image, tuple(place for place, whole in places if whole), ""))
