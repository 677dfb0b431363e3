"""What native code writes to stderr is caught, call after call, and each call has its own."""

from __future__ import annotations

import os

import pytest

from digitreader.host.native_stderr import STDERR_FD, StderrCapture, native_stderr_muted


def test_each_block_catches_what_was_written_in_it_alone(capfd: pytest.CaptureFixture[str]) -> None:
    catcher = StderrCapture()
    caught = []
    for text in (b"partial file\n", b"", b"bad \xff vlc\n"):
        with catcher.caught() as chatter:
            os.write(STDERR_FD, text)
        caught.append(chatter.text)
    catcher.close()
    assert caught == ["partial file\n", "", "bad � vlc\n"]
    assert capfd.readouterr().err == ""


def test_what_is_written_between_the_blocks_reaches_the_user(capfd: pytest.CaptureFixture[str]) -> None:
    catcher = StderrCapture()
    with catcher.caught():
        os.write(STDERR_FD, b"muted")
    os.write(STDERR_FD, b"said")
    catcher.close()
    assert capfd.readouterr().err == "said"


def test_a_catcher_that_was_closed_catches_again(capfd: pytest.CaptureFixture[str]) -> None:
    catcher = StderrCapture()
    for _ in range(2):
        with catcher.caught() as chatter:
            os.write(STDERR_FD, b"x")
        catcher.close()
    assert chatter.text == "x"
    assert capfd.readouterr().err == ""


def test_native_code_is_muted_in_a_process_without_a_stderr_of_pythons(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr", None)
    with native_stderr_muted():
        os.write(STDERR_FD, b"muted")
    os.write(STDERR_FD, b"said")
    assert capfd.readouterr().err == "said"
