"""Several processes read pictures: in order, each once, whatever ends one of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from digitreader.errors import DigitReaderError, SourceError
from digitreader.reading.picture_worker import Outcome, PageRead, PictureReader, Signal, WorkerSettings
from digitreader.reading.worker_pool import AHEAD, WorkerPool

COMMAND = (sys.executable, str(Path(__file__).with_name("odd_worker.py")))


def pool(jobs: int = 2, **settings: str) -> WorkerPool:
    return WorkerPool(WorkerSettings(**settings), jobs, command=COMMAND)  # type: ignore[arg-type]


def told(outcomes: Iterator[tuple[str, Outcome]]) -> list[str]:
    """Each outcome as a short text; the ends are left out, but for their number."""
    texts = []
    for spec, outcome in outcomes:
        if isinstance(outcome, PageRead):
            assert outcome.page.source == spec
            texts.append(f"{spec}:{outcome.page.frame}")
        elif isinstance(outcome, SourceError):
            texts.append(str(outcome))
        elif outcome is Signal.STREAM:
            texts.append(f"stream {spec}")
    return texts


def test_what_was_read_comes_in_the_order_of_the_names_though_some_take_longer() -> None:
    names = ["slow-1", *(f"{number}" for number in range(20)), "slow-2", "bad-1", "pages-3", "video-1", "demo"]
    with pool() as workers:
        texts = told(workers.read(names, here=lambda spec: spec == "demo"))
    pages = ["slow-1:0", *(f"{number}:0" for number in range(20)), "slow-2:0"]
    last = ["bad-1: is bad", *(f"pages-3:{page}" for page in range(3)), "stream video-1", "stream demo"]
    assert texts == [*pages, *last]


def test_each_name_has_an_end_behind_its_last_page() -> None:
    with pool() as workers:
        ends = [spec for spec, outcome in workers.read(["pages-2", "a", "pages-0", "b"]) if outcome is Signal.END]
    assert ends == ["pages-2", "a", "pages-0", "b"]


def test_a_picture_that_ends_its_worker_costs_that_picture_and_is_named() -> None:
    names = ["1", "kill-1", "2", "3", "kill-2", "4"]
    with pool() as workers:
        texts = told(workers.read(names))
    assert [text for text in texts if text.endswith(":0")] == ["1:0", "2:0", "3:0", "4:0"]
    assert texts[1].startswith("kill-1: ended the process that read it, 2 times (SIGSEGV): it needs more memory")
    assert texts[4].startswith("kill-2: ended the process")


def test_a_worker_that_others_end_loses_no_page_and_doubles_none(tmp_path: Path) -> None:
    name = f"once-{tmp_path / 'ended'}"
    with pool(1) as workers:
        assert told(workers.read(["1", name, "2"])) == ["1:0", *(f"{name}:{page}" for page in range(3)), "2:0"]


def test_no_more_names_are_taken_than_are_read_soon() -> None:
    taken: list[int] = []

    def names() -> Iterator[str]:
        for number in range(1000):
            taken.append(number)
            yield f"{number}"

    with pool(1) as workers:
        given = workers.read(names())
        for number in range(10):
            assert next(given)[0] == f"{number // 2}"  # a page and an end of each
            assert len(taken) <= number // 2 + AHEAD + 1


def test_pages_of_a_long_file_that_is_not_due_wait_in_its_worker() -> None:
    with pool(2) as workers:
        texts = told(workers.read(["slow-1", "pages-5000", "2"]))
    assert texts == ["slow-1:0", *(f"pages-5000:{page}" for page in range(5000)), "2:0"]


def test_processes_that_end_as_they_begin_are_an_error() -> None:
    with pool(2, model="none") as workers, pytest.raises(DigitReaderError, match=r"exit status 3.*try --jobs 1"):
        list(workers.read(["1", "2"]))


def test_no_process_is_left_when_the_block_ends_in_the_middle() -> None:
    with pool(2) as workers:
        next(workers.read(["1", "slow-2", "slow-3", "slow-4"]))
        processes = [worker.process for worker in workers._workers]  # noqa: SLF001 # nobody else knows them
    assert len(processes) == 2
    assert all(process.returncode is not None for process in processes)


def test_a_picture_that_breaks_the_code_is_an_error_and_the_next_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = PictureReader(WorkerSettings("tiny"))
    monkeypatch.setattr("digitreader.reading.picture_worker.open_source", lambda _: 1 / 0)
    (broken,) = reader.read("a.png")
    assert str(broken).startswith("a.png: could not be read (ZeroDivisionError: division by zero)")
    monkeypatch.undo()
    (missing,) = reader.read(str(tmp_path / "b.png"))
    assert "cannot be read (No such file or directory)" in str(missing)
