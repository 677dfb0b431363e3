"""A command for every number: what it is given, and that one that fails or never ends does no harm."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from threading import Thread

import pytest

from digitreader.errors import UsageError
from digitreader.output.command import Command
from digitreader.output.delivery_queue import RejectedError
from digitreader.output.event import GONE, NUMBER, Event

PYTHON = sys.executable


def event(text: str = "123", kind: str = NUMBER) -> Event:
    return Event(kind, "run-1", "desk", "2026-01-01T00:00:00.000Z", "demo", text=text)


def program(folder: Path, code: str) -> str:
    path = folder / "program.py"
    path.write_text(code)
    return f"{PYTHON} '{path}'"


def test_the_number_is_the_last_argument_and_the_event_is_on_stdin(tmp_path: Path) -> None:
    line = program(
        tmp_path, "import sys, json; open(sys.argv[1], 'w').write(json.dumps([sys.argv[2:], sys.stdin.read()]))"
    )
    Command(f"{line} {tmp_path / 'out'} 'two words'", timeout_s=60).deliver(event("12\n34"))
    arguments, told = json.loads((tmp_path / "out").read_text())
    assert arguments == ["two words", "12 / 34"]
    assert json.loads(told)["text"] == "12\n34"


def test_no_shell_sees_the_line(tmp_path: Path) -> None:
    line = program(tmp_path, "import sys; open(sys.argv[1], 'w').write(sys.argv[2])")
    Command(f"{line} {tmp_path / 'out'} '$(id); `id`'", timeout_s=60).deliver(event())
    assert (tmp_path / "out").read_text() == "$(id); `id`"


def test_it_is_run_for_numbers_alone() -> None:
    command = Command("true", timeout_s=60)
    assert [command.wants(event(kind=kind)) for kind in (NUMBER, GONE)] == [True, False]


def test_a_program_that_does_not_read_its_stdin_is_none_the_worse() -> None:
    Command(f"{PYTHON} -c 'import os; os.close(0)'", timeout_s=60).deliver(event("1" * 100_000))


def test_what_it_prints_does_not_come_between_the_data_on_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    Command(f"{PYTHON} -c 'print(12)'", timeout_s=60).deliver(event())
    assert capfd.readouterr() == ("", "12\n")


def test_a_program_that_fails_is_told_with_its_status_and_without_its_arguments() -> None:
    with pytest.raises(RejectedError, match=r"fails with exit status 3") as caught:
        Command(f"{PYTHON} -c 'raise SystemExit(3)' secret", timeout_s=60).deliver(event())
    assert "secret" not in str(caught.value)


def test_a_program_that_crashes_is_told_with_its_signal() -> None:
    with pytest.raises(RejectedError, match="is ended by SIGABRT"):
        Command(f"{PYTHON} -c 'import os; os.abort()'", timeout_s=60).deliver(event())


def test_a_program_that_never_ends_is_killed_with_its_children(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    script = tmp_path / "forever.sh"
    script.write_text(f"#!/bin/sh\ntrap '' TERM\nexec >'{fifo}'\nsleep 1000 &\nwait\n")
    script.chmod(0o755)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    try:
        with pytest.raises(RejectedError, match=r"has not ended after 1.5 s and is killed"):
            Command(str(script), timeout_s=1.5).deliver(event())
        assert os.read(reader, 100) == b""  # nobody holds the other end any more, the child neither
    finally:
        os.close(reader)


def test_one_that_runs_at_the_end_is_killed(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    command = Command(
        program(tmp_path, f"import signal; open({str(fifo)!r}, 'w').close(); signal.pause()"), timeout_s=600
    )
    caught: list[RejectedError] = []

    def deliver() -> None:
        try:
            command.deliver(event())
        except RejectedError as error:
            caught.append(error)

    thread = Thread(target=deliver)
    thread.start()
    fifo.read_text()  # it runs
    command.abandon()
    thread.join()
    assert "SIGKILL" in str(caught[0])


@pytest.mark.parametrize(
    ("line", "what"),
    [("no-such-program-here 1", "does not exist"), ("echo 'open", "quote is not closed"), (" ", "needs a program")],
)
def test_a_line_that_cannot_be_run_is_refused_at_the_start(line: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as caught:
        Command(line, timeout_s=1)
    assert "open" not in str(caught.value)


def test_a_file_that_may_not_be_run_is_refused_at_the_start(tmp_path: Path) -> None:
    script = tmp_path / "gate.sh"
    script.write_text("#!/bin/sh\n")
    with pytest.raises(UsageError, match="chmod"):
        Command(str(script), timeout_s=1)


def test_a_program_that_was_removed_is_told(tmp_path: Path) -> None:
    script = tmp_path / "gate.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    command = Command(str(script), timeout_s=1)
    script.unlink()
    with pytest.raises(RejectedError, match="cannot be started"):
        command.deliver(event())


def test_a_program_that_a_signal_without_a_name_ends_is_told_with_its_number() -> None:
    with pytest.raises(RejectedError, match="is ended by signal 40"):
        Command(f"{PYTHON} -c 'import os; os.kill(os.getpid(), 40)'", timeout_s=60).deliver(event())


def test_no_command_is_run_after_the_end(tmp_path: Path) -> None:
    command = Command(program(tmp_path, f"open({str(tmp_path / 'out')!r}, 'w').close()"), timeout_s=60)
    command.abandon()
    command.deliver(event())
    assert not (tmp_path / "out").exists()


def test_a_command_runs_though_this_process_has_no_stderr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    line = program(tmp_path, f"print(12); open({str(tmp_path / 'out')!r}, 'w').close()")
    Command(line, timeout_s=60).deliver(event())
    assert (tmp_path / "out").exists()
