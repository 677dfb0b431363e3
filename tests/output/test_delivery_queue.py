"""The delivery queue: events in order, tried again, bounded, and never in the reader's way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Condition

import pytest

from digitreader.output.delivery_queue import DeliveryError, DeliveryQueue, RejectedError
from digitreader.output.event import GONE, NUMBER, Event

ENOUGH_S = 20.0


def event(number: int) -> Event:
    return Event(NUMBER, f"run-{number}", "desk", "2026-01-01T00:00:00.000Z", "demo", text=str(number))


class Place:
    """A publisher that a test turns off and on."""

    where = "place"

    def __init__(self) -> None:
        self.changed = Condition()
        self.fails: Exception | None = None
        self.held = False
        self.taken: list[str] = []
        self.tries = 0
        self.abandoned = False

    def wants(self, told: Event) -> bool:
        return told.kind == NUMBER

    def deliver(self, told: Event) -> None:
        with self.changed:
            self.tries += 1
            self.changed.notify_all()
            self.changed.wait_for(lambda: not self.held)
            if self.fails is not None:
                raise self.fails
            self.taken.append(told.text)
            self.changed.notify_all()

    def abandon(self) -> None:
        self.abandoned = True
        self.set(held=False)

    def set(self, **values: object) -> None:
        with self.changed:
            for name, value in values.items():
                setattr(self, name, value)
            self.changed.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, ENOUGH_S)


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def queue(place: Place) -> Iterator[DeliveryQueue]:
    queue = DeliveryQueue(place, bound=3, first_pause_s=0.01)
    yield queue
    queue.close(0.0)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def until_said(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    deadline_s = time.monotonic() + ENOUGH_S
    while what not in capsys.readouterr().err:
        assert time.monotonic() < deadline_s
        time.sleep(0.005)


def test_events_arrive_in_their_order(place: Place, queue: DeliveryQueue) -> None:
    for number in range(3):
        queue.take(event(number))
    queue.close(ENOUGH_S)
    assert place.taken == ["0", "1", "2"]


def test_what_cannot_be_delivered_is_tried_until_it_is_and_each_is_said_once(
    place: Place, queue: DeliveryQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    place.set(fails=DeliveryError("place: is away"))
    queue.take(event(1))
    queue.take(event(2))
    place.wait(lambda: place.tries >= 4)
    place.set(fails=None)
    place.wait(lambda: place.taken == ["1", "2"])
    queue.close(ENOUGH_S)
    assert said(capsys) == ["digitreader: error: place: is away", "digitreader: place: works again"]


def test_what_is_rejected_is_dropped_and_the_next_is_delivered(
    place: Place, queue: DeliveryQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    place.set(fails=RejectedError("place: never"))
    queue.take(event(1))
    queue.take(event(2))
    place.wait(lambda: place.tries == 2)
    place.set(fails=None)
    queue.take(event(3))
    queue.close(ENOUGH_S)
    assert place.taken == ["3"]
    assert said(capsys) == [
        "digitreader: error: place: never",
        "digitreader: place: works again; 2 events were lost meanwhile",
    ]


def test_beyond_the_bound_the_oldest_that_wait_are_lost_and_that_is_said_once_and_counted(
    place: Place, queue: DeliveryQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    place.set(held=True)
    queue.take(event(0))
    place.wait(lambda: place.tries == 1)
    for number in range(1, 6):
        queue.take(event(number))
    place.set(held=False)
    queue.close(ENOUGH_S)
    assert place.taken == ["0", "4", "5"]  # 0 was under way
    first, last = said(capsys)
    assert first == "digitreader: error: place: more than 3 events wait, so the oldest are lost from now on"
    assert last == "digitreader: error: place: 3 events were lost"


def test_nothing_is_lost_up_to_the_bound(
    place: Place, queue: DeliveryQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    place.set(fails=DeliveryError("place: is away"))
    for number in range(3):
        queue.take(event(number))
    place.wait(lambda: place.tries >= 2)
    place.set(fails=None)
    queue.close(ENOUGH_S)
    assert place.taken == ["0", "1", "2"]
    assert "lost" not in capsys.readouterr().err


def test_the_end_waits_no_longer_than_it_may_and_says_what_is_left(
    place: Place, queue: DeliveryQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    place.set(held=True)
    queue.take(event(1))
    queue.take(event(2))
    place.wait(lambda: place.tries == 1)
    queue.close(0.0)
    assert place.abandoned
    assert said(capsys) == ["digitreader: error: place: 2 events were not delivered"]


def test_at_the_end_a_place_that_is_away_is_tried_at_once_and_not_after_a_long_pause(place: Place) -> None:
    queue = DeliveryQueue(place, bound=3, first_pause_s=3600.0)
    place.set(fails=DeliveryError("place: is away"))
    queue.take(event(1))
    place.wait(lambda: place.tries == 1)
    place.set(fails=None)
    queue.close(ENOUGH_S)
    assert place.taken == ["1"]


def test_a_place_is_abandoned_at_the_end_even_where_nothing_went_wrong(place: Place, queue: DeliveryQueue) -> None:
    queue.close(ENOUGH_S)
    assert place.abandoned


def test_what_a_place_does_not_want_says_nothing_about_whether_it_works(
    place: Place, queue: DeliveryQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    place.set(fails=RejectedError("place: never"))
    queue.take(event(1))
    place.wait(lambda: place.tries == 1)
    queue.take(Event(GONE, "run-2", "desk", "2026-01-01T00:00:00.000Z", "demo"))
    queue.take(event(3))
    queue.close(ENOUGH_S)
    assert place.tries == 2
    assert "works again" not in capsys.readouterr().err


def test_one_that_waits_for_another_try_is_the_oldest_and_lost_first(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = DeliveryQueue(place, bound=3, first_pause_s=3600.0)
    place.set(fails=DeliveryError("place: is away"))
    queue.take(event(0))
    until_said("is away", capsys)
    for number in range(1, 5):
        queue.take(event(number))
    place.set(fails=None)
    queue.close(ENOUGH_S)
    assert place.taken == ["2", "3", "4"]


def test_a_fault_that_nobody_thought_of_costs_one_event_and_not_the_place(capsys: pytest.CaptureFixture[str]) -> None:
    place = Place()
    place.fails = ZeroDivisionError("of the carrier's own")
    queue = DeliveryQueue(place, bound=10)
    queue.take(event(1))
    place.wait(lambda: place.tries == 1)
    place.set(fails=None)
    queue.take(event(2))
    queue.close(ENOUGH_S)
    assert place.taken == ["2"]
    assert queue.missed == 1
    said = capsys.readouterr().err
    assert "place: does not take the event (ZeroDivisionError: of the carrier's own), so it is dropped" in said


def test_a_place_that_does_not_answer_is_reported_while_it_is_waited_for(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = DeliveryQueue(place, bound=3, silence_s=0.01)
    place.set(held=True)
    queue.take(event(1))
    until_said("place: has not answered for 0.01 s; it is waited for, and new events wait", capsys)
    place.set(held=False)
    until_said("place: works again", capsys)
    queue.close(ENOUGH_S)
    assert place.taken == ["1"]


def test_a_long_delivery_is_not_reported_where_it_is_usual(
    place: Place, queue: DeliveryQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    place.set(held=True)
    queue.take(event(1))
    place.wait(lambda: place.tries == 1)
    time.sleep(0.05)
    place.set(held=False)
    queue.close(ENOUGH_S)
    assert said(capsys) == []
