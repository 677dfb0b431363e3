"""Marks that are drawn freely, another one each time: scribbles, dots, dashes, ticks, blots."""

from __future__ import annotations

import numpy as np

from digitreader.demo.strokes import Path, smooth_path


def draw_free_paths(kind: str, rng: np.random.Generator) -> list[Path]:
    """Draw the paths of a free mark.

    Args:
        kind: one of `FREE_MARKS`.
        rng: where this time's form comes from.

    Returns:
        (N, 2) paths in digit heights, as `form_paths` gives them.
    """
    return [smooth_path(_POINTS[kind](rng))]


def _scribble(rng: np.random.Generator) -> Path:
    """Back and forth, as one crosses a mistake out."""
    turns = int(rng.integers(7, 13))
    x = np.linspace(0.0, rng.uniform(0.5, 1.0), turns) + rng.normal(0.0, 0.05, turns)
    y = np.where(np.arange(turns) % 2 == 0, 0.15, 0.9) + rng.normal(0.0, 0.1, turns)
    return np.stack([x, y], axis=1)


def _dot(rng: np.random.Generator) -> Path:
    place = rng.uniform((0.0, 0.3), (0.1, 1.0))
    return np.stack([place, place + rng.uniform(0.005, 0.02, 2)])


def _dash(rng: np.random.Generator) -> Path:
    length, rise = rng.uniform(0.3, 0.9), rng.normal(0.0, 0.04)
    return np.array([[0.0, 0.55], [length / 2, 0.55 + rise / 2], [length, 0.55 + rise]])


def _tick(rng: np.random.Generator) -> Path:
    corner = rng.normal((0.2, 0.95), 0.03)
    end = rng.normal((0.75, 0.1), 0.06)
    return np.array([rng.normal((0.0, 0.6), 0.03), corner, corner, end])


def _blot(rng: np.random.Generator) -> Path:
    """A small tight spiral that fills itself."""
    angle = np.linspace(0.0, rng.uniform(14, 20), 40)
    radius = np.linspace(0.02, rng.uniform(0.12, 0.22), 40) * np.exp(rng.normal(0.0, 0.12, 40))
    return np.stack([0.3 + radius * np.cos(angle), 0.6 + radius * np.sin(angle)], axis=1)


_POINTS = {"scribble": _scribble, "dot": _dot, "dash": _dash, "tick": _tick, "blot": _blot}
