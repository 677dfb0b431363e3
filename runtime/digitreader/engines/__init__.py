"""Engines: what runs a network, from glyphs to ten numbers each. LiteRT, and NumPy where LiteRT is not to be had."""

from digitreader.engines.choice import ENGINES, EngineName, make_engine
from digitreader.engines.engine import Engine, Logits
from digitreader.engines.form import TensorForm

__all__ = ["ENGINES", "Engine", "EngineName", "Logits", "TensorForm", "make_engine"]
