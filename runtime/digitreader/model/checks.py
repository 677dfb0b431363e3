"""Checks a model's file against its card before it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.errors import ModelFormatError
from digitreader.host.files import MOST_MODEL_BYTES, MOST_TEXT_BYTES, read_limited
from digitreader.model.card import FACTS, SEAL, SEAL_BYTES, Golden, ModelCard, ModelFacts, seal_of
from digitreader.model.engine import Engine, EngineName, Logits, make_engine
from digitreader.model.engine.choice import make_map_engine
from digitreader.model.engine.map_engine import MapEngine
from digitreader.model.finder_card import FinderCard, GoldenPicture, answers_of
from digitreader.model.glyph.features import features_of
from digitreader.model.glyph.normalise import NORMALISATION, normalise_glyph
from digitreader.model.tflite.metadata import find_metadata
from digitreader.values import Activations, ColourImage


def sigmoid(logits: Logits) -> Activations:
    """Turn logits of any shape into activations, 0..1, without overflow at either end."""
    # exp of a large positive number would overflow; tanh never does
    activations: Activations = np.tanh(logits * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)
    return activations


GLYPH_TOLERANCE = 1
"""In grey levels: in 7 of 500 glyphs an emulated ARM rounded a few pixels to the neighbouring level."""

FLOAT_TOLERANCE = 2e-3
"""Golden logits of a float model have 3 decimals, and machines add floats in different orders."""

ACTIVATION_TOLERANCE = 2e-5
"""Golden activations have 5 decimals, and the last digit of tanh differs between machines."""


class NotChecked(NamedTuple):
    """A check was skipped because something that it needs is missing; that is not a failure."""

    reason: str


def read_part(path: Path, whose: str) -> bytes:
    """Read one of a model's two files.

    Args:
        path: the .tflite or its card.
        whose: the kind of the model, for the message.

    Raises:
        ModelFormatError: it cannot be read.
    """
    try:
        return read_limited(path, MOST_MODEL_BYTES)
    except OSError as error:
        raise ModelFormatError(
            f"{path}: cannot be read ({error.strerror}); {whose} needs its .tflite and its .json"
        ) from error


def refuse_wrong_answers(path: Path, wrong: Sequence[str], *, of: int, advice: str) -> None:
    """Refuse a model whose answers to the golden glyphs differ from its card.

    Args:
        path: the path of the model.
        wrong: what the glyphs with other answers show.
        of: how many golden glyphs there are.
        advice: what helps if other versions of the libraries do not.

    Raises:
        ModelFormatError: there are glyphs with other answers.
    """
    if wrong:
        raise ModelFormatError(
            f"{path}: {len(wrong)} of {of} golden glyphs are answered differently than on the card "
            f"(first: {wrong[0]}); install the pinned ai-edge-litert, or {advice}"
        )


def compare_activations(path: Path, found: Activations, golden: Sequence[Golden], *, dtype: str, advice: str) -> str:
    """Compare the activations with those of the card; returns how many agree.

    Args:
        path: the path of the model.
        found: (N, 10) float32, 0..1, the activations for the golden glyphs.
        golden: the N golden glyphs.
        dtype: the type of the model's output.
        advice: what helps.

    Raises:
        ModelFormatError: one differs by more than rounding explains, or is not a number.
    """
    named = np.array([each.activations for each in golden])
    furthest = float(np.abs(found - named).max())
    tolerance = ACTIVATION_TOLERANCE if dtype != "float32" else FLOAT_TOLERANCE
    if not furthest <= tolerance:  # written so that NaN fails
        raise ModelFormatError(f"{path}: golden activations are up to {furthest:.5f} from the card's; {advice}")
    return f"{named.size} of {named.size} neurons as on the card"


class Inspection:
    """One model during its checks; each check can use the results of the checks before it.

    Args:
        path: the .tflite; its card is the file of the same stem that ends in .json.
        engine: the engine that will run it.
    """

    card: ModelCard | None = None
    facts: ModelFacts
    content: bytes
    engine: Engine

    def __init__(self, path: Path, engine: EngineName = "auto") -> None:
        self.path = path
        self.card_path = path.with_suffix(".json")
        self._engine_name = engine

    def check_card(self) -> str | NotChecked:
        """The card is unchanged since it was sealed, if there is one."""
        try:
            content = read_limited(self.card_path, MOST_TEXT_BYTES)
        except FileNotFoundError:
            return NotChecked(f"no {self.card_path.name} beside it; the facts inside the file are used")
        except OSError as error:
            raise ModelFormatError(
                f"{self.card_path}: cannot be read ({error.strerror}); allow reading it, or export the model again"
            ) from error
        self.card = ModelCard.from_bytes(content, str(self.card_path))
        return f"{self.card.name}, {self.card.parameters:,} parameters, sealed and unchanged"

    def check_file(self) -> str | NotChecked:
        """The model file is the one that the card describes; without a card, its seal matches."""
        try:
            self.content = read_limited(self.path, MOST_MODEL_BYTES)
        except OSError as error:
            raise ModelFormatError(
                f"{self.path}: cannot be read ({error.strerror}); its card is here, so export or copy the model again"
            ) from error
        if self.card is None:
            return self._check_seal()
        found = hashlib.sha256(self.content).hexdigest()
        if found != self.card.sha256:
            raise ModelFormatError(
                f"{self.path}: damaged or another file: sha256 {found[:12]}..., "
                f"the card says {self.card.sha256[:12]}...; copy or export it again"
            )
        return f"{len(self.content):,} bytes, sha256 {found[:12]}..."

    def check_facts(self) -> str | NotChecked:
        """The facts inside the file are those of its card."""
        place = find_metadata(self.content, str(self.path)).get(FACTS)
        if place is None:
            raise ModelFormatError(
                f"{self.path}: has no facts inside, so digitreader export did not make it; a .tflite of your own gets "
                f"its card by: digitreader card {self.path}"
            )
        inside = self.content[place]
        if self.card is None:
            self.facts = ModelFacts.from_bytes(inside, str(self.path))
            return f"{self.facts.name}, {self.facts.variant}, seed {self.facts.seed}"
        self.facts = self.card.facts()
        if inside != self.facts.to_bytes():
            raise ModelFormatError(f"{self.path}: the facts inside it differ from its card; rerun digitreader export")
        return f"{self.facts.name}, {self.facts.variant}, seed {self.facts.seed}, inside the file as on the card"

    def check_normalisation(self) -> str | NotChecked:
        """The installed normalisation is the one of its training, and makes the card's glyphs."""
        if self.facts.normalisation != NORMALISATION:
            raise ModelFormatError(
                f"{self.path}: made for normalisation {self.facts.normalisation!r}, this is {NORMALISATION!r}; "
                "train and export it again, or install the digitreader that made it"
            )
        if self.card is None:
            return f"{NORMALISATION}, as installed here (by its name)"
        wrong = [each.shows for each in self._golden() if not self._is_normalised(each)]
        if wrong:
            raise ModelFormatError(
                f"{self.path}: {len(wrong)} of {len(self._golden())} golden inks become other glyphs here than on the "
                f"card (first: {wrong[0]}); install the pinned opencv-python-headless"
            )
        return f"{NORMALISATION}, {len(self._golden())} inks became the card's glyphs"

    def check_form(self) -> str | NotChecked:
        """One glyph goes in, ten numbers come out, in the scales that the card names."""
        self.engine = make_engine(self.content, str(self.path), self._engine_name)
        named = self.card.quantization if self.card is not None else self.engine
        for side in ("input", "output"):
            if getattr(self.engine, side) != getattr(named, side):
                raise ModelFormatError(
                    f"{self.path}: {side} is {getattr(self.engine, side)}, the card says {getattr(named, side)}; "
                    "rerun digitreader export"
                )
        return f"{self.engine.input.dtype} glyph in, ten {self.engine.output.dtype} logits out"

    def check_integers(self) -> str | NotChecked:
        """On this machine it gives the card's integers for the golden glyphs."""
        if self.card is None:
            return NotChecked("the card has the golden answers")
        golden = self._golden()
        glyphs = np.stack([self._unpacked(each, each.glyph_pixels) for each in golden])
        self._numbers = self.engine.integers(features_of(glyphs, self.facts.features))
        wrong = [each.shows for each, row in zip(golden, self._numbers, strict=True) if not answers(row, each)]
        refuse_wrong_answers(self.path, wrong, of=len(golden), advice="export the model again")
        return f"{len(golden)} of {len(golden)} glyphs, shown as {self.facts.features}, answered as on the card"

    def check_activations(self) -> str | NotChecked:
        """These answers give the activations on the card."""
        if self.card is None:
            return NotChecked("the card has the golden activations")
        found, dtype = sigmoid(self.engine.output.to_real(self._numbers)), self.engine.output.dtype
        return compare_activations(self.path, found, self._golden(), dtype=dtype, advice="rerun digitreader export")

    def _check_seal(self) -> str:
        place = find_metadata(self.content, str(self.path)).get(SEAL)
        if place is None or place.stop - place.start != SEAL_BYTES:
            raise ModelFormatError(
                f"{self.path}: has neither a card beside it nor a seal inside; make its card: digitreader card "
                f"{self.path}"
            )
        if self.content[place] != seal_of(self.content, place.start):
            raise ModelFormatError(f"{self.path}: damaged: its seal does not match; copy or export it again")
        return f"{len(self.content):,} bytes, as sealed inside"

    def _golden(self) -> tuple[Golden, ...]:
        golden = self.card.golden if self.card is not None else ()
        if not golden:
            raise ModelFormatError(f"{self.card_path}: has no golden glyphs; rerun digitreader export")
        return golden

    def _is_normalised(self, golden: Golden) -> bool:
        made = normalise_glyph(self._unpacked(golden, golden.ink_pixels)).astype(np.int16)
        return bool(np.abs(made - self._unpacked(golden, golden.glyph_pixels)).max() <= GLYPH_TOLERANCE)

    def _unpacked(self, golden: Golden, unpack: Callable[[], npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
        try:
            return unpack()
        except ValueError as error:
            raise ModelFormatError(f"{self.card_path}: golden glyph {golden.shows} is damaged ({error})") from error


Check = Callable[[Inspection], str | NotChecked]

CHECKS: Mapping[str, Check] = {
    "card": Inspection.check_card,
    "file": Inspection.check_file,
    "facts": Inspection.check_facts,
    "normalisation": Inspection.check_normalisation,
    "form": Inspection.check_form,
    "integers": Inspection.check_integers,
    "activations": Inspection.check_activations,
}
"""In the order in which each can rely on the ones before it."""


def answers(numbers: npt.NDArray[np.generic], golden: Golden) -> bool:
    """Whether ten raw outputs are the golden ones: integers exactly, floats within `FLOAT_TOLERANCE`."""
    if numbers.dtype == np.float32:
        return bool(np.allclose(numbers, golden.output, rtol=0, atol=FLOAT_TOLERANCE))
    return bool(np.array_equal(numbers, golden.output))


NEEDS = "a model that finds digits"


class FinderInspection:
    """One model during its checks; each check can use the results of the checks before it.

    Args:
        path: the .tflite; its card is the file of the same stem that ends in .json.
        engine: the engine that will run it.
    """

    card: FinderCard
    content: bytes
    engine: MapEngine

    def __init__(self, path: Path, engine: EngineName = "auto") -> None:
        self.path = path
        self.card_path = path.with_suffix(".json")
        self._engine_name = engine

    def check_card(self) -> str:
        """The card is there and unchanged since it was sealed."""
        self.card = FinderCard.from_bytes(read_part(self.card_path, NEEDS), str(self.card_path))
        return f"{self.card.name}, {self.card.parameters:,} parameters, sealed and unchanged"

    def check_file(self) -> str:
        """The model file is the one that the card describes."""
        self.content = read_part(self.path, NEEDS)
        found = hashlib.sha256(self.content).hexdigest()
        if found != self.card.sha256:
            raise ModelFormatError(
                f"{self.path}: damaged or another file: sha256 {found[:12]}..., "
                f"the card says {self.card.sha256[:12]}...; copy or export it again"
            )
        return f"{len(self.content):,} bytes, sha256 {found[:12]}..."

    def check_form(self) -> str:
        """A picture goes in and maps come out, in the scales that the card names."""
        self.engine = make_map_engine(self.content, str(self.path), self._engine_name)
        found, named = (self.engine.input, *self.engine.outputs), (self.card.input, *self.card.outputs)
        if found != named:
            raise ModelFormatError(
                f"{self.path}: takes and gives {found}, the card says {named}; rerun digitreader export"
            )
        return (
            f"{self.engine.input.dtype} picture in, {len(self.engine.outputs)} {self.engine.outputs[0].dtype} maps out"
        )

    def check_integers(self) -> str:
        """On this machine it gives the card's integers for the golden pictures."""
        golden = self.card.golden
        if not golden:
            raise ModelFormatError(f"{self.card_path}: has no golden pictures; rerun digitreader export")
        wrong = [each.shows for each in golden if answers_of(self.engine.integers(self._picture(each))) != each.answers]
        if wrong:
            raise ModelFormatError(
                f"{self.path}: {len(wrong)} of {len(golden)} golden pictures give other integers here than on the card "
                f"(first: {wrong[0]}); install the pinned ai-edge-litert, or try the other --engine"
            )
        return f"{len(golden)} of {len(golden)} pictures answered to the integer"

    def _picture(self, golden: GoldenPicture) -> ColourImage:
        try:
            return golden.picture()
        except ValueError as error:
            raise ModelFormatError(f"{self.card_path}: golden picture {golden.shows} is damaged ({error})") from error


FinderCheck = Callable[[FinderInspection], str]

FINDER_CHECKS: Mapping[str, FinderCheck] = {
    "card": FinderInspection.check_card,
    "file": FinderInspection.check_file,
    "form": FinderInspection.check_form,
    "integers": FinderInspection.check_integers,
}
"""In the order in which each can rely on the ones before it."""
