"""What a page is made of and what lies round it: two colours, paper, textures, pictures without digits."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.demo.desk import draw_desk
from digitreader.values import ColourImage

PICTURES = {
    "skimage": (
        "astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "coffee.png", "coins.png", "grass.png",
        "gravel.png", "horse.png", "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png", "retina.jpg",
    ),
    "sklearn": ("china.jpg", "flower.jpg"),
    "matplotlib": ("grace_hopper.jpg",),
}  # fmt: skip
"""Pictures that come with Python packages, by package; none shows a digit."""
FOLDERS = {"skimage": "data", "sklearn": "datasets/images", "matplotlib": "mpl-data/sample_data"}

Field = npt.NDArray[np.float32]
"""(S, S) float32."""
Colour = npt.NDArray[np.float32]
"""(3,) float32, blue, green, red, 0..255."""


@cache
def pictures() -> tuple[ColourImage, ...]:
    """The pictures of the packages that are installed; fewer where one is missing."""
    found = []
    for package, names in PICTURES.items():
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            continue
        folder = Path(spec.submodule_search_locations[0]) / FOLDERS[package]
        found += [cv2.imread(str(folder / name), cv2.IMREAD_COLOR) for name in names if (folder / name).is_file()]
    return tuple(np.asarray(picture, np.uint8) for picture in found if picture is not None)


def smooth_noise(rng: np.random.Generator, side_px: int, wave_px: float) -> Field:
    """Noise with waves about `wave_px` long, about -1..1."""
    knots = max(2, int(side_px / wave_px) + 2)
    coarse = rng.uniform(-1, 1, (knots, knots)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (side_px, side_px), interpolation=cv2.INTER_CUBIC), np.float32)


def choose_colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Draw the colours of paper and ink, which differ enough to be read."""
    chance = rng.random()
    if chance < 0.5:  # a pen on paper
        paper = rng.uniform(150, 255) + rng.normal(0, 8, 3)
        ink = paper * (0.03 + 0.69 * rng.uniform() ** 1.5) + rng.normal(0, 8, 3)
    elif chance < 0.68:  # a coloured pen on paper
        paper = rng.uniform(170, 255) + rng.normal(0, 8, 3)
        ink = paper * rng.uniform(0.1, 1.0, 3)
    elif chance < 0.82:  # chalk, screens, pictures of digits as sets keep them
        paper = rng.uniform(0, 110) + rng.normal(0, 8, 3)
        ink = paper + rng.uniform(60, 255 - paper.mean()) + rng.normal(0, 12, 3)
    else:  # any two
        paper, ink = rng.uniform(0, 255, 3), rng.uniform(0, 255, 3)
    paper, ink = np.clip(paper, 0, 255).astype(np.float32), np.clip(ink, 0, 255).astype(np.float32)
    if np.abs(paper - ink).max() < 42:
        ink = np.where(paper > 127, paper * 0.5, 255 - (255 - paper) * 0.5).astype(np.float32)
    return paper, ink


def draw_texture(rng: np.random.Generator, side_px: int) -> ColourImage:
    """Something that is no page: a piece of a picture, cloth, wood, stone, stripes or shapes.

    Returns:
        (S, S, 3) uint8.
    """
    chance = rng.random()
    if pictures() and chance < 0.4:
        return _piece_of_picture(rng, side_px)
    if chance < 0.55:
        return draw_desk((side_px, side_px), rng)
    if chance < 0.65:
        return _leather(rng, side_px)
    base, other = rng.uniform(0, 255, (2, 3)).astype(np.float32)
    kind = int(rng.integers(5))
    if kind == 0:
        pattern = sum(smooth_noise(rng, side_px, wave) * wave for wave in (64, 24, 9, 4)) / 50
    elif kind == 1:
        long = smooth_noise(rng, 2 * side_px, float(rng.uniform(3, 12)))
        pattern = cv2.resize(long[: side_px // int(rng.integers(6, 30)) + 2], (side_px, side_px))
    elif kind == 2:
        y, x = np.mgrid[0:side_px, 0:side_px].astype(np.float32)
        angle, wave = rng.uniform(0, np.pi), rng.uniform(4, 40)
        stripes = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / wave)
        pattern = np.clip(stripes * rng.uniform(1, 6), -1, 1) + smooth_noise(rng, side_px, 20) * 0.3
    elif kind == 3:
        pattern = rng.standard_normal((side_px, side_px)).astype(np.float32)
        pattern = cv2.GaussianBlur(pattern, (0, 0), float(rng.uniform(0.5, 3)))
        pattern /= max(1e-3, float(np.abs(pattern).max()))
    else:
        return _shapes(rng, side_px)
    blend = np.clip(np.asarray(pattern, np.float32) * float(rng.uniform(0.2, 1)) * 0.5 + 0.5, 0, 1)[:, :, None]
    return np.asarray(base + (other - base) * blend, np.float32).astype(np.uint8)


def _leather(rng: np.random.Generator, side_px: int) -> ColourImage:
    """Something dark with a grain that shines where the light falls: leather, plastic, asphalt."""
    grain = rng.standard_normal((side_px, side_px)).astype(np.float32)
    fine, coarse = float(rng.uniform(0.6, 1.6)), float(rng.uniform(1.8, 5))
    band = cv2.GaussianBlur(grain, (0, 0), fine) - cv2.GaussianBlur(grain, (0, 0), coarse)
    band /= max(1e-3, float(band.std()))
    shine = np.clip(smooth_noise(rng, side_px, 0.7 * side_px) + float(rng.uniform(-0.3, 0.7)), 0, None)
    base = float(rng.uniform(10, 90))
    level = base * (1 + float(rng.uniform(0.05, 0.25)) * band) + shine * float(rng.uniform(15, 70)) * np.clip(1 + band, 0, 3)
    tint = 1 + rng.normal(0, 0.06, 3).astype(np.float32)
    return np.clip(level[:, :, None] * tint, 0, 255).astype(np.uint8)


def _piece_of_picture(rng: np.random.Generator, side_px: int) -> ColourImage:
    picture = pictures()[int(rng.integers(len(pictures())))]
    height, width = picture.shape[:2]
    side = int(rng.uniform(0.15, 1.0) * min(height, width))
    y, x = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    piece = cv2.resize(picture[y : y + side, x : x + side], (side_px, side_px), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.rot90(piece, int(rng.integers(4))))


def _shapes(rng: np.random.Generator, side_px: int) -> ColourImage:
    """Polygons, discs and bars of any colour."""
    canvas = np.full((side_px, side_px, 3), rng.uniform(0, 255, 3), np.uint8)
    for _ in range(int(rng.integers(3, 25))):
        colour = tuple(int(c) for c in rng.integers(0, 256, 3))
        place = rng.uniform(0, side_px, 2)
        if rng.random() < 0.4:
            radius = int(np.exp(rng.uniform(1, 4)))
            thick = -1 if rng.random() < 0.6 else int(rng.integers(1, 8))
            cv2.circle(canvas, tuple(int(p) for p in place), radius, colour, thick, cv2.LINE_AA)
        else:
            corners = place + rng.normal(0, side_px * float(rng.uniform(0.03, 0.3)), (int(rng.integers(3, 7)), 2))
            cv2.fillPoly(canvas, [corners.astype(np.int32)], colour, cv2.LINE_AA)
    return canvas
