"""Reads the card of a model of either kind: one that reads digits, or one that finds them."""

from __future__ import annotations

from pathlib import Path

from digitreader.errors import ModelFormatError
from digitreader.model.card import ModelCard
from digitreader.model.finder_card import FinderCard
from digitreader.model.sealed import FINDER_CARD, format_of

AnyCard = ModelCard | FinderCard


def read_any_card(path: Path) -> AnyCard:
    """Read the card of a model.

    Args:
        path: of the .json file.

    Raises:
        ModelFormatError: it cannot be read, is no card or was changed.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelFormatError(
            f"{path}: cannot be read ({error.strerror}); a model needs its card beside it"
        ) from error
    kind = FinderCard if format_of(content) == FINDER_CARD else ModelCard
    return kind.from_bytes(content, str(path))
