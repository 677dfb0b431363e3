"""What is made from the parser: completion for three shells, and the manual page."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from digitreader import __version__
from digitreader.cli.completion import SHELLS
from digitreader.cli.help_text import wrap_help
from digitreader.cli.main import COMMANDS, build_parser, main
from digitreader.cli.man import manual_page

TRY = """\
source {script}
COMP_WORDS=({words})
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
complete=$(complete -p digitreader)
complete=${{complete##*-F }}
${{complete%% *}} digitreader "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    pytest.importorskip("shtab", reason="the extra [completion] is not installed")
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("digitreader sn", ["snapshot"]),
        ("digitreader read --timest", ["--timestamps"]),
        ("digitreader read --format js", ["jsonl"]),
        ("digitreader score neg", ["negatives"]),
        ("digitreader completion f", ["fish"]),
        ("digitreader read pho", ["photo.jpg"]),
    ],
)
def test_bash_completes(words: str, completed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photo.jpg").touch()
    path = tmp_path / "digitreader.bash"
    path.write_text(script("bash", capsys), encoding="utf-8")
    told = subprocess.run(
        ["bash", "-c", TRY.format(script=path, words=words)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (told.stdout.split(), told.stderr) == (completed, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_knows_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    printed = script(shell, capsys)
    assert [name for name in COMMANDS if " " not in name and name not in printed] == []
    assert "activations" in printed


def test_without_shtab_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 1
    assert capsys.readouterr().err.endswith("completion needs shtab, which is not installed; pip install shtab\n")


def test_the_manual_has_every_command_and_option() -> None:
    parser = build_parser(())
    page = manual_page(parser)
    assert f'"digitreader {__version__}"' in page
    for each in parser.with_parts():
        assert f'.SH "{each.prog}"' in page or each is parser
        for action in each.actions():
            names = [name.replace("-", r"\-") for name in action.option_strings if name.startswith("--")]
            assert all(name in page for name in names)
    assert "%(default)s" not in page
    assert "see above" in page


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff")
def test_the_manual_is_understood_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["man"]) == 0
    page = capsys.readouterr().out
    command = ["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=100n"]
    shown = subprocess.run(command, input=page.encode(), capture_output=True, check=True)
    assert shown.stderr == b""
    text = shown.stdout.decode()
    assert re.search(r"^digitreader read$", text, re.MULTILINE)
    # an argument on a line of its own, what it means below and moved in
    assert re.search(r"^ {7}--timestamps\n {14}begin each line of text with the time$", text, re.MULTILINE)


def test_lists_of_a_help_keep_their_columns_while_there_is_room() -> None:
    text = "kinds:\n  a.jpg      a picture that\n             is read\n  --a-long-option VALUE\n             below it\n"
    assert (
        wrap_help(text, 60)
        == "kinds:\n  a.jpg      a picture that is read\n  --a-long-option VALUE\n             below it"
    )
    narrow = wrap_help("  a-long-command --with more  " + "what it means " * 4, 44).splitlines()
    assert narrow[0] == "  a-long-command --with more"
    assert all(line.startswith("      ") and len(line) <= 44 for line in narrow[1:])


def test_prose_of_a_help_is_filled_and_a_word_is_never_cut() -> None:
    assert wrap_help("one two\nthree\n\nfour", 20) == "one two three\n\nfour"
    assert wrap_help("see " + "x" * 60, 40).splitlines() == ["see", "x" * 60]
