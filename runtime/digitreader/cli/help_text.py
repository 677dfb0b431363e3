"""Wraps help texts to the terminal: prose as paragraphs, and lists of terms and meanings in two columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap

LEAST_COLUMN = 24
"""If there are fewer characters than this beside a term, its meaning goes below it."""
BELOW = 4
"""Indent of a meaning below its term."""

_TWO_COLUMNS = re.compile(r"(?P<term> +\S(?:.*?\S)??)(?P<gap> {2,})(?P<meaning>\S.*)")


Entry = tuple[str, str, int]
"""An entry of a list: an indented term, its meaning, and the column of the meaning."""


def blocks_of(text: str) -> Iterator[str | list[Entry]]:
    """Split a help text into paragraphs and lists.

    Args:
        text: lines without indent are prose, and indented lines are a list: a term, two spaces or more, and its
            meaning. A line that begins in the column of the meaning continues the meaning.

    Returns:
        Each paragraph as one line, with an empty line between two paragraphs, and lists.
    """
    lines = text.expandtabs().splitlines()
    for is_list, group in groupby(lines, key=lambda line: line.startswith(" ")):
        if is_list:
            yield _entries(list(group))
            continue
        for is_empty, paragraph in groupby(group, key=lambda line: not line.strip()):
            yield "" if is_empty else " ".join(paragraph)


def wrap_help(text: str, width: int) -> str:
    """Wrap a help text (see `blocks_of`) to the width of a terminal in characters."""
    wrapped: list[str] = []
    for block in blocks_of(text):
        if isinstance(block, list):
            wrapped += _wrapped_list(block, width)
        else:
            wrapped += _wrapped(block, width) if block else [""]
    return "\n".join(wrapped)


def _wrapped_list(entries: list[Entry], width: int) -> Iterator[str]:
    for term, meaning, column in entries:
        indent = len(term) - len(term.lstrip())
        beside = f"{term:<{column}}{meaning}"
        is_beside = len(term) + 2 <= column
        if not meaning or (is_beside and len(beside) <= width):
            yield from _wrapped(beside.rstrip(), width, later=indent + BELOW)
        elif is_beside and width - column >= LEAST_COLUMN:
            yield from _wrapped(meaning, width, first=f"{term:<{column}}", later=column)
        else:
            yield from _wrapped(term, width, later=indent + BELOW)
            below = column if width - column >= LEAST_COLUMN else indent + BELOW
            yield from _wrapped(meaning, width, first=" " * below, later=below)


def _entries(lines: list[str]) -> list[Entry]:
    entries: list[Entry] = []
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if entries:
            term, meaning, column = entries[-1]
            is_below = indent == column if meaning else indent > len(term) - len(term.lstrip()) + BELOW
            if is_below:
                entries[-1] = (term, f"{meaning} {line.strip()}".strip(), indent)
                continue
        columns = _TWO_COLUMNS.fullmatch(line)
        if columns is None:
            entries.append((line.rstrip(), "", 0))
        else:
            entries.append((columns["term"], columns["meaning"], columns.start("meaning")))
    return entries


def _wrapped(text: str, width: int, *, first: str = "", later: int = 0) -> list[str]:
    """Words in lines of this width; a longer word is not broken, so that it can be copied."""
    indent = first or text[: len(text) - len(text.lstrip())]
    return wrap(
        text.strip(),
        width,
        initial_indent=indent,
        subsequent_indent=" " * (later or len(indent)),
        break_long_words=False,
        break_on_hyphens=False,
    )
