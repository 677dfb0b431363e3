"""The fifteen corruptions of MNIST-C, by name: each takes a digit and a generator and gives the digit spoiled."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.values import GrayImage


def glass_blur(
    image: GrayImage, rng: np.random.Generator, *, sigma_px: float = 0.7, reach_px: int = 1, rounds: int = 2
) -> GrayImage:
    """Blur, let half of the pixels change places with a near one a few times over, and blur again.

    Args:
        sigma_px: of both blurs, which go up and down only.
        reach_px: see `shuffled`.
        rounds: how often the pixels change places.
    """
    smooth = blurred_down(image, sigma_px)
    for _ in range(rounds):
        smooth = shuffled(smooth, rng, reach_px=reach_px)
    return blurred_down(smooth, sigma_px)


def blurred_down(image: GrayImage, sigma_px: float) -> GrayImage:
    """Blur each column by itself: the published blur took the columns of a grey image for its colours."""
    size_wh = 1, 2 * int(4 * sigma_px + 0.5) + 1
    smooth = cv2.GaussianBlur(image.astype(np.float32), size_wh, sigma_px, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(smooth, np.uint8)


def shuffled(image: GrayImage, rng: np.random.Generator, *, reach_px: int) -> GrayImage:
    """Let half of the pixels, from the last to the first, change places with one that is near; none is lost.

    Args:
        reach_px: the other pixel is at most this many rows above and columns to the left, and one less below and to the
            right, as the published swaps leave their upper bound out; 1 or more.
    """
    height, width = image.shape
    rows, columns = np.mgrid[height - reach_px : reach_px : -1, width - reach_px : reach_px : -1]
    away = rng.integers(-reach_px, reach_px, (2, *rows.shape))
    chosen = rng.random(rows.shape) < 0.5
    places = (rows * width + columns)[chosen].tolist()
    others = ((rows + away[0]) * width + columns + away[1])[chosen].tolist()
    pixels = image.ravel().tolist()  # swaps follow from one another, and in a list they are quick
    for at, other in zip(places, others, strict=True):
        pixels[at], pixels[other] = pixels[other], pixels[at]
    return np.array(pixels, np.uint8).reshape(image.shape)


def motion_blur(
    image: GrayImage, rng: np.random.Generator, *, radius_px: int = 10, sigma_px: float = 3.0, most_deg: float = 45.0
) -> GrayImage:
    """Smear the digit one way along a line that is within `most_deg` of level, the less the farther."""
    angle = math.radians(rng.uniform(-most_deg, most_deg))
    side = 2 * radius_px + 1
    kernel = np.zeros((side, side), np.float32)
    for step in range(radius_px + 1):
        place = radius_px + round(step * math.sin(angle)), radius_px + round(step * math.cos(angle))
        kernel[place] += math.exp(-(step**2) / (2 * sigma_px**2))
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE), np.uint8)


Linear = npt.NDArray[np.float64]
"""(2, 2) float64, where the unit vectors of x and y go."""


def shear(image: GrayImage, rng: np.random.Generator, *, angle_rad: float = 0.4) -> GrayImage:
    """Slant the digit to one side or the other, and make it taller by 1 / cos(angle); the middle stays where it is.

    Args:
        angle_rad: a level line moves to the side by tan(angle) of its height over the middle.
    """
    angle = either_way(rng, angle_rad)
    return about_middle(image, np.array([[1.0, math.tan(angle)], [0.0, 1.0 / math.cos(angle)]]))


def scale(image: GrayImage, rng: np.random.Generator, *, factor: float = 0.7) -> GrayImage:  # noqa: ARG001
    """Shrink the digit about the image's middle."""
    return about_middle(image, np.diag([factor, factor]))


def rotate(image: GrayImage, rng: np.random.Generator, *, angle_rad: float = 0.4) -> GrayImage:
    """Turn the digit one way or the other about the image's middle."""
    angle = either_way(rng, angle_rad)
    cos, sin = math.cos(angle), math.sin(angle)
    return about_middle(image, np.array([[cos, -sin], [sin, cos]]))


def translate(image: GrayImage, rng: np.random.Generator, *, shift_px: float = 3.0) -> GrayImage:
    """Shift the digit diagonally, to any of the four corners."""
    shift = np.array([[either_way(rng, shift_px)], [either_way(rng, shift_px)]])
    return warp(image, np.hstack([np.eye(2), shift]))


def either_way(rng: np.random.Generator, size: float) -> float:
    """The size with a sign by chance."""
    return size if rng.random() < 0.5 else -size


def about_middle(image: GrayImage, linear: Linear) -> GrayImage:
    """Map an image linearly; its middle stays."""
    middle = np.array([[(image.shape[1] - 1) / 2], [(image.shape[0] - 1) / 2]])
    return warp(image, np.hstack([linear, middle - linear @ middle]))


def warp(image: GrayImage, matrix: npt.NDArray[np.float64]) -> GrayImage:
    """Map an image by (2, 3); black enters."""
    return np.asarray(cv2.warpAffine(image, matrix, image.shape[::-1], flags=cv2.INTER_LINEAR), np.uint8)


def brightness(image: GrayImage, rng: np.random.Generator, *, lift: float = 0.5) -> GrayImage:  # noqa: ARG001
    """Add the same light everywhere; what is white already stays white."""
    return np.asarray(np.minimum(image + 255.0 * lift, 255.0), np.uint8)


def stripe(image: GrayImage, rng: np.random.Generator, *, share: float = 0.25) -> GrayImage:  # noqa: ARG001
    """Turn black and white round in a stripe at the left and one at the right, each a share of the width."""
    width = round(share * image.shape[1])
    striped = image.copy()
    striped[:, :width] = 255 - image[:, :width]
    striped[:, -width:] = 255 - image[:, -width:]
    return striped


def canny_edges(
    image: GrayImage,
    rng: np.random.Generator,  # noqa: ARG001
    *,
    sigma_px: float = 1.0,
    low: float = 0.1,
    high: float = 0.2,
) -> GrayImage:
    """Keep only the edges of the strokes, one pixel wide; the image's outermost pixels have none.

    Args:
        low: an edge goes on where its gradient is at least this share of 255 ...
        high: ... and begins where it is at least this; gradients are Sobel's sums.

    Source: J. Canny, "A computational approach to edge detection", 1986.
    """
    smooth = cv2.GaussianBlur(image, (0, 0), sigma_px)
    edges = cv2.Canny(smooth, 255.0 * low, 255.0 * high, L2gradient=True)
    inner = np.s_[1:-1, 1:-1]
    framed = np.zeros_like(image)
    framed[inner] = edges[inner]
    return framed


def shot_noise(image: GrayImage, rng: np.random.Generator, *, photons: float = 3.0) -> GrayImage:
    """Count photons: white is `photons` of them on average, and black is none."""
    counted = rng.poisson(image * (photons / 255.0)) / photons
    return np.asarray(255.0 * np.minimum(counted, 1.0), np.uint8)


def impulse_noise(image: GrayImage, rng: np.random.Generator, *, share: float = 0.17) -> GrayImage:
    """Turn a share of the pixels black or white, half of them each."""
    chance = rng.random(image.shape)
    peppered = np.where(chance < share / 2, np.uint8(0), image)
    return np.where(chance > 1.0 - share / 2, np.uint8(255), peppered)


Corners = npt.NDArray[np.float64]
"""(N, 2) float64, the corners of a line, from left to right: x and y in pixels, whole numbers in a pixel's middle."""
Ink = npt.NDArray[np.float64]
"""(H, W) float64, 0 for paper, 1 and above for full ink."""


def dotted_line(image: GrayImage, rng: np.random.Generator, *, dot_px: int = 2) -> GrayImage:
    """Draw a straight dotted line from the left edge to the right one, each end in any row.

    Args:
        dot_px: columns of a dot and of the gap before it.
    """
    height, width = image.shape
    first, last = rng.integers(0, height - 1, 2)
    ink = line_ink(image.shape, np.array([(0.0, first), (width - 1.0, last)]))
    ink[:, np.arange(width) // dot_px % 2 == 0] = 0.0
    return laid_over(image, ink)


def zigzag(
    image: GrayImage,
    rng: np.random.Generator,
    *,
    tooth_px: float = 4.0,
    reach_px: float = 2.0,
    margin_px: float = 2.0,
    most_rise_px: int = 5,
) -> GrayImage:
    """Draw a zigzag across the digit, from near the left edge to near the right one; it begins in any row.

    Args:
        tooth_px: how far it goes along its middle line between two turns.
        reach_px: how far from its middle line it turns.
        margin_px: how far from the first and the last column it ends.
        most_rise_px: its middle line ends at most this many rows higher than it begins, or one less lower down.
    """
    height, width = image.shape
    first, rise = rng.integers(0, height - 1), rng.integers(-most_rise_px, most_rise_px)
    way = np.array((width - 1.0 - 2.0 * margin_px, rise))
    length = float(np.hypot(*way))
    along = way / length
    level = teeth(length, tooth_px=tooth_px, reach_px=reach_px)
    corners = level @ np.array([along, (-along[1], along[0])]) + (margin_px, first)
    return laid_over(image, line_ink(image.shape, corners))


def teeth(length_px: float, *, tooth_px: float, reach_px: float) -> Corners:
    """The corners of a zigzag whose middle line is level and begins at (0, 0), where it begins too."""
    x = np.arange(tooth_px / 2, length_px, tooth_px)
    y = np.where(np.arange(len(x)) % 2 == 0, reach_px, -reach_px)
    # the published one ends a sixth of its reach off the middle line, on the side of its last turn
    last = length_px, (y[-1] / 6 if len(y) else 0.0)
    return np.vstack([(0.0, 0.0), np.stack([x, y], axis=1), last])


def line_ink(shape: tuple[int, int], corners: Corners, *, fade_px: float = 2.3) -> Ink:
    """The ink of a line with soft edges; where columns of two of its pieces fall together, the ink of both is added.

    Args:
        shape: height and width in pixels.
        fade_px: ink is 1 + log(1 - d / fade_px) at a distance d above or below the line, until that is nothing.
    """
    rows, columns = np.indices(shape)[:, None]
    begin_x, begin_y = corners[:-1].T[..., None, None]
    end_x, end_y = corners[1:].T[..., None, None]
    slopes = (end_y - begin_y) / np.maximum(end_x - begin_x, 1e-6)  # an upright piece would be of no width
    off = np.abs(rows - (begin_y + slopes * (columns - begin_x)))
    ink = 1.0 + np.log(np.maximum(1.0 - off / fade_px, np.exp(-1.0)))
    within = (columns >= np.floor(begin_x)) & (columns < np.ceil(end_x))
    return np.asarray(np.where(within, ink, 0.0).sum(axis=0))


def laid_over(image: GrayImage, ink: Ink) -> GrayImage:
    """The image with more ink on it, white at most."""
    return np.asarray(np.minimum(image + 255.0 * ink, 255.0), np.uint8)


Field = npt.NDArray[np.float64]


def fog(
    image: GrayImage, rng: np.random.Generator, *, amount: float = 3.0, decay: float = 1.4, field_px: int = 256
) -> GrayImage:
    """Lay fog of changing thickness before the digit, and dim both until white is as white as before.

    Args:
        amount: how thick the fog may be; 1 is white ink.
        field_px: the side of the clouds of which the digit sees a corner; the wider, the more even the corner is.
    """
    ink = image / 255.0
    most = float(ink.max())
    clouds = plasma(max(field_px, *image.shape), rng, decay=decay)
    thickness = amount * clouds[: image.shape[0], : image.shape[1]]
    return np.asarray(255.0 * np.clip((ink + thickness) * most / (most + amount), 0.0, 1.0), np.uint8)


def plasma(least_side: int, rng: np.random.Generator, *, decay: float) -> Field:
    """Clouds by midpoint displacement: each halving of the step adds finer unrest, weaker by `decay` squared.

    Returns:
        (S, S) float64, 0 to 1, S the power of two at or above `least_side`; opposite edges fit each other.
    Source: A. Fournier, D. Fussell and L. Carpenter, "Computer rendering of stochastic models", 1982.
    """
    side = 1 << (least_side - 1).bit_length()
    clouds = np.zeros((side, side))
    step, unrest = side, 1.0
    while step >= 2:
        half = step // 2
        corners = clouds[::step, ::step]
        middles = mean_of_pairs(mean_of_pairs(corners, 0, -1), 1, -1) + unrest * rng.uniform(-1, 1, corners.shape)
        clouds[half::step, half::step] = middles
        # an edge's midpoint lies between two corners and two middles
        upper = (mean_of_pairs(corners, 1, -1) + mean_of_pairs(middles, 0, 1)) / 2
        clouds[::step, half::step] = upper + unrest * rng.uniform(-1, 1, corners.shape)
        left = (mean_of_pairs(corners, 0, -1) + mean_of_pairs(middles, 1, 1)) / 2
        clouds[half::step, ::step] = left + unrest * rng.uniform(-1, 1, corners.shape)
        step, unrest = half, unrest / decay**2
    clouds -= clouds.min()
    return np.asarray(clouds / max(clouds.max(), 1e-9))


def mean_of_pairs(grid: Field, axis: int, shift: int) -> Field:
    """The mean of each value and its neighbour, across the edge as well."""
    return np.asarray((grid + np.roll(grid, shift, axis)) / 2)


def spatter(
    image: GrayImage,
    rng: np.random.Generator,
    *,
    mean: float = 0.65,
    deviation: float = 0.3,
    drop_px: float = 1.0,
    threshold: float = 0.65,
    rim_px: float = 1.5,
    mud: int = 63,
) -> GrayImage:
    """Throw mud: where smoothed noise is high a drop sticks, dark grey on ink and on paper alike."""
    wet = blurred(rng.normal(mean, deviation, image.shape), drop_px)
    cover = blurred((wet > threshold).astype(np.float64), rim_px)
    cover[cover < 0.8] = 0.0
    return np.asarray(image * (1.0 - cover) + mud * cover, np.uint8)


def blurred(field: Field, sigma_px: float) -> Field:
    """Blur as if the edge went on."""
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE))


Corruption = Callable[[GrayImage, np.random.Generator], GrayImage]
"""Takes (H, W) uint8, white ink on black, and gives a new one of the same shape."""

CORRUPTIONS: Mapping[str, Corruption] = {
    "shot_noise": shot_noise,
    "impulse_noise": impulse_noise,
    "glass_blur": glass_blur,
    "motion_blur": motion_blur,
    "shear": shear,
    "scale": scale,
    "rotate": rotate,
    "brightness": brightness,
    "translate": translate,
    "stripe": stripe,
    "fog": fog,
    "spatter": spatter,
    "dotted_line": dotted_line,
    "zigzag": zigzag,
    "canny_edges": canny_edges,
}
"""Source: N. Mu and J. Gilmer, "MNIST-C: a robustness benchmark for computer vision", 2019: names, and the strengths
and chances of the published recipe at its defaults.
"""


def corrupt(name: str, image: GrayImage, *, seed: int, index: int) -> GrayImage:
    """Spoil one image; the same name, seed and index spoil it alike, whatever was spoiled before.

    Args:
        name: a key of `CORRUPTIONS`.
        image: (H, W) uint8, white ink on black.
        seed: 0 or more.
        index: the image's place in its set, 0 or more.
    """
    kind = list(CORRUPTIONS).index(name)
    return CORRUPTIONS[name](image, np.random.default_rng((seed, kind, index)))
