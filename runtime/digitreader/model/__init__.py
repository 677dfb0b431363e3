"""Model: the trained network on the device, its card, the engine that runs it, and the checks before it is trusted."""

from digitreader.model.card import ModelCard
from digitreader.model.load import Model, load_model

__all__ = [
    "Model",
    "ModelCard",
    "load_model",
]
