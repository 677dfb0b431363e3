"""The command line itself: its help, its version, and how what goes wrong becomes one line and a status."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from digitreader import __version__
from digitreader.camera.source import LiveSettings
from digitreader.cli.arguments import load_named_model, with_hidden
from digitreader.cli.main import COMMANDS, main
from digitreader.cli.read_arguments import PATIENCE_S, STEADY_S, live_settings
from digitreader.cli.read_loop import ReadJob
from digitreader.errors import DataError, UsageError
from digitreader.host.messages import print_detail, print_info, print_warning, terminal_columns
from digitreader.reading.settings import TrackerSettings
from digitreader_train.recipes import RECIPES

Run = Callable[..., CompletedProcess[str]]
FULL = (
    "digitreader: error: standard output cannot be written to (No space left on device); "
    "make room there, or send it elsewhere: > FILE\n"
)
PYTHON = [sys.executable, "-c"]
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
"""An environment in which Python writes to stdout as it does for most users: late."""


def fail_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr("digitreader.cli.read.run", fail)


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert all(f"\n    {command} " in listed for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert f"  digitreader {command} " in capsys.readouterr().out


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"digitreader {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["raed"], "raed: there is no such command; did you mean read? see digitreader --help"),
        (["xyzzy"], "xyzzy: there is no such command; see digitreader --help"),
        (["--verison"], "--verison: this option does not exist; did you mean --version? see digitreader --help"),
        (
            ["read", "--format", "xml"],
            "argument --format: 'xml' is not a choice; there are text, jsonl, csv, events, none",
        ),
        (
            ["read", "--format", "josnl"],
            "argument --format: 'josnl' is not a choice; there are text, jsonl, csv, events, none;",
        ),
        (["read", "--frames", "0"], "argument --frames: '0' is not a number of frames; give 1 or more"),
        (["read", "--frames", "many"], "argument --frames: 'many' is not a number of frames"),
        (
            ["read", "--fromat", "csv"],
            "--fromat: this option does not exist; did you mean --format? see digitreader read --help",
        ),
        (["score", "shet"], "shet: there is no such part; did you mean sheet? see digitreader score --help"),
        (["models", "show", "tiny", "more"], "more: is one argument too many; see digitreader models show --help"),
        (["read", "--precision", "two"], "argument --precision: 'two' is not a number of digits; give 0 to "),
        (["compare", "runs/tiny", "other.tflite"], "other.tflite: only models of your own are compared by their files"),
        (["compare", "mine.tflite", "--variant", "int8"], "--variant is for runs; name the .tflite files"),
        (["read", "--nonsense"], "--nonsense: this option does not exist; see digitreader read --help"),
    ],
)
def test_a_command_line_that_cannot_be_meant_is_one_line_and_status_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(f"digitreader: error: {message}")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (DataError("train.idx: wrong\nhash"), 1, "digitreader: error: train.idx: wrong hash\n"),
        (UsageError("what?"), 2, "digitreader: error: what?\n"),
        (KeyboardInterrupt(), 130, "digitreader: interrupted\n"),
        (BrokenPipeError(), 141, ""),
        (OSError(28, "No space left on device"), 1, FULL),
        (
            OSError(113, "No route to host"),
            1,
            "digitreader: error: the system refused an operation (No route to host); -v prints more\n",
        ),
        (OSError(5, "Input/output error", "a.csv"), 1, "digitreader: error: a.csv: Input/output error\n"),
    ],
)
def test_what_goes_wrong_becomes_one_line_and_a_status(
    error: BaseException,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fail_with(error, monkeypatch)
    assert main(["read"]) == status
    assert capsys.readouterr().err == said


def test_a_mistake_in_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(ZeroDivisionError("a bug"), monkeypatch)
    with pytest.raises(ZeroDivisionError):
        main(["read"])


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["read", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    check = (
        "import sys; from digitreader.cli.main import main; main(sys.argv[1:]); "
        "print([name for name in ('cv2', 'numpy', 'ai_edge_litert', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run([*PYTHON, check, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_a_closed_pipe_ends_the_run_quietly_with_status_141() -> None:
    check = "import sys; from digitreader.cli.main import main; sys.exit(main(['read', '--help']))"
    command = [*PYTHON, check]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=BUFFERED) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full")
def test_a_full_disk_is_one_line_and_status_1() -> None:
    check = "import sys; from digitreader.cli.main import main; sys.exit(main(['read', '--help']))"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PYTHON, check], stdout=full, stderr=subprocess.PIPE, env=BUFFERED, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, FULL)


def test_what_others_put_into_a_line_is_no_command_for_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_info("camera \x1b[2J\x07 of\nothers \udcff: caf\u00e9 \u4e09")
    assert capsys.readouterr().err == "digitreader: camera \ufffd[2J\ufffd of others \ufffd: caf\u00e9 \u4e09\n"


def test_the_command_and_the_follower_have_the_same_idea_of_steady() -> None:
    assert STEADY_S == TrackerSettings().steady_s == ReadJob._field_defaults["steady_s"]


def test_without_a_command_the_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    bare = capsys.readouterr().out
    assert main(["--help"]) == 0
    assert bare == capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["-V"], ["read", "-V"], ["score", "sheet", "-V"], ["models", "show", "--version"]]
)
def test_every_command_tells_its_version(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"digitreader {__version__}\n"


@pytest.mark.parametrize("arguments", [["read", "-q"], ["-q", "read"], ["read", "-v", "--quiet"]])
def test_quiet_leaves_warnings_and_errors_only(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_: object) -> int:
        print_info("no digits found")
        print_detail("model: tiny")
        print_warning("warning: the camera is gone")
        raise UsageError("what?")

    monkeypatch.setattr("digitreader.cli.read.run", run)
    assert main([*arguments, "--no-config"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "digitreader: warning: the camera is gone",
        "digitreader: error: what?",
    ]
    # what one command line has set does not hold of the next
    assert main(["read", "--no-config"]) == 2
    assert "no digits found" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["read", "--verbose"], ["-v", "read"]])
def test_verbose_says_what_runs_and_what_caused_an_error(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_: object) -> int:
        raise UsageError("what?") from ValueError("too long")

    monkeypatch.setattr("digitreader.cli.read.run", run)
    assert main([*arguments, "--no-config"]) == 2
    said = capsys.readouterr().err
    assert f"digitreader: digitreader {__version__}, Python " in said
    assert said.endswith("digitreader: error: what?\ndigitreader: caused by ValueError: too long\n")


@pytest.mark.parametrize("columns", [44, 80, 100])
@pytest.mark.parametrize("command", ["read", "doctor", "service"])
def test_help_is_wrapped_to_the_terminal(
    columns: int, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal_columns.cache_clear()
    monkeypatch.setenv("COLUMNS", str(columns))
    try:
        assert main([command, "--help"]) == 0
    finally:
        terminal_columns.cache_clear()
    lines = capsys.readouterr().out.splitlines()
    # a command to be copied is one line, and a word is never cut
    too_long = [line for line in lines if len(line) > columns and len(line.split()) > 1]
    assert [line for line in too_long if "digitreader" not in line and "[" not in line] == []
    assert max(map(len, lines)) > columns - 12


def test_a_command_runs_in_a_process_without_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[object] = []

    def run(args: object) -> int:
        ran.append(args)
        return 0

    monkeypatch.setattr("digitreader.cli.read.run", run)
    monkeypatch.setattr("sys.stdout", None)
    assert main(["read", "--no-config"]) == 0
    assert len(ran) == 1


def test_a_file_that_no_export_takes_is_called_by_its_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.onnx").write_bytes(b"")
    assert main(["export", str(tmp_path / "mine.onnx")]) == 1
    assert "mine.onnx: is an ONNX model; convert it to a .tflite first" in capsys.readouterr().err


def test_a_model_without_a_card_is_loaded_and_it_is_said(
    tmp_path: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tiny.tflite"
    path.write_bytes((repository / "models" / "tiny.tflite").read_bytes())
    assert load_named_model(Namespace(model=str(path), engine="auto")).card is None
    assert f"{path}: has no card beside it; the facts inside the file are used" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("patience", "give_up", "waits", "settings"),
    [
        (PATIENCE_S, None, False, None),
        (3.0, None, False, LiveSettings(3.0, give_up_s=math.inf, from_the_start=False)),
        (PATIENCE_S, 60.0, False, LiveSettings(PATIENCE_S, give_up_s=60.0, from_the_start=False)),
        (PATIENCE_S, None, True, LiveSettings(PATIENCE_S, give_up_s=math.inf, from_the_start=True)),
    ],
)
def test_the_patience_with_a_camera_is_the_standard_unless_an_option_says_otherwise(
    patience: float, give_up: float | None, waits: bool, settings: LiveSettings | None
) -> None:
    assert live_settings(Namespace(patience=patience, give_up=give_up, wait_for_camera=waits)) == settings


def test_a_recipe_without_other_layers_stays_as_it_is() -> None:
    tiny = RECIPES["tiny"]
    assert with_hidden(tiny, None) is tiny
    assert with_hidden(tiny, tiny.hidden) is tiny
    assert with_hidden(tiny, (32, 16)).purpose == "a network of 784-32-16-10 neurons, made like tiny"
