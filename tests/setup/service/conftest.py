"""A systemctl of the tests' own, and a configuration to be served."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SYSTEMCTL = """\
#!/bin/sh
echo "$(basename "$0") $*" >> "$ASKED"
[ "$2" = show ] && printf '%s' "$TOLD"
[ "$1" = show-user ] && echo "Linger=$LINGER"
case "$*" in *"$REFUSED"*) echo "Failed: $REFUSED" >&2; exit 1;; esac
exit 0
"""


class Systemd:
    """The double: what was asked of it, and the user's units."""

    def __init__(self, folder: Path) -> None:
        self.asked_file = folder / "asked"
        self.unit = folder / "config" / "systemd" / "user" / "digitreader.service"

    @property
    def asked(self) -> list[str]:
        return self.asked_file.read_text(encoding="utf-8").splitlines() if self.asked_file.exists() else []


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Systemd:
    """Takes the place of systemctl and loginctl."""
    double = Systemd(tmp_path)
    for name in ("systemctl", "loginctl"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(SYSTEMCTL, encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("ASKED", str(double.asked_file))
    monkeypatch.setenv("REFUSED", "nothing of all this")
    monkeypatch.setenv("TOLD", "")
    monkeypatch.setenv("LINGER", "no")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("digitreader.setup.config_file.SYSTEM", tmp_path / "etc" / "config.toml")
    return double


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that names a camera."""
    path = tmp_path / "cam.toml"
    path.write_text("sources = [0]", encoding="utf-8")
    return path
