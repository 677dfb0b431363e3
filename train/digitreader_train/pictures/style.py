"""What all pictures share: colours, titles, and how a figure becomes a PNG."""

from __future__ import annotations

import io

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#1f2937"
FAINT = "#9ca3af"
GRID = "#e5e7eb"
BLUE = "#2563eb"
ORANGE = "#ea580c"
GREEN = "#15803d"
RED = "#dc2626"


def new_figure(width: float, height: float, title: str, subtitle: str) -> Figure:
    """A white figure of `width` by `height` inches under a title and a line that says how to read it."""
    figure = Figure(figsize=(width, height), facecolor="white")
    figure.text(0.36 / width, 1 - 0.36 / height, title, fontsize=14, fontweight="bold", color=INK, va="center")
    figure.text(0.36 / width, 1 - 0.56 / height, subtitle, fontsize=9, color="#4b5563", va="top", linespacing=1.5)
    return figure


def quiet_axes(axes: Axes) -> Axes:
    """Take away the frame and leave faint horizontal lines."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.tick_params(length=0)
    axes.grid(axis="y", which="both", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    return axes


def to_png(figure: Figure) -> bytes:
    """Draw a figure; the same figure gives the same bytes."""
    content = io.BytesIO()
    figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()
