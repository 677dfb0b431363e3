"""The argument with which a command is told which recipe it trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitreader.errors import UsageError

if TYPE_CHECKING:
    from digitreader_train.recipes import Recipe


def recipe_of(name: str, *, others: tuple[str, ...] = ()) -> Recipe:
    """The recipe of this name; the extra ``[train]`` must be there.

    Args:
        name: of a network that reads digits.
        others: what else the command takes, to be named in the message.

    Raises:
        UsageError: there is none.
    """
    from digitreader_train.recipes import RECIPES

    if name not in RECIPES:
        raise UsageError(f"{name}: no such recipe; choose one of {', '.join((*RECIPES, *others))}")
    return RECIPES[name]
