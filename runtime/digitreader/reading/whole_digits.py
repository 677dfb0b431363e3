"""One digit or its strokes: which of the two is kept, where the strokes of a digit do not meet.

Each stroke is a candidate then, and the whole digit is one too. A 4 of a hook and a bar would be read as a 1 beside a
sign if the bar were judged alone. So what is chosen among candidates for the same ink is compared with the whole that
holds it: how likely each is a digit, and how much of the ink is explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.find.non_max_suppression import corners_of, overlap_of, shared_area
from digitreader.reading.small_networks import SmallNetworks
from digitreader.reading.whole_weights import MEANS, NETWORKS, SPREADS
from digitreader.values import Candidate, Ink

LEAST_READ = 0.3
"""A whole digit is considered if the digit network gives at least this evidence for it."""
INSIDE, REACHED = 0.8, 0.2
"""A part lies in the whole with at least the first share of its own area; something else that lies there with at least
the second share is another digit, and then the whole is none."""
SAME, ALIKE = 0.7, 0.6
"""What shares more than the first value of the union is the whole itself, seen at another scale; two candidates that
share more than the second show the same digit."""
COUNT = 14
"""How many features a whole has."""
SUREST = 1e-4
_NETWORKS = SmallNetworks(MEANS, SPREADS, NETWORKS)

Values = npt.NDArray[np.float64]
"""(N,) float64."""


class Judged(NamedTuple):
    """What is known of N candidates.

    Attributes:
        candidates: with the finder's heat.
        digits: (N,) int64, the most likely digit of each.
        read: (N,) float64 0..1, its evidence from the digit network alone.
        evidence: (N,) float64 0..1, its evidence from both networks.
    """

    candidates: Sequence[Candidate]
    digits: npt.NDArray[np.int64]
    read: Values
    evidence: Values


class Whole(NamedTuple):
    """A candidate that holds others.

    Attributes:
        number: its index.
        parts: the indices of the chosen candidates inside it.
        features: (COUNT,) float64, see `features_of`.
    """

    number: int
    parts: tuple[int, ...]
    features: Values


def choose_wholes(chosen: Sequence[int], judged: Judged, *, threshold: float) -> tuple[list[int], dict[int, float]]:
    """Replace the parts of a digit by the whole digit where that is more likely.

    Args:
        chosen: indices of candidates that do not overlap.
        judged: all candidates.
        threshold: the least evidence of an accepted digit.

    Returns:
        The indices that are left, and the log odds that a digit is there for each whole among them.
    """
    wholes = wholes_of(chosen, judged, threshold=threshold)
    if not wholes:
        return list(chosen), {}
    chances = _NETWORKS.chances_of(np.array([each.features for each in wholes]))[:, 1]
    odds = [_log_odds(chance) for chance in chances.tolist()]
    left, sure = list(chosen), dict[int, float]()
    for at in sorted(range(len(wholes)), key=lambda at: -odds[at]):
        whole, parts = wholes[at].number, wholes[at].parts
        if odds[at] > 0 and all(part in left for part in parts):
            left = [each for each in left if each not in parts] + [whole]
            sure[whole] = odds[at]
    return left, sure


def wholes_of(chosen: Sequence[int], judged: Judged, *, threshold: float) -> list[Whole]:
    """Every candidate that may be a digit of which the chosen ones are parts; arguments as in `choose_wholes`."""
    if len(chosen) == len(judged.candidates):
        return []
    others = np.setdiff1d(np.flatnonzero(judged.read >= LEAST_READ), chosen)
    corners, at = corners_of([each.box for each in judged.candidates]), np.asarray(chosen, np.int64)
    areas = np.maximum((corners[:, 2:] - corners[:, :2]).prod(axis=1), 1)
    share = shared_area(corners[others][:, None], corners[at][None]) / areas[at]
    same = overlap_of(corners[others], corners[at])
    inside = share >= INSIDE
    wanted = inside.any(axis=1) & ~(same > SAME).any(axis=1) & ~((share > REACHED) & ~inside).any(axis=1)
    wholes = []
    for row in np.flatnonzero(wanted).tolist():
        number, parts = int(others[row]), at[inside[row]]
        accepted = parts[judged.evidence[parts] >= threshold]
        if len(accepted) == 1 and judged.digits[accepted[0]] == judged.digits[number]:
            continue  # the digit is read already, and its box is the closer one
        alike = overlap_of(corners[number : number + 1], corners)[0] > ALIKE
        alike[number] = False
        features = features_of(number, parts, alike, judged, largest=float(same[row].max()), threshold=threshold)
        wholes.append(Whole(number, tuple(parts.tolist()), features))
    return wholes


def features_of(
    number: int, parts: npt.NDArray[np.int64], alike: npt.NDArray[np.bool_], judged: Judged, *,
    largest: float, threshold: float,
) -> Values:  # fmt: skip
    """What speaks for a whole and against its parts.

    Args:
        number: of the whole.
        parts: of the chosen candidates inside it.
        alike: (N,) bool, which candidates show the same digit at other scales.
        judged: all N candidates.
        largest: the largest share of their union that the whole and a part have in common.
        threshold: the least evidence of an accepted digit.

    Returns:
        (COUNT,) float64: the log odds of the whole, by the digit network, by the finder and by both; the finder's heat
        for it at other scales, and the most evidence with which it is the same digit there; the log odds of the
        likeliest part and of the next; how many parts are accepted; the share of the whole's ink outside of these;
        `largest`; whether the whole is a 1, and the likeliest part; the width of the whole, and the height of the
        likeliest part, both in heights of the whole.
    """
    candidates, digit, whole = judged.candidates, judged.digits[number], judged.candidates[number].box
    heat = np.array([candidates[at].heat for at in np.flatnonzero(alike).tolist()])
    same_digit = judged.read[alike & (judged.digits == digit)]
    parts = parts[np.argsort(-judged.evidence[parts], kind="stable")]
    accepted = parts[judged.evidence[parts] >= threshold]
    return np.array([
        _log_odds(judged.read[number]),
        _log_odds(candidates[number].heat),
        _log_odds(judged.evidence[number]),
        1 - np.prod(1 - heat),
        same_digit.max(initial=0.0),
        _log_odds(judged.evidence[parts[0]]),
        _log_odds(judged.evidence[parts[1]] if len(parts) > 1 else 0.0),
        min(len(accepted), 3),
        _ink_outside(candidates[number], [candidates[at] for at in accepted.tolist()]),
        largest,
        digit == 1,
        judged.digits[parts[0]] == 1,
        whole.width / whole.height,
        candidates[int(parts[0])].box.height / whole.height,
    ], np.float64)  # fmt: skip


def _log_odds(chance: float) -> float:
    sure = min(max(chance, SUREST), 1 - SUREST)
    return float(np.log(sure / (1 - sure)))


def _ink_outside(whole: Candidate, parts: Sequence[Candidate]) -> float:
    """The share of a candidate's ink that lies in none of the boxes of others."""
    ink: Ink = whole.ink.copy()
    box, (height, width) = whole.box, whole.ink.shape
    for part in (each.box for each in parts):
        left, right = (round((x - box.x) * width / box.width) for x in (part.x, part.x + part.width))
        top, foot = (round((y - box.y) * height / box.height) for y in (part.y, part.y + part.height))
        ink[max(0, top) : max(0, foot), max(0, left) : max(0, right)] = 0
    return float(ink.sum(dtype=np.int64) / max(1, whole.ink.sum(dtype=np.int64)))
