"""Lettering: one line of text in OpenCV's own scalable font, measured before it is drawn."""

from __future__ import annotations

from functools import cache

import cv2

from digitreader.values import ColourImage

Colour = tuple[int, int, int]
"""Blue, green, red, each 0..255."""

CAPITAL_HEIGHT = 0.7
"""How high capitals and digits are, of the font's size."""


@cache
def _font(name: str) -> cv2.FontFace:
    return cv2.FontFace(name)


class Lettering:
    """A line of text.

    Args:
        text: what stands there.
        height: of its digits, in pixels.
        weight: 100 (thin) to 1000 (black).
        font: ``sans``, which strikes its zeros through, or ``uni``, which does not and has one weight alone.
    """

    def __init__(self, text: str, height: int, *, weight: int, font: str = "sans") -> None:
        self._text = text
        self._weight = weight
        self._font = font
        self.height = height
        self._size = max(1, round(height / CAPITAL_HEIGHT))
        self.width = cv2.getTextSize((0, 0), text, (0, 0), _font(font), self._size, weight)[2]

    def fitted(self, width: int) -> Lettering:
        """The same text, small enough for this width in pixels."""
        if self.width <= width:
            return self
        return Lettering(
            self._text, max(1, int(self.height * width / self.width)), weight=self._weight, font=self._font
        )

    def draw(self, image: ColourImage, base_xy: tuple[int, int], colour: Colour) -> None:
        """Draw the text into the image; `base_xy` is where its first letter stands on the line."""
        cv2.putText(image, self._text, base_xy, colour, _font(self._font), self._size, self._weight)
