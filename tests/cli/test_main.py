"""The command line itself: its help, its version, and how what goes wrong becomes one line and a status."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from digitreader import __version__
from digitreader.cli.main import COMMANDS, main
from digitreader.cli.read_arguments import STEADY_S
from digitreader.cli.read_loop import ReadJob
from digitreader.errors import DataError, UsageError
from digitreader.host.messages import print_info
from digitreader.reading.settings import TrackerSettings

Run = Callable[..., CompletedProcess[str]]
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
        ([], "the following arguments are required: COMMAND; see digitreader --help"),
        (["raed"], "argument COMMAND: invalid choice: 'raed'"),
        (["read", "--format", "xml"], "argument --format: invalid choice: 'xml'"),
        (["read", "--frames", "0"], "argument --frames: '0' is no number of frames; give 1 or more"),
        (["read", "--frames", "many"], "argument --frames: 'many' is no number of frames"),
        (["read", "--nonsense"], "unrecognized arguments: --nonsense"),
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
        (OSError(28, "No space left on device"), 1, "digitreader: error: output: No space left on device\n"),
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
    assert (done.returncode, done.stderr) == (1, "digitreader: error: output: No space left on device\n")


def test_what_others_put_into_a_line_is_no_command_for_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_info("camera \x1b[2J\x07 of\nothers \udcff: caf\u00e9 \u4e09")
    assert capsys.readouterr().err == "digitreader: camera \ufffd[2J\ufffd of others \ufffd: caf\u00e9 \u4e09\n"


def test_the_command_and_the_follower_have_the_same_idea_of_steady() -> None:
    assert STEADY_S == TrackerSettings().steady_s == ReadJob._field_defaults["steady_s"]
