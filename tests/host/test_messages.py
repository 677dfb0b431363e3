"""What is printed on stderr, and what of an address is shown."""

from __future__ import annotations

import io

import pytest

from digitreader.host.messages import is_coloured, parse_shown, print_error


def test_a_text_without_a_scheme_is_no_address() -> None:
    assert parse_shown("a.jpg") is None
    shown = parse_shown("rtsp://me:secret@cam/live")
    assert shown is not None
    assert shown.without_login == "rtsp://cam/live"


def test_a_message_without_a_stderr_is_lost(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr", None)
    print_error("nobody reads this")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("variables", "is_terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colours_are_for_terminals_whose_user_wants_them(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_terminal: bool, coloured: bool
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: is_terminal)
    assert is_coloured(stream) == coloured
