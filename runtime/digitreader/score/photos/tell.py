"""Tells what was read on photographs: lines, groups, and the pictures with errors with their boxes drawn in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import cv2

from digitreader.score.edit_distance import Step
from digitreader.score.photos.measure import GroupScore, PhotosScore, SeenPhoto
from digitreader.score.report.elements import (
    Html,
    Shown,
    bar,
    figures,
    gallery,
    section,
    sides,
    swatch,
    table,
)
from digitreader.score.report.pictures import Colour, bgr_of, draw_box, jpeg_address, within
from digitreader.score.told import counted, percent
from digitreader.sources.images import read_image
from digitreader.values import Box, ColourImage, Reading

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
            (f"{score.invented:,}", "invented", "read where no digit is"),
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
