"""The sensor: its noise, drawn once and laid over every frame at another place, and its compression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from digitreader.values import ColourImage

SPARE_PX = 61
"""How far the noise can be moved before it is where it was."""


@dataclass(frozen=True, slots=True, eq=False)
class SensorNoise:
    """Noise somewhat larger than a frame, its positive and its negative part.

    Two saturating additions of bytes cost a hundredth of drawing new noise.
    """

    above: ColourImage
    below: ColourImage

    @classmethod
    def draw(cls, size_wh: tuple[int, int], rng: np.random.Generator, *, sigma: float) -> Self:
        """Draw noise: fine in brightness, blotched in colour, as a webcam's is.

        Args:
            size_wh: of the frames.
            rng: where the noise comes from.
            sigma: standard deviation in grey levels.
        """
        shape = size_wh[1] + SPARE_PX, size_wh[0] + SPARE_PX
        fine = rng.standard_normal(shape, np.float32)[:, :, None]
        blotches = rng.standard_normal((shape[0] // 2 + 1, shape[1] // 2 + 1, 3), np.float32)
        noise = sigma * (0.8 * fine + 0.7 * cv2.resize(blotches, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR))
        above = np.clip(np.round(noise), 0, 255).astype(np.uint8)
        return cls(above=above, below=np.clip(np.round(-noise), 0, 255).astype(np.uint8))

    def add_to(self, image: ColourImage, rng: np.random.Generator) -> ColourImage:
        """Add the noise, at a place drawn by chance.

        Args:
            image: (H, W, 3) uint8 of the size that the noise was drawn for.
            rng: where the place comes from.

        Returns:
            (H, W, 3) uint8, a new array.
        """
        height, width = image.shape[:2]
        y, x = (int(place) for place in rng.integers(0, SPARE_PX, 2))
        part = np.s_[y : y + height, x : x + width]
        return np.asarray(cv2.subtract(cv2.add(image, self.above[part]), self.below[part]), np.uint8)


def compress(image: ColourImage, quality: int) -> ColourImage:
    """Leave the traces of JPEG compression in a picture.

    Args:
        image: (H, W, 3) uint8.
        quality: 1 to 100.
    """
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
