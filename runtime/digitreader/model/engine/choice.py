"""Chooses the engine: LiteRT if it is installed, otherwise NumPy, or the one that the user asks for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from digitreader.errors import MissingExtraError
from digitreader.model.engine.engine import Engine
from digitreader.model.engine.map_engine import MapEngine

if TYPE_CHECKING:
    from digitreader.model.engine.litert import LiteRTEngine

EngineName = Literal["auto", "litert", "numpy"]

ENGINES: tuple[EngineName, ...] = get_args(EngineName)

Made = TypeVar("Made")


def make_engine(content: bytes, source: str, name: EngineName = "auto") -> Engine:
    """Make the engine for a .tflite.

    Args:
        content: the bytes of the .tflite.
        source: names it in messages.
        name: which engine; ``auto`` is LiteRT if it is installed, else NumPy.

    Raises:
        MissingExtraError: LiteRT is asked for and not installed.
        ModelFormatError: the engine cannot read the model or cannot run it.
    """
    return chosen(name, lambda: _make_litert_engine(content, source), lambda: _make_numpy_engine(content, source))


def make_map_engine(content: bytes, source: str, name: EngineName = "auto") -> MapEngine:
    """Make the engine for a .tflite that takes whole pictures.

    Args:
        content: the bytes of the .tflite.
        source: names it in messages.
        name: which engine; ``auto`` is LiteRT if it is installed, else NumPy.

    Raises:
        MissingExtraError: LiteRT is asked for and not installed.
        ModelFormatError: the engine cannot read the model or cannot run it.
    """
    return chosen(name, lambda: _make_litert_maps(content, source), lambda: _make_numpy_maps(content, source))


def _make_litert_maps(content: bytes, source: str) -> MapEngine:
    from digitreader.model.engine.map_litert import LiteRTMaps

    return LiteRTMaps(content, source)


def _make_numpy_maps(content: bytes, source: str) -> MapEngine:
    from digitreader.model.engine.map_numpy import NumpyMaps

    return NumpyMaps(content, source)


def chosen(name: EngineName, make_litert: Callable[[], Made], make_numpy: Callable[[], Made]) -> Made:
    """The result of one of two functions: LiteRT's by name, or for ``auto`` if LiteRT is installed; else NumPy's.

    Raises:
        MissingExtraError: LiteRT is asked for, but is not installed or a system library that it needs is missing.
    """
    if name == "litert":
        return _explained(make_litert)
    if name == "auto":
        with contextlib.suppress(MissingExtraError):
            return _explained(make_litert)
    return make_numpy()


def make_litert_engine(content: bytes, source: str) -> LiteRTEngine:
    """Make the LiteRT engine.

    Raises:
        MissingExtraError: LiteRT is not installed, or does not load because a system library is missing.
        ModelFormatError: LiteRT cannot read the model.
    """
    return _explained(lambda: _make_litert_engine(content, source))


def _make_litert_engine(content: bytes, source: str) -> LiteRTEngine:
    from digitreader.model.engine.litert import LiteRTEngine

    return LiteRTEngine(content, source)


def _make_numpy_engine(content: bytes, source: str) -> Engine:
    from digitreader.model.engine.numpy_engine import NumpyEngine

    return NumpyEngine(content, source)


def _explained(make_litert: Callable[[], Made]) -> Made:
    try:
        return make_litert()
    except ImportError as error:
        raise MissingExtraError(
            f"--engine litert: LiteRT (ai-edge-litert) is not installed here or does not load ({error}); "
            "install it, or use --engine numpy"
        ) from error
