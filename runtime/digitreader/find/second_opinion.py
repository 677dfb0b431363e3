"""Find: what the rules find is a candidate too, as far as the network sees digits there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from digitreader.find.by_rules import Stroke
from digitreader.find.looks import CELL_PX, Look
from digitreader.find.search import Seen, heats_of
from digitreader.find.sharing import INK_PX
from digitreader.values import Box, Candidate

BEST_PX = 40.0
"""The network is asked in the look in which a stroke is nearest to this height."""
COMPANY_REACH = 6.0, 1.4
"""Width and height of what stands beside a stroke, in its heights."""
STROKE_HEAT = (-7.8, 10.2, 5.5)
"""The log odds of a digit: a constant, and what the hill and the company count that the network sees there; fitted to
an earlier network and then raised by hand. With what `digitreader_export.finder.weigh` fits, more plain 1s are lost."""


def judge_strokes(strokes: Sequence[Stroke], seen: Sequence[Seen]) -> list[Candidate]:
    """Strokes as candidates, each with the heat that the network gives it.

    Args:
        strokes: what the rules found.
        seen: all looks at the same picture; the first is at the whole of it.
    """
    if not strokes:
        return []
    heats = heats_of(signs_of(strokes, seen), STROKE_HEAT)
    return [Candidate(stroke.box, stroke.ink, heat=heat) for stroke, heat in zip(strokes, heats, strict=True)]


def signs_of(strokes: Sequence[Stroke], seen: Sequence[Seen]) -> npt.NDArray[np.float64]:
    """What `STROKE_HEAT` weighs of N strokes, (N, 3): 1, the hill and the company."""
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
    """What the network sees at a stroke: the highest hill in it, and digits beside it; 0..1."""
    look, box = seen.look, _on_canvas(stroke.box, seen)
    x, y, width, height = box
    hill = look.hill[_place(box, CELL_PX, look.hill.shape)]
    wide, high = (reach * height for reach in COMPANY_REACH)
    around = _place((x + (width - wide) / 2, y + (height - high) / 2, wide, high), INK_PX, look.digit_ink.shape)
    of_digits, of_any = float(look.digit_ink[around].sum()), _writing(look, around)
    return float(hill.max(initial=0.0)), of_digits / max(of_any, 1e-6)


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
