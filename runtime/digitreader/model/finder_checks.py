"""The checks between a model file that finds digits and its use: each proves one link."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from digitreader.engines import EngineName
from digitreader.engines.maps import MapEngine, make_map_engine
from digitreader.errors import ModelFormatError
from digitreader.model.finder_card import FinderCard, GoldenPicture, answers_of
from digitreader.values import ColourImage


class FinderInspection:
    """One model on its way through the checks; each check finds here what the ones before it made.

    Args:
        path: the .tflite; its card is the file of the same stem that ends in .json.
        engine: what shall run it.
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
        self.card = FinderCard.from_bytes(_read(self.card_path), str(self.card_path))
        return f"{self.card.name}, {self.card.parameters:,} parameters, sealed and unchanged"

    def check_file(self) -> str:
        """The model file is the very one that the card describes."""
        self.content = _read(self.path)
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
        """It gives the golden pictures' answers to the integer, here, on this machine."""
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


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFormatError(
            f"{path}: cannot be read ({error.strerror}); a model that finds digits needs its .tflite and its .json"
        ) from error
