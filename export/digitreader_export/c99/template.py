"""Fills the C templates of this package."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template

Words = Mapping[str, str]
"""What stands for each ``$word`` of a template."""


def fill(name: str, words: Words) -> str:
    """Fill the template of this name."""
    text = (files("digitreader_export.c99") / "templates" / name).read_text(encoding="utf-8")
    return Template(text).substitute(words)
