"""Accept: the activations of one glyph become a digit with a confidence, or nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AcceptanceRule:
    """When a glyph counts as a digit; chosen on validation data and carried in the model card.

    Attributes:
        threshold: the least activation (0..1) of the strongest output neuron.
        margin: the least distance (0..1) between the strongest and the second activation.
        temperature: logits are divided by this before they become a confidence.
    """

    threshold: float = 0.5
    margin: float = 0.0
    temperature: float = 1.0
