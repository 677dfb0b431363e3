"""How people write digits, letters and signs: strokes of few key points, and smooth paths through them."""

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


# fmt: off
DIGIT_TEMPLATES: tuple[tuple[Way, ...], ...] = (
    (
        Way("wide", (((.36, .02), (.17, .11), (.04, .38), (.05, .68), (.19, .94), (.37, .97), (.55, .80),
                      (.61, .48), (.53, .17), (.37, .02), (.28, .04)),), 1.2),
        Way("narrow", (((.28, .01), (.13, .10), (.03, .38), (.04, .70), (.15, .94), (.28, .98), (.41, .82),
                        (.46, .48), (.39, .15), (.27, .01), (.21, .04)),), 1.0),
        Way("overlapped", (((.43, .07), (.30, .01), (.13, .15), (.04, .45), (.08, .80), (.27, .98), (.46, .86),
                            (.55, .52), (.49, .18), (.35, .04), (.22, .13)),), 0.7),
        Way("clockwise", (((.14, .12), (.32, .00), (.51, .14), (.58, .48), (.50, .84), (.31, .99), (.12, .87),
                           (.03, .52), (.09, .20), (.24, .04)),), 0.3),
    ),
    (
        Way("plain", (((.15, .00), (.15, .34), (.14, .70), (.13, 1.0)),), 1.5),
        Way("flagged", (((.03, .25), (.15, .15), (.25, .00), (.25, .00), (.245, .50), (.24, 1.0)),), 1.0),
        Way("footed", (((.03, .24), (.15, .14), (.26, .00), (.26, .00), (.255, .50), (.25, .98)),
                       ((.05, .99), (.26, .985), (.47, .97)),), 0.5),
    ),
    (
        Way("plain", (((.05, .23), (.12, .07), (.29, .00), (.46, .07), (.52, .25), (.43, .49), (.24, .75), (.03, .98),
                       (.03, .98), (.30, .965), (.60, .96)),), 1.2),
        Way("looped", (((.06, .22), (.15, .06), (.32, .00), (.48, .09), (.51, .28), (.41, .53), (.25, .78), (.10, .95),
                        (.02, .91), (.06, .81), (.19, .84), (.36, .96), (.50, .98), (.63, .88)),), 1.0),
        Way("swan", (((.07, .20), (.19, .03), (.36, .02), (.48, .16), (.45, .39), (.30, .66), (.06, .96),
                      (.06, .96), (.21, .89), (.38, .96), (.58, .93)),), 0.8),
    ),
    (
        Way("round", (((.06, .13), (.19, .01), (.36, .02), (.46, .17), (.39, .35), (.20, .46),
                       (.20, .46), (.40, .52), (.52, .69), (.45, .90), (.26, .99), (.03, .90)),), 1.4),
        Way("looped", (((.07, .09), (.25, .00), (.43, .10), (.42, .30), (.27, .45), (.15, .46), (.19, .39), (.32, .47),
                        (.50, .60), (.51, .82), (.33, .99), (.03, .92)),), 0.6),
        Way("flat", (((.05, .04), (.26, .03), (.49, .02), (.49, .02), (.36, .20), (.22, .39),
                      (.22, .39), (.42, .45), (.53, .66), (.45, .90), (.25, .99), (.02, .91)),), 0.3),
    ),
    (
        Way("open", (((.11, .06), (.07, .32), (.03, .57), (.03, .57), (.30, .56), (.61, .54)),
                     ((.47, .10), (.44, .50), (.42, 1.0)),), 1.2),
        Way("cup", (((.09, .05), (.04, .33), (.07, .52), (.24, .57), (.49, .52)),
                    ((.51, .03), (.48, .50), (.45, 1.0)),), 0.8),
        Way("closed", (((.45, .00), (.26, .29), (.03, .63), (.03, .63), (.32, .625), (.64, .61)),
                       ((.46, .01), (.45, .50), (.43, 1.0)),), 0.9),
        Way("one_stroke", (((.12, .03), (.07, .28), (.03, .50), (.03, .50), (.22, .51), (.48, .47), (.48, .47),
                            (.51, .06), (.51, .06), (.47, .50), (.43, 1.0)),), 0.4),
    ),
    (
        Way("two_strokes", (((.14, .04), (.11, .22), (.09, .43), (.09, .43), (.27, .36), (.46, .44), (.53, .64),
                             (.44, .89), (.24, .99), (.02, .91)),
                            ((.14, .04), (.34, .03), (.56, .01)),), 1.2),
        Way("one_stroke", (((.54, .02), (.34, .03), (.15, .04), (.15, .04), (.12, .24), (.09, .44), (.09, .44),
                            (.27, .37), (.45, .45), (.52, .65), (.43, .89), (.24, .99), (.02, .92)),), 0.9),
        Way("rounded", (((.56, .02), (.33, .02), (.16, .07), (.12, .24), (.13, .37), (.30, .41), (.47, .52),
                         (.50, .74), (.36, .95), (.17, .99), (.01, .90)),), 0.5),
    ),
    (
        Way("plain", (((.41, .00), (.22, .16), (.08, .42), (.03, .68), (.10, .91), (.27, .99), (.44, .91), (.50, .74),
                       (.41, .58), (.25, .56), (.08, .70)),), 1.2),
        Way("straight", (((.30, .00), (.16, .27), (.05, .56), (.04, .80), (.15, .98), (.35, .96), (.47, .78),
                          (.39, .62), (.22, .61), (.06, .74)),), 0.9),
        Way("curled", (((.48, .10), (.37, .00), (.20, .09), (.07, .37), (.03, .67), (.11, .92), (.29, .99), (.46, .86),
                        (.46, .66), (.31, .55), (.14, .61), (.05, .76)),), 0.5),
    ),
    (
        Way("plain", (((.02, .05), (.28, .05), (.56, .03), (.56, .03), (.38, .45), (.25, 1.0)),), 1.2),
        Way("crossed", (((.02, .06), (.28, .05), (.55, .03), (.55, .03), (.38, .46), (.24, 1.0)),
                        ((.16, .52), (.34, .50), (.53, .48)),), 0.8),
        Way("hooked", (((.04, .18), (.05, .04), (.05, .04), (.20, .07), (.37, .06), (.55, .02), (.55, .02), (.39, .44),
                        (.29, 1.0)),), 0.6),
        Way("curved", (((.01, .09), (.15, .04), (.34, .07), (.54, .03), (.54, .03), (.38, .33), (.27, .63),
                        (.22, 1.0)),), 0.8),
    ),
    (
        Way("one_stroke", (((.47, .14), (.33, .01), (.14, .05), (.08, .22), (.24, .42), (.44, .60), (.50, .80),
                            (.34, .98), (.12, .94), (.03, .76), (.17, .55), (.39, .37), (.49, .20), (.44, .08)),), 1.3),
        Way("closing_up", (((.42, .06), (.24, .00), (.09, .13), (.15, .33), (.33, .49), (.46, .70), (.38, .95),
                            (.17, .98), (.05, .80), (.16, .58), (.33, .42), (.45, .22), (.43, .04)),), 0.7),
        Way("two_rings", (((.30, .02), (.14, .07), (.10, .25), (.25, .43), (.43, .32), (.46, .11), (.28, .01)),
                          ((.26, .44), (.10, .55), (.03, .76), (.15, .96), (.35, .98), (.51, .81), (.46, .57),
                           (.28, .44)),), 0.4),
    ),
    (
        Way("straight_tail", (((.46, .12), (.31, .01), (.12, .08), (.03, .28), (.13, .46), (.30, .44), (.45, .26),
                               (.48, .09), (.48, .09), (.46, .50), (.43, 1.0)),), 1.2),
        Way("slanted_tail", (((.47, .13), (.32, .02), (.13, .09), (.04, .28), (.12, .44), (.28, .43), (.43, .26),
                              (.48, .10), (.48, .10), (.41, .50), (.28, 1.0)),), 0.7),
        Way("curved_tail", (((.46, .10), (.30, .00), (.12, .08), (.04, .28), (.14, .45), (.32, .42), (.46, .22),
                             (.48, .10), (.50, .38), (.46, .76), (.31, .98), (.08, .92)),), 0.7),
    ),
)
"""`DIGIT_TEMPLATES[digit]`: the ways to write it."""
# fmt: on


# fmt: off
MARK_TEMPLATES: dict[str, Way] = {
    "A": Way("A", (((.30, .00), (.16, .48), (.00, 1.0)), ((.31, .00), (.46, .48), (.62, 1.0)),
                   ((.12, .62), (.50, .60)))),
    "E": Way("E", (((.06, .00), (.05, .50), (.05, 1.0)), ((.06, .01), (.50, .00)), ((.06, .48), (.42, .47)),
                   ((.05, .99), (.52, .98)))),
    "F": Way("F", (((.07, .00), (.06, .50), (.05, 1.0)), ((.07, .01), (.53, .00)), ((.06, .47), (.42, .46)))),
    "H": Way("H", (((.05, .00), (.04, 1.0)), ((.55, .00), (.54, 1.0)), ((.05, .50), (.55, .48)))),
    "K": Way("K", (((.06, .00), (.05, 1.0)), ((.50, .02), (.08, .52)), ((.18, .42), (.54, 1.0)))),
    "M": Way("M", (((.02, 1.0), (.08, .02), (.08, .02), (.34, .62), (.34, .62), (.60, .02), (.60, .02), (.68, 1.0)),)),
    "N": Way("N", (((.04, 1.0), (.05, .01), (.05, .01), (.52, .98), (.52, .98), (.54, .00)),)),
    "R": Way("R", (((.06, .00), (.05, 1.0)),
                   ((.06, .03), (.32, .00), (.48, .18), (.36, .42), (.07, .50), (.07, .50), (.30, .72), (.54, 1.0)))),
    "W": Way("W", (((.00, .00), (.18, .98), (.18, .98), (.36, .25), (.36, .25), (.54, .98), (.54, .98), (.72, .00)),)),
    "X": Way("X", (((.03, .02), (.30, .50), (.56, 1.0)), ((.55, .00), (.28, .50), (.02, .98)))),
    "a": Way("a", (((.44, .46), (.26, .40), (.06, .58), (.08, .90), (.26, .96), (.43, .70), (.45, .44), (.45, .44),
                    (.44, .80), (.56, .98)),)),
    "e": Way("e", (((.06, .72), (.28, .70), (.43, .58), (.34, .42), (.14, .46), (.04, .70), (.14, .96), (.34, .98),
                    (.50, .84)),)),
    "h": Way("h", (((.08, .00), (.06, .50), (.05, 1.0)), ((.05, .76), (.18, .52), (.36, .50), (.42, .70), (.42, 1.0)))),
    "k": Way("k", (((.07, .00), (.06, .50), (.05, 1.0)), ((.40, .46), (.08, .74)), ((.16, .70), (.44, 1.0)))),
    "m": Way("m", (((.04, .48), (.05, 1.0), (.05, 1.0), (.08, .62), (.20, .47), (.31, .60), (.32, .98), (.32, .98),
                    (.36, .62), (.48, .47), (.60, .60), (.62, 1.0)),)),
    "n": Way("n", (((.05, .46), (.06, 1.0), (.06, 1.0), (.10, .62), (.26, .46), (.40, .60), (.42, 1.0)),)),
    "t": Way("t", (((.22, .08), (.20, .50), (.21, .88), (.32, .98), (.42, .90)), ((.04, .38), (.40, .35)))),
    "w": Way("w", (((.02, .46), (.12, .97), (.12, .97), (.28, .58), (.28, .58), (.42, .97), (.42, .97), (.56, .45)),)),
    "+": Way("+", (((.27, .26), (.26, .78)), ((.00, .52), (.27, .52), (.53, .51)))),
    "-": Way("-", (((.00, .53), (.22, .52), (.44, .52)),)),
    "=": Way("=", (((.00, .42), (.24, .41), (.48, .40)), ((.01, .64), (.24, .63), (.49, .61)))),
    "x": Way("x", (((.03, .34), (.40, .76)), ((.41, .32), (.01, .78)))),
    ":": Way(":", (((.04, .40), (.06, .41)), ((.04, .86), (.06, .87)))),
    ".": Way(".", (((.04, .97), (.06, .98)),)),
    ",": Way(",", (((.08, .92), (.09, 1.0), (.01, 1.16)),)),
    "#": Way("#", (((.22, .08), (.14, .92)), ((.46, .08), (.38, .92)), ((.04, .36), (.60, .34)),
                   ((.00, .66), (.56, .64)))),
    "?": Way("?", (((.04, .20), (.16, .03), (.36, .04), (.42, .22), (.26, .44), (.20, .70)), ((.19, .96), (.20, .98)))),
}
"""`MARK_TEMPLATES[character]`: how a mark is written; none that a reader takes for a digit, such as l, O or a slash."""
# fmt: on

FREE_MARKS: tuple[str, ...] = ("scribble", "dot", "dash", "tick", "blot")
"""Marks without a template: each time another one is drawn."""


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
