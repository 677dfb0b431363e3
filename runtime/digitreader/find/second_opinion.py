"""Find: what the rules find is a candidate too, as far as the network sees digits there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules import Stroke
from digitreader.find.centres import told_at
from digitreader.find.looks import CELL_PX, Look
from digitreader.find.overlapping import Corners, overlap_of
from digitreader.find.search import Seen
from digitreader.find.sharing import INK_PX, NARROWEST
from digitreader.values import Box, Candidate

BEST_PX = 40.0
"""The network is asked in the look in which a stroke is nearest to this height."""
COMPANY_REACH = 6.0, 1.4
"""Width and height of what stands beside a stroke, in its heights."""
STROKE_HEAT = (-8.0, 18.1, 2.2)
"""The log odds of a digit: a constant, what the hill counts, the less the worse the digit that the network tells there
fits the stroke, and the company that it sees; fitted by `digitreader_export.finder.weigh`."""


def judge_strokes(strokes: Sequence[Stroke], seen: Sequence[Seen]) -> list[Candidate]:
    """Strokes as candidates, each with the heat that the network gives it.

    Args:
        strokes: what the rules found.
        seen: all looks at the same picture; the first is at the whole of it.
    """
    if not strokes:
        return []
    heats = (1 / (1 + np.exp(-(signs_of(strokes, seen) @ STROKE_HEAT)))).tolist()
    return [Candidate(stroke.box, stroke.ink, heat=heat) for stroke, heat in zip(strokes, heats, strict=True)]


def signs_of(strokes: Sequence[Stroke], seen: Sequence[Seen]) -> npt.NDArray[np.float64]:
    """What `STROKE_HEAT` weighs of N strokes, (N, 3): 1, the hill as far as it fits, and the company."""
    opinions = [(1.0, *_opinion(stroke, _best_look(stroke.box, seen))) for stroke in strokes]
    return np.array(opinions, np.float64).reshape(-1, 3)


def _best_look(box: Box, seen: Sequence[Seen]) -> Seen:
    """The look that shows the whole box, nearest to the best size."""
    whole = [each for each in seen if _holds(each, box)] or [seen[0]]
    return min(whole, key=lambda each: abs(np.log(each.look.scale * max(box.height, 1) / BEST_PX)))


def _holds(seen: Seen, box: Box) -> bool:
    region = seen.region
    across = region.x <= box.x and box.x + box.width <= region.x + region.width
    return across and region.y <= box.y and box.y + box.height <= region.y + region.height


def _opinion(stroke: Stroke, seen: Seen) -> tuple[float, float]:
    """What the network sees at a stroke: a digit with a high hill and of its size, and digits beside it; 0..1."""
    look, box = seen.look, _on_canvas(stroke.box, seen)
    x, y, width, height = box
    wide, high = (reach * height for reach in COMPANY_REACH)
    around = _place((x + (width - wide) / 2, y + (height - high) / 2, wide, high), INK_PX, look.digit_ink.shape)
    of_digits, of_any = float(look.digit_ink[around].sum()), _writing(look, around)
    return _fitting_hill(look, box), of_digits / max(of_any, 1e-6)


def _fitting_hill(look: Look, box: tuple[float, float, float, float]) -> float:
    """The highest hill in a box of the canvas, times how much the box shares with that of the digit that is told."""
    rows, columns = _place(box, CELL_PX, look.hill.shape)
    hill = look.hill[rows, columns]
    if not hill.size:
        return 0.0
    row, column = divmod(int(hill.argmax()), hill.shape[1])
    x, y, width, height, _ = told_at(look, np.array([rows.start + row]), np.array([columns.start + column]))[0].tolist()
    told = _corners(x - width / 2, y - height / 2, width, height)
    return float(hill[row, column] * overlap_of(_corners(*box), told)[0, 0])


def _corners(x: float, y: float, width: float, height: float) -> Corners:
    """A box as (1, 4) corners; a narrow one is taken to be half as wide as it is high, for a 1 may lean."""
    wide = max(width, NARROWEST * height)
    middle = x + width / 2
    return np.array([[middle - wide / 2, y, middle + wide / 2, y + height]])


def _writing(look: Look, place: tuple[slice, slice]) -> float:
    return float(np.maximum(look.any_ink[place], look.digit_ink[place]).sum())


def _on_canvas(box: Box, seen: Seen) -> tuple[float, float, float, float]:
    look, region = seen.look, seen.region
    x, y = (box.x - region.x) * look.scale + look.left, (box.y - region.y) * look.scale + look.top
    return x, y, box.width * look.scale, box.height * look.scale


def _place(box: tuple[float, float, float, float], step_px: int, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns of a map, with one value for `step_px` pixels, that a box of the canvas covers."""
    x, y, width, height = (value / step_px for value in box)
    rows = slice(max(0, int(y)), max(0, min(shape[0], int(np.ceil(y + height)))))
    columns = slice(max(0, int(x)), max(0, min(shape[1], int(np.ceil(x + width)))))
    return rows, columns
