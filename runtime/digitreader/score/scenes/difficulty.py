"""How hard the scenes are: three presets, and every knob on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from digitreader.demo import PAPERS, PENS, DemoSettings
from digitreader.errors import UsageError

NONE = "none"


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How hard it is to read.

    Attributes:
        settings: the demo's knobs.
        marks: the share of characters that are letters and operators, written among the digits.
    """

    settings: DemoSettings
    marks: float = 0.0


PRESETS: Mapping[str, Difficulty] = {
    "easy": Difficulty(
        DemoSettings(
            pens=("felt", "gel", "marker"),
            papers=("white",),
            folds=0.0,
            tilt_deg=2.0,
            perspective_deg=6.0,
            light_falloff=0.15,
            shadow=0.05,
            noise=2.0,
        )
    ),
    "medium": Difficulty(DemoSettings(), marks=0.05),
    "hard": Difficulty(
        DemoSettings(
            lines=(1, 4),
            digits=(3, 8),
            pens=("ballpoint", "gel", "pencil", "blue", "red", "green"),
            faintness=0.25,
            papers=("white", "gray", "cream", "ruled", "ruled", "squared", "squared"),
            digit_height=(0.07, 0.14),
            folds=0.5,
            show_through=0.4,
            sheet_fill=(0.7, 1.0),
            tilt_deg=10.0,
            perspective_deg=28.0,
            light_falloff=0.6,
            shadow=0.45,
            blur_px=0.9,
            noise=6.0,
            jpeg_quality=60,
        ),
        marks=0.12,
    ),
}

LIMITS: Mapping[str, tuple[float, float]] = {
    "digits": (1, 20),
    "lines": (1, 12),
    "groups": (0, 1),
    "pen_width": (0.2, 4),
    "faintness": (0, 1),
    "digit_height": (0.02, 0.8),
    "spacing": (-0.5, 3),
    "folds": (0, 1),
    "show_through": (0, 1),
    "sheet_fill": (0.3, 2),
    "tilt_deg": (0, 45),
    "perspective_deg": (0, 60),
    "light_falloff": (0, 1),
    "shadow": (0, 1),
    "blur_px": (0, 10),
    "noise": (0, 60),
    "jpeg_quality": (1, 100),
    "marks": (0, 0.9),
}
"""The least and the most of each knob that is a number or a pair of them."""

CHOICES: Mapping[str, Iterable[str]] = {"pens": PENS, "papers": PAPERS}
"""What there is to choose from for each knob that is a list of names."""

PAIRS = frozenset({"digits", "lines", "digit_height", "sheet_fill"})
WHOLE = frozenset({"digits", "lines", "jpeg_quality"})
OPTIONAL = frozenset({"spacing", "jpeg_quality"})


def turned(difficulty: Difficulty, knob: str) -> Difficulty:
    """Turn one knob.

    Args:
        difficulty: as it was.
        knob: ``noise=8``, ``digit_height=0.05-0.1``, ``pens=pencil,red``, ``spacing=none``.

    Raises:
        UsageError: no such knob, or nothing that it can be turned to.
    """
    name, equals, text = (part.strip() for part in knob.partition("="))
    if not equals or name not in {*LIMITS, *CHOICES}:
        known = " ".join([*LIMITS, *CHOICES])
        raise UsageError(f"{knob!r}: no such knob; give NAME=VALUE, where NAME is one of {known}")
    value: Any = _names(name, text) if name in CHOICES else _number_or_pair(name, text)
    if name == "marks":
        return replace(difficulty, marks=value)
    changes: dict[str, Any] = {name: value}
    return replace(difficulty, settings=replace(difficulty.settings, **changes))


def _names(name: str, text: str) -> tuple[str, ...]:
    given, known = tuple(text.split(",")), CHOICES[name]
    unknown = [each for each in given if each not in known]
    if unknown:
        raise UsageError(f"{name}={text}: there is no {unknown[0]!r}; give some of {','.join(known)}")
    return given


def _number_or_pair(name: str, text: str) -> Any:
    if name in OPTIONAL and text == NONE:
        return None
    low, high = LIMITS[name]
    kind: Callable[[str], float] = int if name in WHOLE else float
    parts = text.split("-") if name in PAIRS else [text]
    try:
        values = [kind(part) for part in parts]
    except ValueError:
        values = []
    if len(values) not in (1, 2) or not all(low <= value <= high for value in values) or values != sorted(values):
        wanted = "a number, or two as in LEAST-MOST," if name in PAIRS else "a number"
        also = f", or {NONE}" if name in OPTIONAL else ""
        raise UsageError(f"{name}={text}: give {wanted} from {low:g} to {high:g}{also}")
    return (values[0], values[-1]) if name in PAIRS else values[0]
