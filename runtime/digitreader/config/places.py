"""Where the configuration file is looked for; only the first that exists is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FILE = Path("digitreader") / "config.toml"
SYSTEM = Path("/etc") / FILE


def places(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The files that are looked for where none is named: the user's own, then the machine's.

    Never one of the folder that a command is started in: nobody knows who put it there, and it may name commands.
    """
    named, home = environment.get("XDG_CONFIG_HOME", ""), environment.get("HOME", "")
    if Path(named).is_absolute():
        return Path(named) / FILE, SYSTEM
    return (Path(home) / ".config" / FILE, SYSTEM) if home else (SYSTEM,)


def find_config(environment: Mapping[str, str]) -> Path | None:
    """The first of `places` that exists."""
    return next((path for path in places(environment) if path.is_file()), None)
