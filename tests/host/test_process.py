"""What is kept to the end: the garbage collector leaves it alone, and works on afterwards as before."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from digitreader.host.process import gc_frozen_after


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def looked_through(thing: object) -> bool:
    """Whether the collector would look at it."""
    return any(each is thing for each in gc.get_objects())


def test_nothing_is_collected_in_the_block() -> None:
    with gc_frozen_after():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_made_in_the_block_is_not_looked_through_again() -> None:
    with gc_frozen_after():
        kept: list[object] = [[]]
        assert looked_through(kept)
    assert not looked_through(kept)


def test_what_is_made_later_is_looked_through() -> None:
    with gc_frozen_after():
        pass
    later: list[object] = [[]]
    assert looked_through(later)


def test_after_an_error_the_collector_works_and_nothing_is_kept() -> None:
    made: list[object] = [[]]
    with pytest.raises(KeyError), gc_frozen_after():
        raise KeyError
    assert gc.isenabled()
    assert looked_through(made)


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with gc_frozen_after():
        pass
    assert not gc.isenabled()
