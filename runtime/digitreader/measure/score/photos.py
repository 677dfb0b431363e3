"""Photographs whose numbers are known."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import cv2
import numpy as np

from digitreader.camera.images import read_image
from digitreader.errors import DataError
from digitreader.host.progress import with_progress
from digitreader.measure.edit_distance import DIGITS, Step, align, digits_of
from digitreader.measure.evaluation import expected_calibration_error
from digitreader.measure.report import (
    Html,
    Shown,
    bar,
    counted,
    figures,
    gallery,
    percent,
    section,
    sides,
    swatch,
    table,
)
from digitreader.measure.report_pictures import Colour, bgr_of, draw_box, jpeg_address, within
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.rotation import boxes_found
from digitreader.values import Box, ColourImage, Frame, Reading

TRUTH = "truth.csv"
COLUMNS = ("file", "truth", "kind", "difficulty")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph and what stands on it.

    Attributes:
        truth: its digits in reading order, without spaces and line breaks; "" if there are none.
        kind: a group to count it in; difficulty likewise.
    """

    path: Path
    truth: str
    kind: str
    difficulty: str


def read_truth(folder: Path) -> list[Photo]:
    """Read the list of a folder's photographs.

    Raises:
        DataError: the list is missing or not valid, or a photograph is missing.
    """
    path = folder / TRUTH
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(f"{path}: has no column {missing[0]!r}; need {', '.join(COLUMNS)}")
            photos = [_photo(row, folder, f"{path}, line {reader.line_num}") for row in reader]
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}); give a folder of pictures with a {TRUTH} of the columns "
            f"{', '.join(COLUMNS)}"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: is not CSV in UTF-8 ({error}); save it again") from error
    if not photos:
        raise DataError(f"{path}: lists no pictures; add a line for each")
    return photos


def _photo(row: dict[str, str | None], folder: Path, place: str) -> Photo:
    if any(row[name] is None for name in COLUMNS):
        raise DataError(f"{place}: has too few columns; need {', '.join(COLUMNS)}")
    name, truth, kind, difficulty = (row[column] or "" for column in COLUMNS)
    odd = [character for character in truth if character not in DIGITS and not character.isspace()]
    if odd:
        raise DataError(f"{place}: the truth of {name} has {odd[0]!r}; need digits, spaces and line breaks")
    path = folder / name
    if not name or not path.is_file():
        raise DataError(f"{place}: there is no picture {name!r} in {folder}; correct its name or take the line out")
    return Photo(path, digits_of(truth), kind, difficulty)


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


def score_photos(reader: FrameReader, photos: Sequence[Photo]) -> tuple[PhotosScore, list[SeenPhoto]]:
    """Read every photograph, with a progress bar.

    Raises:
        ImageError: one cannot be read.
    """
    progress = with_progress(photos, label="reading photographs", total=len(photos))
    seen = [see(reader, photo) for photo in progress]
    return total_of(seen), seen


def see(reader: FrameReader, photo: Photo) -> SeenPhoto:
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


PHOTO_SIDE_PX = 960
NOTE = (
    "A digit missed, added or misread is one error; digit accuracy is 1 - errors / digits, so that digits invented on "
    "a picture without any cost as much as digits missed."
)


def photos_text(score: PhotosScore, title: str) -> str:
    """The figures as lines."""
    groups = [*score.by_kind.items(), *score.by_difficulty.items()]
    wide = max(len(name) for name, _ in [("all", None), *groups]) + 2
    lines = [f"{title}: {score.total.pictures:,} pictures, {score.total.digits:,} digits"]
    lines += [_group_line(name, group, wide) for name, group in [("all", score.total), *groups]]
    lines.append(f"misread {score.misread:,}, missed {score.missed:,}, invented {score.invented:,}")
    lines.append(f"calibration error {score.calibration_error:.2%} (expected, 15 bins)")
    wrong = [photo for photo in score.photos if photo.errors]
    lines += [
        f"  {p.file}: is {p.truth or 'none'}, read {p.read or 'none'} ({counted(p.errors, 'error')})" for p in wrong
    ]
    return "\n".join(lines)


def _group_line(name: str, group: GroupScore, wide: int) -> str:
    return (
        f"{name:<{wide}}digits {group.digits:5,}  errors {group.errors:4,}  accuracy {group.digit_accuracy:7.1%}  "
        f"exact {group.exact:,}/{group.pictures:,}"
    )


def photos_sections(score: PhotosScore, seen: Sequence[SeenPhoto]) -> list[str]:
    """The page's sections."""
    total = score.total
    wrong = [photo for photo in seen if photo.score.errors]
    return [
        figures(
            (
                percent(total.digit_accuracy),
                "digit accuracy",
                f"{counted(total.errors, 'error')} on {total.digits:,} digits",
            ),
            (f"{total.exact:,}/{total.pictures:,}", "pictures exact", "every digit, and none besides"),
            (f"{score.misread:,}", "misread", "another digit was read"),
            (f"{score.missed:,}", "missed", "nothing was read there"),
            (f"{score.invented:,}", "invented", "read if no digit is"),
            (percent(score.calibration_error), "calibration error", "how far confidences are from what is right"),
        ),
        section(
            "By kind and difficulty",
            sides(_group_table("kind", score.by_kind), _group_table("difficulty", score.by_difficulty)),
            note=NOTE,
        ),
        section(
            "Pictures with errors", _legend(), gallery([_shown(p) for p in wrong], tile_px=440, none="none at all")
        ),
    ]


def _group_table(title: str, groups: Mapping[str, GroupScore]) -> str:
    rows = [
        (name, f"{g.digits:,}", f"{g.errors:,}", f"{g.exact}/{g.pictures}", percent(g.digit_accuracy))
        for name, g in groups.items()
    ]
    bars = [(*row, bar(group.digit_accuracy)) for row, group in zip(rows, groups.values(), strict=True)]
    return table((title, "digits", "errors", "exact", "accuracy", ""), bars)


def _legend() -> str:
    kinds = (
        ("right", "read right"),
        ("misread", "misread"),
        ("invented", "invented"),
        ("not found", "found, not accepted"),
    )
    items = "".join(f"<li>{swatch(name)}{said}</li>" for name, said in kinds)
    return f'<ul class="legend" style="margin-bottom:16px">{items}</ul>'


def _shown(photo: SeenPhoto) -> Shown:
    image = read_image(photo.path)
    canvas, zoom = within(image.image, side_px=PHOTO_SIDE_PX)
    draw_readings(canvas, photo, zoom=zoom / image.scale)
    caption = (
        f"<b>{escape(photo.score.file)}</b> {counted(photo.score.errors, 'error')}; {escape(photo.score.kind)}, "
        f"{escape(photo.score.difficulty)}<div class='aligned'>is&nbsp;&nbsp; {_row(photo.steps, read=False)}<br>"
        f"read {_row(photo.steps, read=True)}</div>"
    )
    read = photo.score.read or "nothing"
    return Shown(jpeg_address(canvas), Html(caption), f"{photo.score.truth or 'no digits'}, read as {read}")


def _row(steps: Sequence[Step], *, read: bool) -> str:
    parts = []
    for step in steps:
        character = (step.read if read else step.truth) or "·"
        parts.append(character if step.right else f"<mark>{character}</mark>")
    return "".join(parts) or "·"


def draw_readings(canvas: ColourImage, photo: SeenPhoto, *, zoom: float) -> None:
    """Draw every reading's box in the colour of what became of it, and what was found and not accepted in grey."""
    for box in photo.unread:
        draw_box(canvas, box, bgr_of("not found"), zoom=zoom, thickness=1)
    steps = [step for step in photo.steps if step.read]
    for reading, step in zip(photo.readings, steps, strict=True):
        colour = bgr_of("right" if step.right else "misread" if step.truth else "invented")
        draw_box(canvas, reading.box, colour, zoom=zoom)
        if not step.right:
            _name(canvas, reading, colour, zoom)


def _name(canvas: ColourImage, reading: Reading, colour: Colour, zoom: float) -> None:
    box: Box = reading.box
    corner = round(box.x * zoom), max(14, round(box.y * zoom) - 4)
    cv2.putText(canvas, str(reading.digit), corner, cv2.FONT_HERSHEY_DUPLEX, 0.7, colour, 1, cv2.LINE_AA)
