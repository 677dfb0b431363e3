"""Chooses the engine: LiteRT where it is installed, NumPy where it is not, or the one that is asked for."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Literal, get_args

from digitreader.engines.engine import Engine
from digitreader.errors import MissingExtraError

if TYPE_CHECKING:
    from digitreader.engines.litert import LiteRTEngine

EngineName = Literal["auto", "litert", "numpy"]

ENGINES: tuple[EngineName, ...] = get_args(EngineName)


def make_engine(content: bytes, source: str, name: EngineName = "auto") -> Engine:
    """Make what runs a .tflite.

    Args:
        content: of the .tflite.
        source: names it in messages.
        name: which engine; ``auto`` is LiteRT where it is installed, else NumPy.

    Raises:
        MissingExtraError: LiteRT is asked for and not installed.
        ModelFormatError: the engine cannot read the model or cannot run it.
    """
    if name == "litert":
        return make_litert_engine(content, source)
    if name == "auto":
        with contextlib.suppress(MissingExtraError):
            return make_litert_engine(content, source)
    from digitreader.engines.numpy_engine import NumpyEngine

    return NumpyEngine(content, source)


def make_litert_engine(content: bytes, source: str) -> LiteRTEngine:
    """Make the LiteRT engine.

    Raises:
        MissingExtraError: LiteRT is not installed, or does not load for want of a library of the system.
        ModelFormatError: LiteRT cannot read the model.
    """
    from digitreader.engines.litert import LiteRTEngine

    try:
        return LiteRTEngine(content, source)
    except ImportError as error:
        raise MissingExtraError(
            f"--engine litert: LiteRT (ai-edge-litert) is not installed here or does not load ({error}); "
            "install it, or use --engine numpy"
        ) from error
