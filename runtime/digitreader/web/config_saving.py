"""Saves the settings of the page in the configuration file, and leaves everything else in the file as it is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from digitreader.errors import ConfigError
from digitreader.host.files import write_atomically
from digitreader.web.controls import RequestedControls

Setting = str | int | float | list[str] | None


def settings_of(wanted: RequestedControls) -> dict[str, Setting]:
    """The requested settings as keys of the configuration file; None removes a key."""
    region, turn = wanted.framing.region, wanted.framing.rotate_deg
    return {
        "rotate": turn or None,
        "region": None if region is None else f"{region.x},{region.y},{region.width},{region.height}",
        "threshold": round(wanted.threshold, 3),
        "exposure": wanted.exposure_ms,
        "expect": list(wanted.expect) or None,
    }


def with_settings(text: str, settings: Mapping[str, Setting]) -> str:
    """The text of a configuration file with some keys set; comments and other keys stay.

    Args:
        text: a configuration in TOML.
        settings: a value for each key; None removes it.

    Raises:
        ConfigError: the file cannot be changed automatically.
    """
    lines = text.splitlines()
    for key, value in settings.items():
        place = re.compile(rf"\s*{re.escape(key)}\s*=")
        at = next((number for number, line in enumerate(lines) if place.match(line)), len(lines))
        lines[at : _end_of(lines, at)] = [] if value is None else [f"{key} = {json.dumps(value, ensure_ascii=False)}"]
    result = "".join(f"{line}\n" for line in lines)
    try:
        kept = tomllib.loads(result)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"the configuration file cannot be changed automatically ({error}); change it by hand"
        ) from error
    if any(kept.get(key) != value for key, value in settings.items()):
        raise ConfigError("the configuration file has tables, so it cannot be changed automatically; change it by hand")
    return result


def _end_of(lines: Sequence[str], at: int) -> int:
    """The line behind a value that begins in line `at`; a list may have several lines."""
    for end in range(at + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[at:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return at + 1


def save_settings(path: Path, wanted: RequestedControls) -> None:
    """Save the requested settings.

    Raises:
        ConfigError: the file cannot be changed automatically, or cannot be read.
        OutputError: it cannot be written to.
    """
    try:
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read; change it by hand") from error
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    write_atomically(path, with_settings(text, settings_of(wanted)).encode())
    path.chmod(mode)
