"""Grounds that are no paper: pieces of pictures, cloth, wood, stone, leather, stripes, shapes."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.drawing.paper import draw_desk
from digitreader.values import ColourImage

PICTURES = {
    "skimage": (
        "astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "coffee.png", "coins.png", "grass.png",
        "gravel.png", "horse.png", "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png", "retina.jpg",
    ),
    "sklearn": ("china.jpg", "flower.jpg"),
    "matplotlib": ("grace_hopper.jpg",),
}  # fmt: skip
"""Names of the pictures by package; none shows a digit."""
FOLDERS = {"skimage": "data", "sklearn": "datasets/images", "matplotlib": "mpl-data/sample_data"}


@cache
def package_pictures() -> tuple[ColourImage, ...]:
    """The pictures of the packages that are installed: (H, W, 3) uint8 each; not to be written to."""
    files = [folder / name for package, names in PICTURES.items() for folder in _folders(package) for name in names]
    pictures = [cv2.imread(str(file), cv2.IMREAD_COLOR) for file in files if file.is_file()]
    return tuple(np.asarray(picture, np.uint8) for picture in pictures if picture is not None)


def _folders(package: str) -> list[Path]:
    """The folder of a package's pictures; empty where the package is not installed."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return []
    return [Path(spec.submodule_search_locations[0]) / FOLDERS[package]]


Field = npt.NDArray[np.float32]
"""(S, S) float32."""


def smooth_noise(rng: np.random.Generator, side_px: int, wave_px: float) -> Field:
    """Draw noise with waves about `wave_px` long.

    Returns:
        (S, S) float32, about -1..1.
    """
    knots = max(2, int(side_px / wave_px) + 2)
    coarse = rng.uniform(-1, 1, (knots, knots)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (side_px, side_px), interpolation=cv2.INTER_CUBIC), np.float32)


SPECKED = 0.2
"""On this share of the grounds lies dust or crumbs, or the light glitters."""


def draw_texture(rng: np.random.Generator, side_px: int) -> ColourImage:
    """Draw something that is no page.

    Returns:
        (S, S, 3) uint8.
    """
    ground = _draw_ground(rng, side_px)
    return _sprinkle(ground, rng) if rng.random() < SPECKED else ground


def _draw_ground(rng: np.random.Generator, side_px: int) -> ColourImage:
    chance = rng.random()
    if package_pictures() and chance < 0.4:
        return _piece_of_picture(rng, side_px)
    if chance < 0.55:
        return draw_desk((side_px, side_px), rng)
    if chance < 0.63:
        return _leather(rng, side_px)
    if chance < 0.7:
        return _coloured_noise(rng, side_px)
    base, other = rng.uniform(0, 255, (2, 3)).astype(np.float32)
    kind = int(rng.integers(len(PATTERNS) + 1))
    if kind == len(PATTERNS):
        return _shapes(rng, side_px)
    pattern = PATTERNS[kind](rng, side_px)
    blend = np.clip(pattern * float(rng.uniform(0.2, 1)) * 0.5 + 0.5, 0, 1)[:, :, None]
    return np.asarray(base + (other - base) * blend, np.float32).astype(np.uint8)


def _sprinkle(ground: ColourImage, rng: np.random.Generator) -> ColourImage:
    """Scatter specks and short threads, all of one colour."""
    colour = tuple(int(value) for value in rng.integers(0, 256, 3))
    largest, sprinkled = float(rng.uniform(0.8, 5)), ground.copy()
    for _ in range(int(rng.integers(3, 60))):
        x, y = (int(place) for place in rng.uniform(0, ground.shape[0], 2))
        size = max(1, round(largest * float(rng.random())))
        if rng.random() < 0.7:
            cv2.circle(sprinkled, (x, y), size, colour, cv2.FILLED, cv2.LINE_AA)
        else:
            x1, y1 = (round(end) for end in np.add((x, y), rng.normal(0, 3 * largest, 2)).tolist())
            cv2.line(sprinkled, (x, y), (x1, y1), colour, max(1, size // 2), cv2.LINE_AA)
    return sprinkled


def _clouds(rng: np.random.Generator, side_px: int) -> Field:
    return np.asarray(sum(smooth_noise(rng, side_px, wave) * wave for wave in (64, 24, 9, 4)) / 50, np.float32)


def _fibres(rng: np.random.Generator, side_px: int) -> Field:
    """Noise that is stretched downwards, as the grain of wood."""
    noise = smooth_noise(rng, 2 * side_px, float(rng.uniform(3, 12)))
    rows = side_px // int(rng.integers(6, 30)) + 2
    return np.asarray(cv2.resize(noise[:rows], (side_px, side_px)), np.float32)


def _stripes(rng: np.random.Generator, side_px: int) -> Field:
    y, x = np.mgrid[0:side_px, 0:side_px].astype(np.float32)
    angle, wave = rng.uniform(0, np.pi), rng.uniform(4, 40)
    stripes = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / wave)
    hard = np.clip(stripes * rng.uniform(1, 6), -1, 1)
    return np.asarray(hard + smooth_noise(rng, side_px, 20) * 0.3, np.float32)


def _grain(rng: np.random.Generator, side_px: int) -> Field:
    noise = rng.standard_normal((side_px, side_px)).astype(np.float32)
    pattern = np.asarray(cv2.GaussianBlur(noise, (0, 0), float(rng.uniform(0.5, 3))), np.float32)
    return pattern / max(1e-3, float(np.abs(pattern).max()))


PATTERNS = (_clouds, _fibres, _stripes, _grain)
"""Patterns between two colours, about -1..1."""


def _leather(rng: np.random.Generator, side_px: int) -> ColourImage:
    """Something dark with a grain that shines where the light falls: leather, plastic, asphalt."""
    grain = rng.standard_normal((side_px, side_px)).astype(np.float32)
    fine, coarse = float(rng.uniform(0.6, 1.6)), float(rng.uniform(1.8, 5))
    band = np.asarray(cv2.GaussianBlur(grain, (0, 0), fine) - cv2.GaussianBlur(grain, (0, 0), coarse), np.float32)
    band /= max(1e-3, float(band.std()))
    shine = np.clip(smooth_noise(rng, side_px, 0.7 * side_px) + float(rng.uniform(-0.3, 0.7)), 0, None)
    dark = float(rng.uniform(10, 90)) * (1 + float(rng.uniform(0.05, 0.25)) * band)
    level = dark + shine * float(rng.uniform(15, 70)) * np.clip(1 + band, 0, 3)
    tint = 1 + rng.normal(0, 0.06, 3).astype(np.float32)
    return np.asarray(np.clip(level[:, :, None] * tint, 0, 255), np.float32).astype(np.uint8)


def _coloured_noise(rng: np.random.Generator, side_px: int) -> ColourImage:
    """Noise that differs from channel to channel, from grains of a pixel to soft clouds of ten."""
    noise = rng.standard_normal((side_px, side_px, 3)).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), float(np.exp(rng.uniform(-1.5, 1.4)))), np.float32)
    level, contrast = float(rng.uniform(40, 215)), float(rng.uniform(8, 75))
    return np.asarray(np.clip(level + soft * (contrast / max(1e-3, float(soft.std()))), 0, 255), np.uint8)


def _piece_of_picture(rng: np.random.Generator, side_px: int) -> ColourImage:
    """A square piece of one of the packages' pictures, turned by quarters."""
    pictures = package_pictures()
    picture = pictures[int(rng.integers(len(pictures)))]
    height, width = picture.shape[:2]
    side = int(rng.uniform(0.15, 1.0) * min(height, width))
    y, x = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    piece = cv2.resize(picture[y : y + side, x : x + side], (side_px, side_px), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.rot90(np.asarray(piece, np.uint8), int(rng.integers(4))))


def _shapes(rng: np.random.Generator, side_px: int) -> ColourImage:
    """Polygons, discs and rings of any colour."""
    canvas = np.full((side_px, side_px, 3), rng.uniform(0, 255, 3), np.uint8)
    for _ in range(int(rng.integers(3, 25))):
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        place = rng.uniform(0, side_px, 2)
        if rng.random() < 0.4:
            radius = int(np.exp(rng.uniform(1, 4)))
            thickness = cv2.FILLED if rng.random() < 0.6 else int(rng.integers(1, 8))
            cv2.circle(canvas, (int(place[0]), int(place[1])), radius, colour, thickness, cv2.LINE_AA)
        else:
            corners = place + rng.normal(0, side_px * float(rng.uniform(0.03, 0.3)), (int(rng.integers(3, 7)), 2))
            cv2.fillPoly(canvas, [corners.astype(np.int32)], colour, cv2.LINE_AA)
    return canvas
