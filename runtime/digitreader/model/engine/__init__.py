"""Engines: what runs a network. LiteRT, and NumPy where LiteRT is not to be had."""

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
