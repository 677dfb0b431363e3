"""Reads photographs and counts the digits that were missed, added or misread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitreader.model.calibration import expected_calibration_error
from digitreader.pipeline import Reader
from digitreader.progress import with_progress
from digitreader.quarter_turns import boxes_found
from digitreader.score.edit_distance import Step, align
from digitreader.score.photos.truth import Photo
from digitreader.sources.images import read_image
from digitreader.values import Box, Frame, Reading


@dataclass(frozen=True, slots=True)
class PhotoScore:
    """What was read on one photograph.

    Attributes:
        errors: how many digits were missed, added or misread, the least that explains the reading.
    """

    file: str
    kind: str
    difficulty: str
    truth: str
    read: str
    errors: int


@dataclass(frozen=True, slots=True)
class GroupScore:
    """A group of photographs.

    Attributes:
        digit_accuracy: 1 - errors / digits; below 0 where more is added than is there.
        exact: photographs without an error.
    """

    pictures: int
    digits: int
    errors: int
    digit_accuracy: float
    exact: int


@dataclass(frozen=True, slots=True)
class PhotosScore:
    """What was read on all photographs, also by their kind and by their difficulty.

    Attributes:
        calibration_error: of the digits that were read, 0..1, in 15 bins of confidence.
    """

    total: GroupScore
    misread: int
    missed: int
    invented: int
    calibration_error: float
    by_kind: dict[str, GroupScore]
    by_difficulty: dict[str, GroupScore]
    photos: tuple[PhotoScore, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SeenPhoto:
    """One photograph with all that a picture of its errors needs.

    Attributes:
        steps: truth and reading laid beside each other.
        readings: in the order of the text.
        unread: boxes that were found and not accepted.
    """

    score: PhotoScore
    path: Path
    steps: tuple[Step, ...]
    readings: tuple[Reading, ...]
    unread: tuple[Box, ...]


def score_photos(reader: Reader, photos: Sequence[Photo]) -> tuple[PhotosScore, list[SeenPhoto]]:
    """Read every photograph, with a progress bar.

    Raises:
        ImageError: one cannot be read.
    """
    progress = with_progress(photos, label="reading photographs", total=len(photos))
    seen = [see(reader, photo) for photo in progress]
    return total_of(seen), seen


def see(reader: Reader, photo: Photo) -> SeenPhoto:
    """Read one photograph.

    Raises:
        ImageError: it cannot be read.
    """
    decoded = read_image(photo.path)
    page = reader.read_upright(Frame(decoded.image, photo.path.name, scale=decoded.scale))
    readings = tuple(reading for line in page.lines for reading in line.readings)
    read = "".join(str(reading.digit) for reading in readings)
    steps = tuple(align(photo.truth, read))
    errors = sum(not step.right for step in steps)
    score = PhotoScore(photo.path.name, photo.kind, photo.difficulty, photo.truth, read, errors)
    found = boxes_found(reader.finder.digits, decoded.image, page.turned_deg)
    unread = tuple(box for box in (grown(box, decoded.scale) for box in found) if not _is_read(box, readings))
    return SeenPhoto(score, photo.path, steps, readings, unread)


def total_of(seen: Sequence[SeenPhoto]) -> PhotosScore:
    """Add the photographs up."""
    steps = [step for photo in seen for step in photo.steps if not step.right]
    scores = [photo.score for photo in seen]
    return PhotosScore(
        total=group_of(scores),
        misread=sum(bool(step.truth and step.read) for step in steps),
        missed=sum(not step.read for step in steps),
        invented=sum(not step.truth for step in steps),
        calibration_error=calibration_error_of(seen),
        by_kind=groups_of(scores, lambda score: score.kind),
        by_difficulty=groups_of(scores, lambda score: score.difficulty),
        photos=tuple(scores),
    )


def calibration_error_of(seen: Sequence[SeenPhoto]) -> float:
    """How far the confidences are from the share of digits that are right; an invented digit is wrong."""
    sure = [reading.confidence for photo in seen for reading in photo.readings]
    right = [step.right for photo in seen for step in photo.steps if step.read]
    return expected_calibration_error(np.array(sure, np.float64), np.array(right, np.bool_))


def groups_of(scores: Sequence[PhotoScore], name_of: Callable[[PhotoScore], str]) -> dict[str, GroupScore]:
    """Add up the photographs of each name, in the order in which the names come."""
    names = dict.fromkeys(map(name_of, scores))
    return {name: group_of([score for score in scores if name_of(score) == name]) for name in names}


def group_of(scores: Sequence[PhotoScore]) -> GroupScore:
    """Add up some photographs."""
    digits, errors = sum(len(score.truth) for score in scores), sum(score.errors for score in scores)
    return GroupScore(
        pictures=len(scores),
        digits=digits,
        errors=errors,
        digit_accuracy=1 - errors / max(digits, 1),
        exact=sum(not score.errors for score in scores),
    )


def grown(box: Box, scale: float) -> Box:
    """A box in pixels of the picture as it was taken."""
    return Box(*(round(side * scale) for side in (box.x, box.y, box.width, box.height)))


def _is_read(box: Box, readings: Sequence[Reading]) -> bool:
    """Whether a found box was accepted, whole or cut into pieces."""
    middles = [(r.box.x + r.box.width / 2, r.box.y + r.box.height / 2) for r in readings]
    return any(0 <= x - box.x <= box.width and 0 <= y - box.y <= box.height for x, y in middles)
