"""Prints the effective configuration as TOML, without its secrets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from digitreader.addresses import HIDDEN
from digitreader.config.layers import Setting
from digitreader.config.secrets import hidden


def show(settings: Sequence[Setting], *, file: Path | None, looked_for: Sequence[Path]) -> str:
    """The configuration as a file that says the same, with who said so behind each line.

    Args:
        settings: every option.
        file: what was read; None where there is none.
        looked_for: where it was looked for.
    """
    places = ", ".join(str(place) for place in looked_for) or "nowhere"
    head = f"# file: {file}" if file else f"# file: none (looked for: {places})"
    return "\n".join([head, *(_line(setting) for setting in settings)])


def _line(setting: Setting) -> str:
    if setting.value is None or setting.value == []:
        return f"# {setting.key} is not set"
    shown = hidden(setting.key, setting.value)
    if not _is_unicode(shown):
        return f"# {setting.key} is no UTF-8 text, which a file cannot hold; give it on the command line"
    note = f", hidden here as {HIDDEN}" if shown != setting.value else ""
    return f"{setting.key} = {_toml(shown)}  # {setting.origin}{note}"


def _is_unicode(value: object) -> bool:
    """Whether it can be written; a file name of other bytes cannot."""
    if isinstance(value, list):
        return all(map(_is_unicode, value))
    return not any("\ud800" <= character <= "\udfff" for character in str(value))


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml(each) for each in value)}]"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for DEL, which TOML wants escaped
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else str(value)
