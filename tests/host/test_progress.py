from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from digitreader.host.progress import ProgressBar, readable_time, with_progress


class Terminal(io.StringIO):
    """A terminal of an encoding."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override] # a StringIO has none
        return self._encoding

    def isatty(self) -> bool:
        return True


def ticking(step_s: float) -> Callable[[], float]:
    """A clock that goes on by a step each time that it is looked at."""
    looks = iter(range(10_000))
    return lambda: next(looks) * step_s


def test_a_terminal_sees_the_share_and_the_time_left() -> None:
    stream = Terminal("utf-8")
    with ProgressBar("work", 4, stream=stream, clock=ticking(1.0)) as bar:
        bar.advance(note="half")
        bar.advance()
    drawn = stream.getvalue().split("\r\x1b[K")
    assert drawn[1].startswith("work ────────────────────────   0%")
    assert " 25%  " in drawn[2]
    assert " left  half" in drawn[2]
    assert drawn[-1].startswith("work: 2 in ")


def test_a_terminal_that_is_not_utf_8_gets_a_plain_bar() -> None:
    stream = Terminal("latin-1")
    with ProgressBar("work", 2, stream=stream, clock=ticking(1.0)) as bar:
        bar.advance()
    assert stream.getvalue().isascii()
    assert "############............" in stream.getvalue()


def test_anything_but_a_terminal_gets_one_line_at_the_end() -> None:
    stream = io.StringIO()
    with ProgressBar("work", 2, stream=stream, clock=ticking(0.5)) as bar:
        bar.advance()
        bar.advance(note="done well")
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().startswith("work: 2 in ")
    assert stream.getvalue().endswith("done well\n")


def test_work_that_is_broken_off_says_how_far_it_came() -> None:
    stream = io.StringIO()

    def work() -> None:
        with ProgressBar("work", 2, stream=stream) as bar:
            bar.advance()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert "1 of 2, broken off" in stream.getvalue()


def test_items_pass_through_in_their_order(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(with_progress("abc", label="letters", total=3)) == ["a", "b", "c"]
    assert capfd.readouterr().err.startswith("letters: 3 in ")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0, "0.0 s"), (9.94, "9.9 s"), (42.4, "42 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"), (4_200, "1 h 10 min")],
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert readable_time(seconds) == said
