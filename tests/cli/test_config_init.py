"""The reference of the configuration file: every key is in it, and each of its lines is one that is read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from digitreader.cli.config_arguments import merge_file_options, options_of
from digitreader.cli.config_init import reference_text
from digitreader.cli.main import main
from digitreader.cli.read import read_parser

LINE = re.compile(r"^#(?=[a-z])", re.MULTILINE)


def test_as_it_is_written_it_sets_nothing() -> None:
    assert tomllib.loads(reference_text()) == {}


def test_every_key_is_in_it_with_its_default() -> None:
    table = tomllib.loads(LINE.sub("", reference_text()))
    actions = options_of(read_parser().actions())
    defaults = {key: action.default for key, action in actions.items()}
    # --source is another name of sources
    assert table.keys() == actions.keys() - {"source"}
    for key, value in table.items():
        default = defaults[key]
        # what has no default has an example, which the next test reads
        assert value == (str(default) if isinstance(default, Path) else default) or default in (None, []), key


@pytest.mark.parametrize("line", [line for line in reference_text().splitlines() if LINE.match(line)])
def test_each_line_is_read_when_its_mark_is_taken_away(line: str) -> None:
    table = tomllib.loads(line[1:])
    merge_file_options(read_parser().parse_args([]), [], table, make=read_parser, path=Path("cam.toml"))


def test_it_is_written_where_read_looks_for_it_and_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "digitreader" / "config.toml"
    assert main(["config", "init"]) == 0
    assert path.read_text(encoding="utf-8") == reference_text()
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("frames = 7", encoding="utf-8")
    assert main(["config", "init"]) == 1
    assert path.read_text(encoding="utf-8") == "frames = 7"
    assert f"error: {path}: exists already; give another name, or --force" in capsys.readouterr().err
    assert main(["-q", "config", "init", "--force"]) == 0
    assert main(["config"]) == 0


def test_another_place_must_have_a_folder_and_a_dash_is_stdout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "init", str(tmp_path / "no" / "cam.toml")]) == 1
    assert f"{tmp_path / 'no'}: there is no such folder; make it first: mkdir -p" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()
    assert main(["config", "init", "-"]) == 0
    assert capsys.readouterr().out == reference_text()
