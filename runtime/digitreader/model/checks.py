"""The checks between a model file and its use; each one says in a line what it proved or refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.model.card import Golden, ModelCard
from digitreader.model.engine import Engine, LiteRTEngine
from digitreader.normalise import NORMALISATION

FLOAT_TOLERANCE = 2e-3
"""Golden logits of a float model are kept to 3 decimals, and machines add floats in different orders."""


class Inspection:
    """One model on its way through the checks; each check finds here what the ones before it made.

    Args:
        path: the .tflite; its card is the file of the same stem that ends in .json.
    """

    card: ModelCard
    content: bytes
    engine: Engine

    def __init__(self, path: Path) -> None:
        self.path = path
        self.card_path = path.with_suffix(".json")

    def check_card(self) -> str:
        """The card is there and unchanged since it was sealed."""
        try:
            content = self.card_path.read_bytes()
        except OSError as error:
            state = "is here without its model" if self._lacks_model() else "has no card"
            raise ModelFormatError(
                f"{self.path}: {state}: {self.card_path.name} cannot be read ({error.strerror}); "
                "put the two files that digitreader export wrote side by side"
            ) from error
        self.card = ModelCard.from_bytes(content, str(self.card_path))
        return f"{self.card.name}, {self.card.parameters:,} parameters, sealed and unchanged"

    def check_file(self) -> str:
        """The model file is there and the very one that the card describes."""
        try:
            self.content = self.path.read_bytes()
        except OSError as error:
            raise ModelFormatError(
                f"{self.path}: cannot be read ({error.strerror}); its card is here, so export or copy the model again"
            ) from error
        found = hashlib.sha256(self.content).hexdigest()
        if found != self.card.sha256:
            raise ModelFormatError(
                f"{self.path}: damaged or another file: sha256 {found[:12]}..., "
                f"the card says {self.card.sha256[:12]}...; copy or export it again"
            )
        return f"{len(self.content):,} bytes, sha256 {found[:12]}..."

    def check_normalisation(self) -> str:
        """It was trained through the normalisation that is installed here."""
        if self.card.normalisation != NORMALISATION:
            raise ModelFormatError(
                f"{self.path}: made for normalisation {self.card.normalisation!r}, this is {NORMALISATION!r}; "
                "train and export it again, or install the digitreader that made it"
            )
        return f"{NORMALISATION}, as installed here"

    def check_form(self) -> str:
        """One glyph goes in, ten numbers come out, in the scales that the card names."""
        self.engine = LiteRTEngine(self.content, str(self.path))
        for side, found in (("input", self.engine.input), ("output", self.engine.output)):
            named = getattr(self.card.quantization, side)
            if found != named:
                raise ModelFormatError(
                    f"{self.path}: {side} is {found}, the card says {named}; rerun digitreader export"
                )
        return f"{self.engine.input.dtype} glyph in, ten {self.engine.output.dtype} logits out"

    def check_golden(self) -> str:
        """It gives the golden glyphs' answers to the integer, here, on this machine."""
        golden = self.card.golden
        if not golden:
            raise ModelFormatError(f"{self.card_path}: has no golden glyphs; rerun digitreader export")
        numbers = self.engine.integers(np.stack([self._pixels(each) for each in golden]))
        wrong = [each.shows for each, found in zip(golden, numbers, strict=True) if not answers(found, each)]
        if wrong:
            raise ModelFormatError(
                f"{self.path}: {len(wrong)} of {len(golden)} golden glyphs get another answer than on the card "
                f"(first: {wrong[0]}); install the pinned ai-edge-litert, or export the model again"
            )
        return f"{len(golden)} of {len(golden)} glyphs answered as on the card"

    def _pixels(self, golden: Golden) -> npt.NDArray[np.uint8]:
        try:
            return golden.pixels()
        except ValueError as error:
            raise ModelFormatError(f"{self.card_path}: golden glyph {golden.shows} is damaged ({error})") from error

    def _lacks_model(self) -> bool:
        return not self.path.is_file()


Check = Callable[[Inspection], str]

CHECKS: Mapping[str, Check] = {
    "card": Inspection.check_card,
    "file": Inspection.check_file,
    "normalisation": Inspection.check_normalisation,
    "form": Inspection.check_form,
    "golden": Inspection.check_golden,
}
"""In the order in which each can rely on the ones before it."""


def answers(numbers: npt.NDArray[np.generic], golden: Golden) -> bool:
    """Whether ten raw outputs are the golden ones: integers exactly, floats within `FLOAT_TOLERANCE`."""
    if numbers.dtype == np.float32:
        return bool(np.allclose(numbers, golden.output, rtol=0, atol=FLOAT_TOLERANCE))
    return bool(np.array_equal(numbers, golden.output))
