"""One digit's way: what was cut out of the picture, what the network was shown, and what each neuron made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from digitreader.engines.layers import LayeredNetwork
from digitreader.errors import UsageError
from digitreader.features import FeatureKind, features_of
from digitreader.model.load import locate_model
from digitreader.model.sigmoid import sigmoid
from digitreader.normalise import normalise_glyph, normalise_glyphs
from digitreader.pipeline import Reader
from digitreader.quarter_turns import turned
from digitreader.values import ColourImage, Features, Frame, Glyph, GrayImage, Ink, Reading

Values = npt.NDArray[np.float32]
"""(K,) float32, one number for each of K inputs or neurons."""


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """How one digit was read.

    Attributes:
        number: which digit of the picture it is, from 1 in reading order.
        readings: all that was read there, in reading order; the boxes lie in `image`.
        against: the digit to compare with: the one with the second highest output, where no other was asked for.
        image: the picture, upright: (H, W, 3) or (H, W) uint8.
        ink: (h, w) uint8, the digit's strokes as they were cut out.
        glyph: (28, 28) uint8, the ink normalised.
        features: what the network is shown of a glyph.
        inputs: (784,) float32 0..1, the numbers that go in.
        network: the layers, with their weights.
        activations: for each layer (neurons,) float32, what its neurons give; the last layer's are between 0 and 1.
    """

    number: int
    readings: tuple[Reading, ...]
    against: int
    image: ColourImage | GrayImage
    ink: Ink
    glyph: Glyph
    features: FeatureKind
    inputs: Values
    network: LayeredNetwork
    activations: tuple[Values, ...]

    @property
    def reading(self) -> Reading:
        """What was read."""
        return self.readings[self.number - 1]

    @property
    def digit_count(self) -> int:
        """How many digits were read in the picture."""
        return len(self.readings)

    @property
    def shown(self) -> Features:
        """(28, 28) uint8, the inputs as a picture."""
        return np.round(255 * self.inputs).astype(np.uint8).reshape(self.glyph.shape)


def explain_digit(
    reader: Reader, frame: Frame, *, model: str, number: int | None = None, against: int | None = None
) -> Explanation:
    """Read a picture and follow one of its digits through the network.

    Args:
        reader: with the model.
        frame: the picture.
        model: the name or path of the reader's model.
        number: which digit, from 1 in reading order; None for the surest.
        against: the digit to compare with; None for the one with the second highest output.

    Raises:
        UsageError: nothing was read, there is no such digit, or it is to be compared with itself.
        ModelFormatError: the model is no chain of integer layers.
    """
    frame = replace(turned(frame, reader.read_upright(frame).turned_deg), scale=1.0)
    readings = [reading for line in reader.read(frame).lines for reading in line.readings]
    at = _choose(readings, number, frame.source)
    ink = _ink_of(readings[at], reader, frame)
    network = LayeredNetwork(locate_model(model).read_bytes(), model)
    glyph, kind = normalise_glyph(ink), reader.model.facts.features
    features = features_of(glyph[None], kind)
    *hidden, logits = network.activations(features)
    return Explanation(
        number=at + 1,
        readings=tuple(readings),
        against=_rival_of(readings[at], against),
        image=frame.image,
        ink=ink,
        glyph=glyph,
        features=kind,
        inputs=(features[0].ravel() / np.float32(255)).astype(np.float32),
        network=network,
        activations=(*(each[0] for each in hidden), sigmoid(logits)[0]),
    )


def _choose(readings: Sequence[Reading], number: int | None, source: str) -> int:
    """The index of the reading that is asked for; of the surest where none is."""
    if not readings:
        raise UsageError(f"{source}: no digit was read in it; give a picture in which `digitreader read` finds one")
    if number is None:
        return max(range(len(readings)), key=lambda at: readings[at].evidence)
    if not 1 <= number <= len(readings):
        there = "1 digit was" if len(readings) == 1 else f"{len(readings)} digits were"
        possible = "1" if len(readings) == 1 else f"1 to {len(readings)}"
        raise UsageError(f"--digit {number}: {there} read in {source}; give {possible}")
    return number - 1


def _rival_of(reading: Reading, against: int | None) -> int:
    if against == reading.digit:
        raise UsageError(f"--against {against}: a {against} was read; name another digit")
    others = [digit for digit in range(10) if digit != reading.digit]
    return max(others, key=lambda digit: reading.activations[digit]) if against is None else against


def _ink_of(reading: Reading, reader: Reader, frame: Frame) -> Ink:
    """The ink that a reading was made from: of the candidates in its box, the one that the network says the same of."""
    inks = [each.ink for each in reader.finder.find(frame.image).candidates if each.box == reading.box]
    said = reader.model.activations(normalise_glyphs(inks))
    return inks[int(np.abs(said - np.array(reading.activations, np.float32)).sum(axis=1).argmin())]
