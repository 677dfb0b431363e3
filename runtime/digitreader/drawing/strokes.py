"""What a character is to the demo's hand: strokes of few key points, and the smooth path through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Path = npt.NDArray[np.float64]
"""(N, 2) float64, points (x, y) that a pen passes; y grows downwards, a digit is 1.0 high."""

KeyPoints = tuple[tuple[float, float], ...]
"""Where a stroke turns, in a unit of the digit's height; a point written twice is a sharp corner."""


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways in which people write a character.

    Attributes:
        strokes: the strokes in the order of writing, each put down and lifted once.
        share: how many write it so, relative to the character's other ways.
    """

    name: str
    strokes: tuple[KeyPoints, ...]
    share: float = 1.0


def smooth_path(points: Path, *, step: float = 0.012) -> Path:
    """Pass a smooth pen path through a stroke's key points.

    Args:
        points: (K, 2), K >= 2; two equal points in a row part the path into pieces that meet in a corner.
        step: the distance between two points of the path, in digit heights.

    Returns:
        (N, 2), beginning and ending exactly in the outer key points.
    Source: cubic Hermite pieces with finite-difference tangents over centripetal parameters
        (Catmull and Rom, "A class of local interpolating splines"; Yuksel et al., "On the parameterization
        of Catmull-Rom curves").
    """
    corners = 1 + np.flatnonzero(np.all(points[1:] == points[:-1], axis=1))
    pieces: Sequence[Path] = np.split(points, corners)
    paths = [_smooth_piece(piece, step=step) for piece in pieces if len(piece) > 1]
    return np.concatenate(paths) if paths else points[:1]


def _smooth_piece(points: Path, *, step: float) -> Path:
    chords = points[1:] - points[:-1]
    lengths = np.hypot(chords[:, 0], chords[:, 1])
    spans = np.sqrt(lengths)[:, None]
    tangents = _tangents(chords / spans, spans)
    pieces = [
        _hermite(points[i], points[i + 1], tangents[i] * spans[i], tangents[i + 1] * spans[i], _steps(lengths[i], step))
        for i in range(len(chords))
    ]
    return np.concatenate([*pieces, points[-1:]])


def _tangents(slopes: Path, spans: Path) -> Path:
    if len(slopes) == 1:
        return np.concatenate([slopes, slopes])
    before, after = spans[:-1], spans[1:]
    inner = (slopes[:-1] * after + slopes[1:] * before) / (before + after)
    return np.concatenate([(3 * slopes[:1] - inner[:1]) / 2, inner, (3 * slopes[-1:] - inner[-1:]) / 2])


def _steps(length: float, step: float) -> int:
    return max(2, round(length / step))


def _hermite(start: Path, end: Path, leaving: Path, arriving: Path, count: int) -> Path:
    t = np.linspace(0.0, 1.0, count, endpoint=False)[:, None]
    t2, t3 = t * t, t * t * t
    return np.asarray(
        (2 * t3 - 3 * t2 + 1) * start + (t3 - 2 * t2 + t) * leaving + (3 * t2 - 2 * t3) * end + (t3 - t2) * arriving
    )
