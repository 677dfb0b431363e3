"""Paper, and the desk under it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.values import ColourImage, Ink

TEXTURE_SIDE = 256


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper.

    Attributes:
        tint_bgr: its colour in full light.
        texture: standard deviation of its unevenness, in grey levels.
        rows: the distance of its printed rows in digit heights, 0 for none; columns likewise.
        line_bgr: the colour of the printed lines.
        margin: whether a red line parts off the left margin.
    """

    name: str
    tint_bgr: tuple[int, int, int]
    texture: float = 2.0
    rows: float = 0.0
    columns: float = 0.0
    line_bgr: tuple[int, int, int] = (214, 188, 160)
    margin: bool = False


PAPERS: dict[str, Paper] = {
    paper.name: paper
    for paper in (
        Paper("white", (240, 241, 240)),
        Paper("cream", (212, 230, 238), texture=2.5),
        Paper("gray", (196, 198, 198), texture=3.0),
        Paper("ruled", (238, 240, 240), rows=1.75, margin=True),
        Paper("squared", (240, 242, 241), rows=0.583, columns=0.583, line_bgr=(222, 206, 188)),
        Paper("board", (62, 74, 58), texture=4.0),
    )
}
"""The papers by name; board is dark and wants chalk."""


def draw_paper(
    paper: Paper, rng: np.random.Generator, *, size_wh: tuple[int, int], digit_px: float, baseline_px: float
) -> ColourImage:
    """Draw an empty sheet.

    Args:
        paper: its kind.
        rng: where its texture and the place of its lines come from.
        size_wh: in pixels.
        digit_px: how high the digits on it are, which the printed lines go by.
        baseline_px: y of the first line of writing, through which a printed row passes.

    Returns:
        (height, width, 3) uint8.
    """
    width, height = size_wh
    lines = np.zeros((height, width), np.uint8)
    if paper.rows:
        pitch = paper.rows * digit_px
        _draw_rows(lines, pitch, baseline_px % pitch)
    if paper.columns:
        pitch = paper.columns * digit_px
        _draw_rows(lines.T, pitch, float(rng.uniform(0, pitch)))
    sheet = ink_over(np.full((height, width, 3), paper.tint_bgr, np.uint8), lines, paper.line_bgr)
    if paper.margin:
        red = np.zeros_like(lines)
        _draw_rows(red.T, 2.0 * width, float(rng.uniform(0.05, 0.09)) * width)
        sheet = ink_over(sheet, red, (170, 160, 226))
    return _texture(sheet, paper.texture, rng)


def _draw_rows(lines: Ink, pitch: float, first: float) -> None:
    """Draw soft rows one and a half pixels thick into a mask."""
    height = lines.shape[0]
    places = np.arange(height)[:, None]
    rows = np.arange(first, height, pitch)
    strength = np.clip(1.25 - np.abs(places - rows), 0.0, 1.0).max(axis=1, initial=0.0)
    lines[:] = np.maximum(lines, (strength * 255).astype(np.uint8)[:, None])


def _texture(sheet: ColourImage, sigma: float, rng: np.random.Generator) -> ColourImage:
    height, width = sheet.shape[:2]
    tile = cv2.GaussianBlur(rng.standard_normal((TEXTURE_SIDE, TEXTURE_SIDE), np.float32), (0, 0), 0.8)
    tile = np.clip(128 + tile * (sigma / 0.35), 0, 255).astype(np.uint8)
    copies = (height // TEXTURE_SIDE + 1, width // TEXTURE_SIDE + 1)
    rough = cv2.cvtColor(np.tile(tile, copies)[:height, :width], cv2.COLOR_GRAY2BGR)
    return np.asarray(cv2.addWeighted(sheet, 1.0, rough, 1.0, -128.0), np.uint8)


def ink_over(sheet: ColourImage, ink: Ink, colour_bgr: tuple[int, int, int], strength: float = 1.0) -> ColourImage:
    """Lay ink onto a sheet.

    Args:
        sheet: (H, W, 3) uint8.
        ink: (H, W) uint8; 255 covers the sheet as well as `strength` says.
        colour_bgr: of the ink, 0 to 255 each.
        strength: 0 to 1.

    Returns:
        (H, W, 3) uint8, a new array.
    """
    cover = cv2.cvtColor(ink, cv2.COLOR_GRAY2BGR).astype(np.float32) * (strength / 255.0)
    return np.asarray(sheet + (np.array(colour_bgr, np.float32) - sheet) * cover + 0.5).astype(np.uint8)


def fold(sheet: ColourImage, rng: np.random.Generator) -> ColourImage:
    """Fold a sheet once and open it again: a crease, and one half that catches less light."""
    height, width = sheet.shape[:2]
    across = rng.random() < 0.5
    length = height if across else width
    from_crease = np.arange(length) - length * rng.uniform(0.35, 0.65)
    shade = 1.0 - rng.uniform(0.03, 0.09) * np.exp(-np.maximum(from_crease, 0) / (0.25 * length)) * (from_crease > 0)
    shade *= 1.0 - rng.uniform(0.05, 0.12) * np.exp(-((from_crease / 1.3) ** 2))
    factor = np.broadcast_to((shade[:, None] if across else shade[None, :]).astype(np.float32), (height, width))
    return np.asarray(cv2.multiply(sheet, cv2.merge([factor] * 3), dtype=cv2.CV_8U), np.uint8)


_DESKS_BGR = ((34, 48, 74), (40, 41, 44), (62, 50, 40), (48, 66, 92), (30, 32, 34))


def draw_desk(size_wh: tuple[int, int], rng: np.random.Generator) -> ColourImage:
    """Draw a desk of dark wood, leather or laminate.

    Returns:
        (height, width, 3) uint8.
    """
    width, height = size_wh
    colour = np.array(_DESKS_BGR[int(rng.integers(len(_DESKS_BGR)))], np.float32) * rng.uniform(0.8, 1.25)
    stretch = rng.uniform(1.0, 40.0)  # 1 is leather, 40 the grain of wood
    coarse = rng.standard_normal((max(2, height // 2), max(2, round(width / (2 * stretch)))), np.float32)
    grain = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), 0.7), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(colour * (1.0 + 0.16 * grain[:, :, None]), 0, 255), np.uint8)
