"""Practice: digits written on paper, photographed, found and cut out by the very finder that will read frames."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.demo import FREE_MARKS, MARK_WAYS, PENS, DemoSettings, Hand, Scene, write_mark
from digitreader.demo.sheet import choose_paper, choose_pen, ink_sheet
from digitreader.demo.stage import Stage
from digitreader.demo.still import photograph
from digitreader.demo.writing import LINE_PITCH, Tile, Writing, paste
from digitreader.find import find_digits
from digitreader.follow import overlaps
from digitreader.values import Box, Candidate, Ink
from digitreader_train.practice.hands import loose_hand, write_by
from digitreader_train.practice.pens import WILD, Variety, trim, vary
from digitreader_train.practice.task import NO_DIGIT, Practice, Task

FRAMES_WH = ((640, 480), (640, 480), (640, 480), (800, 600), (1280, 720))
LINES = (1, 5)
DIGITS_A_LINE = (3, 9)
GAPS = (0.03, 0.12, 0.25, 0.5)
"""Between digits, in digit heights."""
LEAST_HEIGHT_PX = 12.0
HEIGHTS = (0.035, 0.5)
"""Of digits, in frame heights."""
MARKS = (*MARK_WAYS, *FREE_MARKS)
MARK_SHARES = (0.05, 0.1, 0.2, 0.6)
"""After so many of the digits of a sheet stands a letter, an operator or a scribble."""
OTHER_HANDS = 0.15
"""So many of the digits are written by the demo's hands, for forms that MNIST lacks."""
WILD_SHARE = 0.4

SAME = 0.6
"""A candidate is the digit with which it shares this much of their union ..."""
APART = 0.1
"""... and none where it shares less than this with every digit ..."""
HELD = 0.75
"""... or holds this much of two."""
PAD_SHARE = 0.08
"""Boxes are widened by so many digit heights: a 1 is so narrow that a pixel would part two like boxes."""

Shares = npt.NDArray[np.float64]


def photograph_digits(task: Task) -> Practice:
    """Show all of the task's digits to the camera, line by line, and take what the finder makes of them."""
    rng = task.rng
    inks: list[Ink] = []
    labels: list[int] = []
    shown = 0
    while shown < len(task.labels):
        line_count = int(rng.integers(*LINES))
        count = min(line_count * int(rng.integers(*DIGITS_A_LINE)), len(task.labels) - shown)
        part = np.s_[shown : shown + count]
        scene = draw_scene(task.images[part], task.labels[part], line_count, rng)
        for candidate, label in label_candidates(find_digits(scene.image), scene):
            inks.append(candidate.ink)
            labels.append(label)
        shown += count
    return Practice.of(inks, labels)


def draw_scene(
    images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8], lines: int, rng: np.random.Generator
) -> Scene:
    """Photograph a sheet with these digits on it.

    Args:
        images: (N, 28, 28) uint8.
        labels: (N,) uint8.
        lines: on how many lines they are written.
    """
    frame_wh = FRAMES_WH[int(rng.integers(len(FRAMES_WH)))]
    settings = draw_settings(rng)
    stage = Stage.draw(frame_wh, rng, settings=settings)
    # no larger than the lines have room for, so that nothing has to be shrunk after it was written
    room = 0.8 * frame_wh[0] / (-(-len(labels) // lines)), 0.8 * frame_wh[1] / (lines * LINE_PITCH)
    digit_px = max(LEAST_HEIGHT_PX, min(float(np.exp(rng.uniform(*np.log(HEIGHTS)))) * frame_wh[1], *room))
    writing = write_lines(images, labels, lines, rng, digit_px=digit_px)
    size_wh = max(writing.ink.shape[1] + 8, round(1.1 * frame_wh[0])), max(writing.ink.shape[0] + 8, frame_wh[1])
    paper, pen = choose_paper(settings, rng), choose_pen(settings, rng)
    sheet = ink_sheet(writing, rng, paper=paper, pen=pen, size_wh=size_wh, digit_px=digit_px, settings=settings)
    return photograph(stage, sheet, rng)


def draw_settings(rng: np.random.Generator) -> DemoSettings:
    """Paper, pen, light, lens and sensor by chance, from a scanner's to a poor webcam's at night."""
    on_board = rng.random() < 0.08
    poor = float(rng.uniform()) ** 1.5
    return DemoSettings(
        pens=("chalk",) if on_board else ("ballpoint", "gel", "felt", "marker", "pencil", "blue", "red", "green"),
        papers=("board",) if on_board else ("white", "white", "gray", "cream", "ruled", "ruled", "squared", "squared"),
        faintness=float(rng.uniform(0, 0.35)) * poor,
        folds=0.3,
        show_through=float(rng.uniform(0, 0.5)) * poor,
        sheet_fill=(0.8, 1.3),
        tilt_deg=9.0,
        perspective_deg=25.0,
        light_falloff=float(rng.uniform(0.05, 0.65)),
        shadow=float(rng.uniform(0, 0.5)),
        blur_px=float(rng.uniform(0.3, 0.6 + poor)),
        noise=float(rng.uniform(0.5, 2 + 6 * poor)),
        jpeg_quality=int(rng.integers(50, 96)) if rng.random() < 0.5 else None,
    )


def write_lines(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    lines: int,
    rng: np.random.Generator,
    *,
    digit_px: float,
) -> Writing:
    """Write digits, and marks among them, on lines, in MNIST's hands with other pens."""
    hand, gap = loose_hand(rng), digit_px * float(rng.choice(GAPS))
    variety, marks = WILD if rng.random() < WILD_SHARE else Variety(), float(rng.choice(MARK_SHARES))
    tiles: list[Tile] = []
    for row, places in enumerate(np.array_split(np.arange(len(labels)), lines)):
        x, foot = digit_px * float(rng.uniform(0, 0.4)), (1 + row * LINE_PITCH) * digit_px
        for place in places:
            for digit, ink in _characters(
                images[place], int(labels[place]), rng, hand=hand, variety=variety, marks=marks
            ):
                written = _scaled(ink, digit_px * float(np.exp(rng.normal(0, 0.08))), is_digit=digit is not None)
                y = round(foot + digit_px * float(rng.normal(0, 0.03))) - written.shape[0]
                tiles.append(Tile(digit, row, written, round(x), y))
                x += written.shape[1] + gap * float(np.exp(rng.normal(0, 0.4)))
    return paste(tiles, "", height_px=digit_px)


def _characters(
    image: npt.NDArray[np.uint8], label: int, rng: np.random.Generator, *, hand: Hand, variety: Variety, marks: float
) -> list[tuple[int | None, Ink]]:
    """A digit, now and then another one by the demo's hand in its place, and now and then a mark after it."""
    digit = (label, vary(image, rng, variety))
    if rng.random() < OTHER_HANDS:
        label = int(rng.integers(10))
        digit = (label, write_by(hand, label, rng, pen=PENS["felt"], height_px=64))
    if rng.random() >= marks:
        return [digit]
    return [digit, (None, write_mark(MARKS[int(rng.integers(len(MARKS)))], rng, hand))]


def label_candidates(candidates: Sequence[Candidate], scene: Scene) -> list[tuple[Candidate, int]]:
    """The candidates that are one digit, with its label, and those that are none; pieces of digits are left out."""
    if not candidates or not scene.boxes:
        return [(candidate, NO_DIGIT) for candidate in candidates]
    pad = round(PAD_SHARE * float(np.median([digit.box.height for digit in scene.boxes])))
    true = [_padded(digit.box, pad) for digit in scene.boxes]
    alike = overlaps(true, [_padded(candidate.box, pad) for candidate in candidates]).astype(np.float64)
    held = _held(true, [_padded(candidate.box, pad) for candidate in candidates])
    labelled = []
    for column, candidate in enumerate(candidates):
        best = int(alike[:, column].argmax())
        holds = int(np.count_nonzero(held[:, column] >= HELD))
        if alike[best, column] >= SAME and holds < 2:
            labelled.append((candidate, scene.boxes[best].digit))
        elif held[:, column].max() < APART or holds > 1:
            labelled.append((candidate, NO_DIGIT))
    return labelled


def _held(true: Sequence[Box], found: Sequence[Box]) -> Shares:
    """(T, F): the share of each true box that lies in each found one."""
    a, b = (np.array([(o.x, o.y, o.x + o.width, o.y + o.height) for o in boxes], np.float64) for boxes in (true, found))
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    held: Shares = shared / (a[:, 2:] - a[:, :2]).prod(axis=1)[:, None]
    return held


def _scaled(ink: Ink, height_px: float, *, is_digit: bool) -> Ink:
    """Digits get this height; marks keep theirs in the demo's 64 pixels to a digit."""
    trimmed = trim(ink)
    scale = height_px / (trimmed.shape[0] if is_digit else 64)
    size_wh = (max(1, round(trimmed.shape[1] * scale)), max(1, round(trimmed.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    border = cv2.copyMakeBorder(cv2.resize(trimmed, size_wh, interpolation=how), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    return np.asarray(border, np.uint8)


def _padded(box: Box, pad: int) -> Box:
    return Box(box.x - pad, box.y - pad, box.width + 2 * pad, box.height + 2 * pad)
