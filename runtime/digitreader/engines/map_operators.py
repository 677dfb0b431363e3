"""The operators on maps that hold no weights, in whole numbers as LiteRT does them."""

from __future__ import annotations

import functools
import math

import numpy as np

from digitreader.engines.form import TensorForm
from digitreader.engines.map_steps import Array, MapPart, MapRun, MapSteps, as_layer, require
from digitreader.engines.rounding import ACTIVATED, clip_bounds
from digitreader.engines.simple import make_logistic
from digitreader.engines.steps import limits
from digitreader.engines.windows import windows_of
from digitreader.errors import ModelFormatError

ADD_SCALES, QUANTIZE_SCALES = (2.0**-10, 2.0**8), (2.0**-8, 2.0**7)
"""Ratios of an input's scale to the output's that XNNPACK takes; the other kernels round the rest in another way."""

LARGEST_POOL = 16
"""Rows and columns of a pool's window that are surely meant: damage must not make padding fill the memory."""


def make_add(part: MapPart) -> MapRun:
    """XNNPACK's sum: each input times a whole number of 21 bits, shifted back, of two the one that is larger."""
    _check(part, inputs=2)
    scales = [np.float32(form.scale) / np.float32(part.gives.scale) for form in part.takes]
    in_range = all(ADD_SCALES[0] <= scale < ADD_SCALES[1] for scale in scales)
    require(part, in_range, f"has inputs of {scales[0]:g} and {scales[1]:g} times the output's scale")
    shift = 21 - math.frexp(max(scales))[1]
    first, second = (int(np.rint(float(scale) * 2.0**shift)) for scale in scales)
    least, most = map(int, clip_bounds(part.operator.activation, part.gives, default=True))

    def run(one: MapSteps, other: MapSteps) -> MapSteps:
        if one.shape != other.shape:
            raise ModelFormatError(f"{part.name}: adds {one.shape} and {other.shape}; use --engine litert")
        sums: Array = one.astype(np.int32) * first
        sums += other.astype(np.int32) * second
        sums += 1 << (shift - 1)
        sums >>= shift
        steps: MapSteps = sums.clip(least, most).astype(np.float32)
        return steps

    return run


def make_quantize(part: MapPart) -> MapRun:
    """From one form to another: nothing but clipping where the scale is kept, XNNPACK's 8 binary places where not."""
    _check(part, inputs=1, activation=False)
    taken, bounds = part.takes[0], limits(part.gives)
    if taken.scale == part.gives.scale:
        return _keep if limits(taken) == bounds else lambda steps: steps.clip(*bounds)
    scale = np.float32(taken.scale) / np.float32(part.gives.scale)
    known = QUANTIZE_SCALES[0] <= scale <= QUANTIZE_SCALES[1] and taken.dtype == part.gives.dtype == "int8"
    require(part, bool(known), f"turns {_name(taken)} into {_name(part.gives)}")
    factor = np.rint(scale * np.float32(256))
    return lambda steps: np.floor((steps * factor + np.float32(128)) * np.float32(1 / 256)).clip(*bounds)


def make_depth_to_space(part: MapPart) -> MapRun:
    """Each pixel's channels become a square of pixels."""
    _check(part, inputs=1, kept=True, activation=False)
    side = part.operator.block
    require(part, side > 0 and part.depths[0] == side * side * part.depth, f"lays out blocks of {side}")

    def run(steps: MapSteps) -> MapSteps:
        height, width, _ = steps.shape
        squares = steps.reshape(height, width, side, side, part.depth).transpose(0, 2, 1, 3, 4)
        return squares.reshape(height * side, width * side, part.depth)

    return run


def make_concatenation(part: MapPart) -> MapRun:
    """The channels of all inputs, one after the other."""
    _check(part, inputs=len(part.takes), kept=True, activation=False)
    require(part, part.operator.axis in {-1, 3}, f"joins along axis {part.operator.axis}")
    require(part, sum(part.depths) == part.depth, f"joins {part.depths} to {part.depth} channels")

    def run(*inputs: MapSteps) -> MapSteps:
        if len({steps.shape[:2] for steps in inputs}) != 1:
            raise ModelFormatError(f"{part.name}: joins maps of different sizes; use --engine litert")
        return np.concatenate(inputs, axis=2)

    return run


def make_max_pool(part: MapPart) -> MapRun:
    """The largest step that the window shows, in each channel."""
    _check(part, inputs=1, kept=True)
    window = part.operator.window
    if window is None:
        raise ModelFormatError(f"{part.name}: has no options; rerun digitreader export")
    require(part, max(window.size) <= LARGEST_POOL, f"has a window of {window.size}")
    bounds = clip_bounds(part.operator.activation, part.gives, default=True)

    def run(steps: MapSteps) -> MapSteps:
        windows = windows_of(steps, window.size, window, outside=-math.inf)
        seen = [windows[:, :, row, column] for row in range(window.size[0]) for column in range(window.size[1])]
        return functools.reduce(np.maximum, seen).clip(*bounds)

    return run


def make_sigmoid(part: MapPart) -> MapRun:
    """The sigmoid of each number, looked up."""
    _check(part, inputs=1, activation=False)
    return make_logistic(as_layer(part))


def _keep(steps: MapSteps) -> MapSteps:
    return steps


def _check(part: MapPart, *, inputs: int, kept: bool = False, activation: bool = True) -> None:
    """Check how many inputs there are, that forms are `kept`, and that only what may be fused is fused."""
    fused = part.operator.activation
    require(part, fused in ACTIVATED and (activation or fused == "NONE"), f"is fused with {fused}")
    require(part, len(part.takes) == inputs and not any(part.constants), "has other inputs than it needs")
    changed = [form for form in part.takes if form != part.gives]
    require(part, not (kept and changed), f"turns {', '.join(map(_name, part.takes))} into {_name(part.gives)}")


def _name(form: TensorForm) -> str:
    return f"{form.dtype} (scale {form.scale:g}, zero point {form.zero_point})"
