"""`bench live`: every fault comes, is told and over, and a reader that does not survive one is found out."""

from __future__ import annotations

import pytest

from digitreader.bench import live
from digitreader.bench.faulty import FAULTS, FaultyCamera, film
from digitreader.bench.live import LiveBench, bench_live, differences, growth_mb, judge
from digitreader.commands.bench import describe_live
from digitreader.demo import DemoCamera
from digitreader.follow import Follower
from digitreader.live.settings import LiveSettings
from digitreader.model.load import load_model
from digitreader.pipeline import Reader

FRAMES, EVERY = 140, 22
QUICK = LiveSettings(patience_s=0.3, first_wait_s=0.01, longest_wait_s=0.02, release_s=5.0)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.setattr(live, "PATIENT", QUICK)
    return Reader(load_model("tiny", "auto"))


def test_every_fault_comes_and_is_survived(reader: Reader) -> None:
    measured = bench_live(reader, frames=FRAMES, every=EVERY)
    assert measured.survived, measured
    assert set(measured.faults) == set(FAULTS)
    assert measured.sheets == 2
    assert measured.announced >= 2
    assert "survived" in describe_live(measured)


def test_a_reader_that_announces_again_after_a_fault_is_found_out(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Follower, "interrupt", lambda self: self.__init__(self._rule))
    measured = bench_live(reader, frames=60, every=45)
    assert measured.extra == 1
    assert not measured.survived
    assert "NOT SURVIVED" in describe_live(measured)


def test_a_fault_that_is_never_over_is_found_out() -> None:
    measured = LiveBench(9, 1.0, 9.0, 9.0, 9.0, 1, 1, 1, 0, 0, {"frozen": 2}, {"frozen": 1}, 0.0)
    assert not measured.survived


def test_the_film_ends_with_an_empty_desk() -> None:
    shown = list(film(DemoCamera((64, 64), numbers=("1",)), 30))
    assert len(shown) > 30
    assert (shown[-1].truth, shown[-1].moving) == ("", False)


def test_the_film_goes_on_where_it_broke_off() -> None:
    camera = FaultyCamera(DemoCamera((64, 64), numbers=("1",)), frames=10, every=4, patience_s=0.1)
    with pytest.raises(Exception, match="stopped giving frames"):
        list(camera().frames())
    for _ in range(2):
        with pytest.raises(Exception, match="there is no camera"):
            camera()
    assert next(camera().frames()).index == 4


@pytest.mark.parametrize(
    ("expected", "announced", "counts"),
    [("abc", "abc", (0, 0)), ("abc", "ac", (1, 0)), ("abc", "abbc", (0, 1)), ("abc", "axc", (1, 1)), ("", "a", (0, 1))],
)
def test_what_is_lost_and_what_is_too_much_are_counted(expected: str, announced: str, counts: tuple[int, int]) -> None:
    assert differences(expected, announced) == counts


def test_a_sheet_is_right_when_it_was_announced_once_and_as_written() -> None:
    laid = [(0.0, "1"), (2.0, "2"), (4.0, "3"), (6.0, "4")]
    told = [(0.25, "1"), (2.5, "7"), (4.1, "3"), (4.9, "3")]
    assert judge(laid, told) == ([0.25, 0.5, pytest.approx(0.1)], 1)


def test_memory_counts_from_when_it_had_settled() -> None:
    assert growth_mb([10.0, 50.0, 60.0, 61.0, 62.0, 61.5, 60.0, 62.5, 61.0, 60.0]) == 2.5
    assert growth_mb([]) == 0.0
