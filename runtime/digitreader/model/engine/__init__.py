"""Engines that run a network: LiteRT, or NumPy if LiteRT is not installed."""

from digitreader.model.engine.choice import ENGINES, EngineName, make_engine
from digitreader.model.engine.engine import Engine, Logits, TensorForm

__all__ = [
    "ENGINES",
    "Engine",
    "EngineName",
    "Logits",
    "TensorForm",
    "make_engine",
]
