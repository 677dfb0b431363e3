"""The values that pass between modules: array types and frozen data classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

ColourImage = npt.NDArray[np.uint8]
"""(H, W, 3) uint8, blue-green-red."""

GrayImage = npt.NDArray[np.uint8]
"""(H, W) uint8, 0 black to 255 white."""

Ink = npt.NDArray[np.uint8]
"""(h, w) uint8, one digit's strokes: white ink (255) on black (0), grey at soft edges."""

Glyph = npt.NDArray[np.uint8]
"""(28, 28) uint8, normalised ink."""

Glyphs = npt.NDArray[np.uint8]
"""(N, 28, 28) uint8."""

Features = npt.NDArray[np.uint8]
"""(N, 28, 28) uint8, the network's input for each glyph: its pixels, or maps of the directions of its strokes."""

Activations = npt.NDArray[np.float32]
"""(N, 10) in 0..1: activations of the output neurons; all may be near 0."""

GLYPH_SIDE = 28

UNSURE = "?"
"""Stands for a digit that is not sure enough."""

SIGNS = "/().,:-+=x%"
"""The signs that are recognised in a line of digits."""

WORTH_NAMING = 0.01
"""A digit less probable than this is not listed as an alternative."""
MOST_SURE = 0.99
"""The highest confidence that is printed: no reading is certain."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in frame pixels: (x, y) is its upper left corner. ``x, y, width, height = box`` takes it apart."""

    x: int
    y: int
    width: int
    height: int

    def __iter__(self) -> Iterator[int]:
        return iter((self.x, self.y, self.width, self.height))


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from a source.

    Attributes:
        image: (H, W, 3) uint8 BGR, or (H, W) uint8 for a gray source.
        source: what the user named: a path, a camera number, ``demo``.
        index: counts the pages of a picture file, or the frames of a stream, from 0.
        time_s: seconds since the stream began (0.0 for an image).
        scale: pixels of the picture as it was taken per pixel of `image`; above 1 if it was decoded smaller. Boxes
            that leave the pipeline are in pixels of the picture as it was taken.
    """

    image: ColourImage | GrayImage
    source: str
    index: int = 0
    time_s: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """Something that may be a digit.

    Attributes:
        box: where it is in the frame.
        ink: (h, w) uint8, its strokes alone, white on black; may be at a smaller scale than the frame.
        line: which line of writing it stands in, counted from 0 at the top.
        group: which group of its line, counted from 0 at the left; a wide gap begins a new one.
        heat: 0..1, how sure the finder is that a digit is here, and how well it is seen.
    """

    box: Box
    ink: Ink
    line: int = 0
    group: int = 0
    heat: float = 1.0


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """One digit that was read and accepted.

    Attributes:
        digit: 0 to 9.
        confidence: 0..1, the estimated probability that the digit is right; 0.0 in a number that breaks its rules.
        activations: the ten output neurons, each 0..1.
        group: as in `Candidate`.
        chances: 0..1, how likely it is each of the ten digits; what is missing to 1 is that it is none.
        sure: False if rules are given and the digit is not sure under them.
        evidence: 0..1, how much speaks for the digit that it is by itself; the model's threshold is one of evidence.
            Less than the confidence where the model corrects that for how rarely a glyph is not a digit.
        before: the sign of its number that stands before it, as the point of ``12.05`` before the 0; else empty.
        ink_share: how much of its box its ink covers, 0..1; 0.0 if that is not known.
    """

    box: Box
    digit: int
    confidence: float
    activations: tuple[float, ...] = ()
    group: int = 0
    chances: tuple[float, ...] = ()
    sure: bool = True
    evidence: float = 0.0
    before: str = ""
    ink_share: float = 0.0

    @property
    def text(self) -> str:
        """The digit, or a question mark."""
        return str(self.digit) if self.sure else UNSURE

    def __repr__(self) -> str:
        box = self.box
        where = f"x={box.x}, y={box.y}, width={box.width}, height={box.height}"
        return f"<Reading {self.text!r}, confidence {min(self.confidence, MOST_SURE):.2f}, {where}>"

    @property
    def alternatives(self) -> tuple[tuple[int, float], ...]:
        """The digits that it may be, the most likely first, each with its chance; few are worth naming."""
        likely = [(digit, chance) for digit, chance in enumerate(self.chances) if chance >= WORTH_NAMING]
        return tuple(sorted(likely, key=lambda pair: -pair[1]))


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a line, decoded under the rules of --expect.

    Attributes:
        text: its digits, a question mark for each that is not sure, with the signs that belong to it.
        confidence: 0..1, the estimated probability that the likeliest number is right; 0.0 if the rules are broken.
        fits: it keeps the rules.
        alternatives: what it may be where it is not sure, the most likely first, each with its confidence.
    """

    text: str
    confidence: float
    fits: bool
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign or letter in a line of digits.

    Attributes:
        sign: one of `SIGNS`, or `UNSURE` for other writing: letters, what is crossed out.
        box: where it is; of letters beside each other, round all of them.
        confidence: 0..1, how likely it is this sign.
    """

    sign: str
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """The readings of one line of writing, from left to right.

    Attributes:
        numbers: one for each group, where rules are expected of them.
        marks: the signs and letters among the digits, from left to right; one between two digits parts their groups.
    """

    readings: tuple[Reading, ...]
    numbers: tuple[Number, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def digits(self) -> tuple[Reading, ...]:
        """The same as `readings`, as JSON calls them."""
        return self.readings

    @property
    def text(self) -> str:
        """The digits, with the signs that belong to their numbers; a space where a wide gap or a mark parts two."""
        parts: list[str] = []
        for before, reading in zip((None, *self.readings), self.readings, strict=False):
            if before is not None and before.group != reading.group:
                parts.append(" ")
            parts += [reading.before, reading.text]
        return "".join(parts)

    def with_boxes(self, moved: Callable[[Box], Box]) -> Line:
        """The same line, each of its boxes moved.

        Args:
            moved: gives the new box for an old one.
        """
        readings = tuple(replace(each, box=moved(each.box)) for each in self.readings)
        return replace(self, readings=readings, marks=tuple(replace(each, box=moved(each.box)) for each in self.marks))


@dataclass(frozen=True, slots=True)
class Page:
    """Everything read in one frame. Two pages are equal if the same was read; source and times do not count.

    Attributes:
        source: as in `Frame`.
        frame: the frame's index.
        time_s: the frame's time.
        lines: from top to bottom.
        timing_ms: milliseconds per stage, by the stage's name.
        others: how many things beside the digits look like writing and are none: letters, signs, pictures.
        turned_deg: 0, 90, 180 or 270, how far clockwise the picture was turned before it was read. The lines are those
            of the turned picture; the boxes lie in the picture as it was taken.
        too_small_px: about how high writing is that is too small to be read, in pixels of the picture as it was taken;
            0.0 if there is none.
        error: why nothing could be read, where that was to be recorded; else empty.
        doubt: why its number cannot follow on the one read before it, where rules of a meter say so; else empty.
    """

    source: str = field(compare=False)
    frame: int = 0
    time_s: float = 0.0
    lines: tuple[Line, ...] = ()
    timing_ms: dict[str, float] = field(default_factory=dict, compare=False)
    others: int = 0
    turned_deg: int = 0
    too_small_px: float = 0.0
    error: str = ""
    doubt: str = ""

    @property
    def text(self) -> str:
        """The lines, a newline between two; empty if no digit was read."""
        return "\n".join(line.text for line in self.lines)

    @property
    def digits(self) -> tuple[Reading, ...]:
        """The digits of all lines, in reading order."""
        return tuple(each for line in self.lines for each in line.readings)

    @property
    def rotated(self) -> int:
        """The same as `turned_deg`, as JSON calls it."""
        return self.turned_deg


def touch(one: Box, other: Box) -> bool:
    """Whether two boxes share a pixel."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > 0 and down > 0


def around(*boxes: Box) -> Box:
    """The smallest box that holds all of these, at least one."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def grown(box: Box, by_x: int, by_y: int) -> Box:
    """A box that is larger by this many pixels at each side, and at its top and bottom."""
    return Box(box.x - by_x, box.y - by_y, box.width + 2 * by_x, box.height + 2 * by_y)


def cut_to(box: Box, size_wh: tuple[int, int]) -> Box:
    """The part of a box that lies in a picture of this size."""
    x, y = max(0, box.x), max(0, box.y)
    right, bottom = min(size_wh[0], box.x + box.width), min(size_wh[1], box.y + box.height)
    return Box(x, y, max(0, right - x), max(0, bottom - y))


def shifted(box: Box, x: int, y: int) -> Box:
    """A box moved this far to the right and down."""
    return replace(box, x=box.x + x, y=box.y + y)


def scaled(box: Box, scale: float) -> Box:
    """The same box in a picture scaled by this factor."""
    x, y, width, height = (round(value * scale) for value in (box.x, box.y, box.width, box.height))
    return Box(x, y, width, height)


def boxes_of(boxes: Sequence[Box]) -> npt.NDArray[np.int32]:
    """(N, 4) int32: x, y, width, height of each."""
    return np.array([(each.x, each.y, each.width, each.height) for each in boxes], np.int32).reshape(-1, 4)
