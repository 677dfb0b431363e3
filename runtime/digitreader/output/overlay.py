"""Boxes and digits drawn onto a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import cv2
import numpy as np

from digitreader.values import Box, ColourImage, Frame, GrayImage, Page, Reading

Colour = tuple[int, int, int]
"""Blue, green, red, each 0..255."""

CAPITAL_HEIGHT = 0.7
"""The height of capitals and digits, as a share of the font's size."""


@cache
def _font(name: str) -> cv2.FontFace:
    return cv2.FontFace(name)


class Lettering:
    """A line of text.

    Args:
        text: the text.
        height: the height of its digits, in pixels.
        weight: 100 (thin) to 1000 (black).
        font: ``sans``, whose zeros have a stroke, or ``uni``, whose zeros have none and which has only one weight.
    """

    def __init__(self, text: str, height: int, *, weight: int, font: str = "sans") -> None:
        self._text = text
        self._weight = weight
        self._font = font
        self.height = height
        self._size = max(1, round(height / CAPITAL_HEIGHT))
        self.width = cv2.getTextSize((0, 0), text, (0, 0), _font(font), self._size, weight)[2]

    def fitted(self, width: int) -> Lettering:
        """The same text, made small enough for this width in pixels."""
        if self.width <= width:
            return self
        return Lettering(
            self._text, max(1, int(self.height * width / self.width)), weight=self._weight, font=self._font
        )

    def draw(self, image: ColourImage, base_xy: tuple[int, int], colour: Colour) -> None:
        """Draw the text into the image; `base_xy` is the left end of its baseline."""
        cv2.putText(image, self._text, base_xy, colour, _font(self._font), self._size, self._weight)


# Okabe and Ito's palette, as BGR: colour-blind people can tell these colours apart
SURE: Colour = (115, 158, 0)
LIKELY: Colour = (0, 130, 230)
DOUBTFUL: Colour = (60, 50, 213)
WHITE: Colour = (255, 255, 255)
DIMMED: Colour = (170, 165, 160)
STRIP: Colour = (40, 34, 30)

SURE_FROM, LIKELY_FROM = 0.9, 0.7

LEAST_SIDE_PX = 640
LEAST_DIGIT_PX = 72
MOST_SIDE_PX = 2400
"""A small picture is enlarged until it and its digits are large enough to see, but never beyond the last of these."""


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes in pixels of the picture that is drawn on.

    Attributes:
        line: the width of a box's edge.
        label: the height of a label's letters.
        in_one_row: there is room for the confidence behind the digit; if not, it is drawn below the box.
    """

    line: int
    label: int
    in_one_row: bool

    @property
    def pad(self) -> int:
        """Pixels between a box and the ink."""
        return self.line + 1


def draw_page(frame: Frame, page: Page, *, steady_size: bool = False) -> ColourImage:
    """Draw what was read into a copy of the frame.

    Args:
        frame: the frame that was read.
        page: what was read; its boxes are in pixels of the picture as it was taken (see `Frame.scale`).
        steady_size: do not enlarge a frame because its digits are small, so that all frames of a stream are alike.

    Returns:
        (H', W', 3) uint8 BGR: the frame, enlarged where it is small, with a strip below.
    """
    zoom = _zoom_for(frame, Page(page.source) if steady_size else page)
    canvas = _enlarged(frame.image, zoom)
    draw_readings(canvas, page, zoom / frame.scale)
    return np.vstack([canvas, _draw_strip(canvas.shape[1], page)])


def draw_readings(canvas: ColourImage, page: Page, zoom: float) -> None:
    """Draw the boxes and digits of a page into a picture.

    Args:
        canvas: (H, W, 3) uint8 BGR; it is changed.
        page: what was read.
        zoom: the size of the canvas divided by the size of the picture as it was taken.
    """
    lines = [[_placed(reading, zoom) for reading in line.readings] for line in page.lines]
    style = _style_for(canvas, lines)
    for reading in (reading for line in lines for reading in line):
        _draw_box(canvas, reading, style)
    # labels come last, so that no edge of a box crosses them
    for reading in (reading for line in lines for reading in line):
        _draw_labels(canvas, reading, style)


def colour_of(confidence: float) -> Colour:
    """The colour (BGR) that stands for a confidence: green, orange or red."""
    if confidence >= SURE_FROM:
        return SURE
    return LIKELY if confidence >= LIKELY_FROM else DOUBTFUL


def percent_of(confidence: float) -> int:
    """A confidence in percent, at most 99: no reading is certain."""
    return min(99, round(100 * confidence))


def _zoom_for(frame: Frame, page: Page) -> float:
    heights = [reading.box.height / frame.scale for line in page.lines for reading in line.readings]
    longest = int(max(frame.image.shape[:2]))
    wanted = max(LEAST_SIDE_PX / longest, LEAST_DIGIT_PX / max(float(np.median(heights)), 1.0) if heights else 1.0)
    return max(1.0, min(wanted, MOST_SIDE_PX / longest))


def _enlarged(image: ColourImage | GrayImage, zoom: float) -> ColourImage:
    colour = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image.copy()
    if zoom == 1.0:
        return np.asarray(colour, np.uint8)
    return np.asarray(cv2.resize(colour, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC), np.uint8)


def _placed(reading: Reading, zoom: float) -> Reading:
    box = reading.box
    x, y = round(box.x * zoom), round(box.y * zoom)
    right, bottom = round((box.x + box.width) * zoom), round((box.y + box.height) * zoom)
    return replace(reading, box=Box(x, y, right - x, bottom - y))


def _style_for(canvas: ColourImage, lines: Sequence[Sequence[Reading]]) -> Style:
    least = max(11, round(max(canvas.shape) / 100))
    digit = float(np.median([reading.box.height for line in lines for reading in line] or [LEAST_DIGIT_PX]))
    room = min((after.box.x - before.box.x for line in lines for before, after in pairwise(line)), default=1e9)
    most = min(0.28 * digit, 4.0 * least)
    # labels of neighbours must not overlap: a digit with its confidence is 2.9 times as wide as high, alone 1.3 times
    in_one_row = min(most, room / 2.9)
    if in_one_row >= min(most, max(least, 0.17 * digit)):
        return Style(line=max(2, round(in_one_row / 9)), label=round(in_one_row), in_one_row=True)
    label = max(least, round(min(most, room / 1.3)))
    return Style(line=max(2, round(label / 9)), label=label, in_one_row=False)


def _draw_box(canvas: ColourImage, reading: Reading, style: Style) -> None:
    box, pad = reading.box, style.pad
    corner = (box.x + box.width + pad, box.y + box.height + pad)
    colour = colour_of(reading.confidence)
    cv2.rectangle(canvas, (box.x - pad, box.y - pad), corner, colour, style.line, cv2.LINE_AA)


def _draw_labels(canvas: ColourImage, reading: Reading, style: Style) -> None:
    digit = Lettering(reading.text, style.label, weight=700)
    percent = Lettering(str(percent_of(reading.confidence)), round(0.62 * style.label), weight=500)
    box, edge, colour = reading.box, style.pad + style.line // 2, colour_of(reading.confidence)
    upper_left = (box.x - edge, box.y - edge)
    if style.in_one_row:
        _draw_label(canvas, upper_left, [digit, percent], colour)
        return
    _draw_label(canvas, upper_left, [digit], colour)
    # below on the right, where there is mostly no label of the next line of writing
    pad = _pad_of(percent)
    right, bottom = box.x + box.width + edge, box.y + box.height + edge
    _draw_label(canvas, (right - percent.width - 2 * pad, bottom + percent.height + 2 * pad), [percent], colour)


def _draw_label(canvas: ColourImage, corner_xy: tuple[int, int], words: Sequence[Lettering], colour: Colour) -> None:
    """Draw words on a filled ground with this lower left corner; the ground is moved if it would leave the picture."""
    pad = _pad_of(words[0])
    width = sum(word.width + pad for word in words) + pad
    height = words[0].height + 2 * pad
    left = max(0, min(corner_xy[0], canvas.shape[1] - width))
    bottom = max(height, min(corner_xy[1], canvas.shape[0]))
    cv2.rectangle(canvas, (left, bottom - height), (left + width - 1, bottom - 1), colour, cv2.FILLED)
    for word in words:
        word.draw(canvas, (left + pad, bottom - pad), WHITE)
        left += word.width + pad


def _pad_of(word: Lettering) -> int:
    return max(2, round(0.25 * word.height))


def _draw_strip(width: int, page: Page) -> ColourImage:
    size = max(15, round(width / 42))
    texts = page.text.splitlines() or ["no digits"]
    rows = [Lettering(text, size, weight=600).fitted(width - 2 * size) for text in texts]
    note = Lettering(_note(page), round(0.55 * size), weight=400).fitted(width - 2 * size)
    step = round(1.65 * size)
    strip = np.full((round(0.1 * size) + step * len(rows) + round(1.9 * size), width, 3), STRIP, np.uint8)
    for number, row in enumerate(rows, 1):
        row.draw(strip, (size, round(0.1 * size) + step * number), WHITE if page.lines else DIMMED)
    note.draw(strip, (size, strip.shape[0] - round(0.7 * size)), DIMMED)
    return strip


def _note(page: Page) -> str:
    confidences = [reading.confidence for line in page.lines for reading in line.readings]
    name = page.source.rpartition("/")[2]
    if not confidences:
        return name
    percent = percent_of(min(confidences))
    if len(confidences) == 1:
        return f"{name} · 1 digit, {percent} % sure"
    return f"{name} · {len(confidences)} digits, the least sure {percent} %"
