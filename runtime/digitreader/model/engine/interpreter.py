"""Opens a .tflite in LiteRT, after a check that LiteRT does not make."""

from __future__ import annotations

from typing import Any

import numpy as np

from digitreader.errors import ModelFormatError
from digitreader.model.engine.engine import TensorForm
from digitreader.model.tflite.check_tensors import check_tensors

LITERT_ERRORS = (ValueError, RuntimeError)
"""What LiteRT raises for a file that it cannot open or run; also for a name of a tensor that is not UTF-8."""


def open_interpreter(content: bytes, source: str) -> Any:
    """Give LiteRT's interpreter of a .tflite, on one thread, before its tensors are allocated.

    Raises:
        ImportError: LiteRT is not installed or does not load.
        ModelFormatError: the file is damaged, or LiteRT cannot open it.
    """
    from ai_edge_litert.interpreter import Interpreter

    check_tensors(content, source)
    try:
        return Interpreter(model_content=content, num_threads=1)
    except LITERT_ERRORS as error:
        raise litert_refusal(error, source) from error


def litert_refusal(error: Exception, source: str) -> ModelFormatError:
    """The one-line error for a model that LiteRT cannot open or run."""
    reason = str(error).strip().splitlines()[0] if str(error).strip() else "no reason given"
    return ModelFormatError(f"{source}: LiteRT cannot run it ({reason}); convert or export it again")


def shape_and_dtype(details: dict[str, Any]) -> tuple[tuple[int, ...], str]:
    """The shape of an input or output in LiteRT, and NumPy's name of its type."""
    return tuple(int(size) for size in details["shape"]), np.dtype(details["dtype"]).name


def form_in(details: dict[str, Any]) -> TensorForm:
    """The form of the numbers of an input or output in LiteRT; the scale is 0 if it has none."""
    scale, zero_point = details["quantization"]
    return TensorForm(np.dtype(details["dtype"]).name, float(scale), int(zero_point))


def scaled_form_in(details: dict[str, Any], source: str) -> TensorForm:
    """As `form_in`, for an input or output whose integers need a scale.

    Raises:
        ModelFormatError: they have none.
    """
    form = form_in(details)
    if form.dtype != "float32" and not form.scale:
        raise ModelFormatError(f"{source}: its {form.dtype} input or output has no scale; rerun digitreader export")
    return form
