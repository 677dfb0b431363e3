"""Model: the trained network, its card, the engine that runs it, and the checks before it is used."""

from digitreader.model.card import ModelCard
from digitreader.model.load import Model, load_model

__all__ = [
    "Model",
    "ModelCard",
    "load_model",
]
