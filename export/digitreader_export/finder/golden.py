"""Golden pictures: drawn digits on three grounds, with the integers that the network gives for each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from digitreader.drawing import write_glyph
from digitreader.model.engine.map_engine import MapEngine
from digitreader.model.finder_card import GoldenPicture, answers_of, pack_picture
from digitreader.values import ColourImage

SEED = 28
HEIGHT_PX, WIDTH_PX = 64, 128
BLOCK_PX = 16

Ground = npt.NDArray[np.uint8]


def golden_pictures(engine: MapEngine) -> tuple[GoldenPicture, ...]:
    """Draw the pictures, the same ones each time, and let the network answer."""
    return tuple(
        GoldenPicture(shows, HEIGHT_PX, WIDTH_PX, pack_picture(picture), answers_of(engine.integers(picture)))
        for shows, picture in draw_golden_pictures()
    )


def draw_golden_pictures() -> Iterator[tuple[str, ColourImage]]:
    """Each picture, (64, 128, 3) uint8 BGR, with what it shows."""
    rng = np.random.default_rng(SEED)
    paper = np.full((HEIGHT_PX, WIDTH_PX, 3), (236, 241, 244), np.uint8)
    yield "407, a pen on paper", _write(paper, (4, 0, 7), (120, 60, 30), 40, rng)
    board = np.full_like(paper, (38, 52, 30))
    board[HEIGHT_PX // 2 :: 20] = (110, 120, 105)
    yield "81635, chalk on a ruled board", _write(board, (8, 1, 6, 3, 5), (225, 230, 228), 22, rng)
    coarse = rng.integers(0, 256, (HEIGHT_PX // BLOCK_PX, WIDTH_PX // BLOCK_PX, 3), np.uint8)
    blocks = np.repeat(np.repeat(coarse, BLOCK_PX, axis=0), BLOCK_PX, axis=1)
    yield "29, on blocks of any colour", _write(blocks, (2, 9), (0, 0, 0), 52, rng)


def _write(
    ground: Ground, digits: tuple[int, ...], ink: tuple[int, int, int], height_px: int, rng: np.random.Generator
) -> ColourImage:
    """Write digits side by side, each in the middle of its share of the width."""
    picture = ground.astype(np.float32)
    share = WIDTH_PX // len(digits)
    for place, digit in enumerate(digits):
        glyph = write_glyph(digit, rng, height_px=height_px)[:HEIGHT_PX, :share]
        top, left = (HEIGHT_PX - glyph.shape[0]) // 2, place * share + (share - glyph.shape[1]) // 2
        part = picture[top : top + glyph.shape[0], left : left + glyph.shape[1]]
        part += (np.array(ink, np.float32) - part) * (glyph[:, :, None].astype(np.float32) / 255)
    return np.asarray(picture.round(), np.uint8)
