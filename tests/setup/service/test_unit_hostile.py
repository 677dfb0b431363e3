"""Nothing that a person names can add a line to the unit, and root does not run it."""

from __future__ import annotations

from pathlib import Path

import pytest

from digitreader.errors import ServiceError
from digitreader.setup.service.unit import Service, runner, unit_text


@pytest.mark.parametrize("odd", ["a\nUser=root", "a\rb", "a\x1b[2J", "a\u2028b"])
def test_a_line_break_in_a_name_is_refused(odd: str) -> None:
    with pytest.raises(ServiceError, match="which a unit cannot hold"):
        unit_text(Service("n", ("python", odd)))
    with pytest.raises(ServiceError, match="which a unit cannot hold"):
        unit_text(Service("n", ("python",), writable=(Path("/") / odd,)))


def test_a_dollar_is_doubled_in_commands_alone() -> None:
    text = unit_text(Service("n", ("python", "/a$b"), writable=(Path("/a$b"),)))
    assert "ExecStart=python /a$$b\n" in text
    assert "ReadWritePaths=/a$b\n" in text


def test_memory_is_bounded() -> None:
    assert "MemoryMax=" in unit_text(Service("n", ("python",)))


def test_root_does_not_run_it(tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    with pytest.raises(ServiceError, match="must not run as root"):
        runner("root", tmp_path / "a.toml")
