"""The checks of a model of your own before it is used: each proves one step from ink to activations."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.model.card import Golden
from digitreader.model.checks import (
    FLOAT_TOLERANCE,
    GLYPH_TOLERANCE,
    compare_activations,
    read_part,
    refuse_wrong_answers,
)
from digitreader.model.engine import EngineName
from digitreader.model.own.card import OwnCard
from digitreader.model.own.centring import CENTRINGS, centre_all
from digitreader.model.own.engine import FileForm, OwnEngine, open_network
from digitreader.model.own.numbers import InputScale
from digitreader.values import Glyphs, Ink

NEEDS = "a model of your own"
RELATIVE_TOLERANCE = 1e-4
"""Added to `FLOAT_TOLERANCE` for floats: networks with inputs of 0 to 255 give numbers in the hundreds."""


class OwnInspection:
    """One model during its checks; each check can use the results of the checks before it.

    Args:
        path: the .tflite; its card is the file of the same stem that ends in .json.
        engine: the engine that will run it.
    """

    card: OwnCard
    content: bytes
    engine: OwnEngine

    def __init__(self, path: Path, engine: EngineName = "auto") -> None:
        self.path, self.card_path = path, path.with_suffix(".json")
        self._engine_name = engine

    def check_card(self) -> str:
        """The card is unchanged since it was sealed."""
        self.card = OwnCard.from_bytes(read_part(self.card_path, NEEDS), str(self.card_path))
        if self.card.centring not in CENTRINGS:
            raise ModelFormatError(
                f"{self.card_path}: centres digits by {self.card.centring!r}, this digitreader knows "
                f"{', '.join(CENTRINGS)}; {self._again()}"
            )
        return f"{self.card.name}, {self.card.parameters:,} parameters, sealed and unchanged"

    def check_file(self) -> str:
        """The model file is the one that the card describes."""
        self.content = read_part(self.path, NEEDS)
        found = hashlib.sha256(self.content).hexdigest()
        if found != self.card.sha256:
            raise ModelFormatError(
                f"{self.path}: another file than its card describes: sha256 {found[:12]}..., the card says "
                f"{self.card.sha256[:12]}...; {self._again()}"
            )
        return f"{len(self.content):,} bytes, sha256 {found[:12]}..."

    def check_form(self) -> str:
        """Its inputs and outputs, and their scales, are those of the card."""
        network = open_network(self.content, str(self.path), self._engine_name)
        card, form = self.card, network.form
        named = FileForm(card.input_shape, card.input, card.outputs, card.output)
        if form != named:
            raise ModelFormatError(f"{self.path}: takes and gives {form}, the card says {named}; {self._again()}")
        self.engine = OwnEngine(network, InputScale(card.range, card.ink), card.meaning)
        return (
            f"{card.input.dtype} {card.range}, {card.ink} ink in, {card.outputs} {card.output.dtype} {card.meaning} out"
        )

    def check_normalisation(self) -> str:
        """Drawn inks become the card's glyphs."""
        inks, glyphs = self._golden_inks(), self._golden_glyphs()
        made = self.normalise(inks).astype(np.int16)
        wrong = int((np.abs(made - glyphs).max(axis=(1, 2)) > GLYPH_TOLERANCE).sum())
        if wrong:
            raise ModelFormatError(
                f"{self.path}: {wrong} of {len(inks)} golden inks become other glyphs here than on the card; "
                "install the pinned opencv-python-headless"
            )
        return f"{self.card.centring}, {len(inks)} inks became the card's glyphs"

    def check_integers(self) -> str:
        """It gives the golden glyphs' answers: integers exactly, floats nearly."""
        golden = self.card.golden
        self._numbers = self.engine.integers(self._golden_glyphs())
        wrong = [each.shows for each, row in zip(golden, self._numbers, strict=True) if not _answers(row, each)]
        refuse_wrong_answers(self.path, wrong, of=len(golden), advice=self._again())
        return f"{len(golden)} of {len(golden)} glyphs answered as on the card"

    def check_activations(self) -> str:
        """These answers give the activations on the card."""
        found = self.engine.activations_of(self._numbers)
        dtype, golden = self.card.output.dtype, self.card.golden
        return compare_activations(self.path, found, golden, dtype=dtype, advice=self._again())

    def normalise(self, inks: Sequence[Ink]) -> Glyphs:
        """Bring inks to 28x28 as the card says."""
        return centre_all(inks, self.card.centring)

    def _again(self) -> str:
        return f"make its card again: digitreader card {self.path}"

    def _golden_inks(self) -> list[Ink]:
        return [self._unpacked(each.ink_pixels) for each in self._golden()]

    def _golden_glyphs(self) -> Glyphs:
        return np.stack([self._unpacked(each.glyph_pixels) for each in self._golden()])

    def _golden(self) -> tuple[Golden, ...]:
        if not self.card.golden:
            raise ModelFormatError(f"{self.card_path}: has no golden glyphs; {self._again()}")
        return self.card.golden

    def _unpacked(self, unpack: Callable[[], npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
        try:
            return unpack()
        except ValueError as error:
            raise ModelFormatError(f"{self.card_path}: a golden glyph is damaged ({error}); {self._again()}") from error


OwnCheck = Callable[[OwnInspection], str]

OWN_CHECKS: Mapping[str, OwnCheck] = {
    "card": OwnInspection.check_card,
    "file": OwnInspection.check_file,
    "form": OwnInspection.check_form,
    "normalisation": OwnInspection.check_normalisation,
    "integers": OwnInspection.check_integers,
    "activations": OwnInspection.check_activations,
}
"""In the order in which each can rely on the ones before it."""


def _answers(numbers: npt.NDArray[np.generic], golden: Golden) -> bool:
    if numbers.dtype == np.float32:
        return bool(np.allclose(numbers, golden.output, rtol=RELATIVE_TOLERANCE, atol=FLOAT_TOLERANCE))
    return bool(np.array_equal(numbers, golden.output))
