"""One heap for all threads: asked of the C library where it can be, and no matter where not."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Callable

import pytest

from digitreader.host import process as heap
from digitreader.host.process import give_back_freed_memory, keep_freed_memory, share_one_heap, with_heap_trimming

HELD = """\
import sys, threading
from digitreader.host.process import share_one_heap
if sys.argv[1] == "share":
    share_one_heap()
held, places = [], []
def hold():
    held.append(bytes(60_000))
    places.append(id(held[-1]))
for _ in range(8):
    thread = threading.Thread(target=hold)
    thread.start()
    thread.join()
with open("/proc/self/maps") as maps:
    main = next(line.split()[0].split("-") for line in maps if "[heap]" in line)
print(sum(int(main[0], 16) <= place < int(main[1], 16) for place in places))
"""
"""Says how many of eight threads got their memory from the main thread's heap."""


FREED = """\
import resource, sys
from digitreader.host.process import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
def take():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    [bytearray(300_000) for _ in range(20)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults = [take() for _ in range(10)]
print(sum(faults[1:]))
"""
"""Says how many pages of memory the system had to give when six megabytes were taken and freed again and again."""


GAPS = """\
import sys
from digitreader.host.process import give_back_freed_memory, keep_freed_memory
keep_freed_memory()
def pages():
    return int(open("/proc/self/statm").read().split()[1])
blocks = [bytearray(b"x" * 100_000) for _ in range(400)]
full = pages()
del blocks[::2]
if sys.argv[1] == "give":
    give_back_freed_memory()
print(full - pages())
"""
"""Says how many pages the system has back when each second of 400 pieces, of 25 pages each, was freed."""


ONE_HEAP_ALONE = not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "mallopt")


@pytest.mark.skipif(ONE_HEAP_ALONE, reason="only glibc has several heaps")
def test_threads_share_the_main_threads_heap_only_where_they_are_asked_to() -> None:
    counts = {
        asked: int(subprocess.run([sys.executable, "-c", HELD, asked], check=True, capture_output=True).stdout)
        for asked in ("share", "no")
    }
    assert counts == {"share": 8, "no": 0}


@pytest.mark.skipif(ONE_HEAP_ALONE, reason="only glibc can be told to keep memory")
def test_memory_that_is_freed_is_there_for_the_next_frame() -> None:
    faults = {
        asked: int(subprocess.run([sys.executable, "-c", FREED, asked], check=True, capture_output=True).stdout)
        for asked in ("keep", "no")
    }
    assert faults["keep"] < 100
    assert faults["no"] > 5000


@pytest.mark.skipif(ONE_HEAP_ALONE, reason="only glibc can be told to give memory back")
def test_what_is_free_between_what_is_used_can_be_given_back() -> None:
    back = {
        asked: int(subprocess.run([sys.executable, "-c", GAPS, asked], check=True, capture_output=True).stdout)
        for asked in ("give", "keep")
    }
    assert back["give"] > 4000
    assert back["keep"] < 100


def test_memory_is_kept_from_frame_to_frame_and_given_back_after_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(heap, "keep_freed_memory", lambda: done.append("kept"))
    monkeypatch.setattr(heap, "give_back_freed_memory", lambda: done.append("given back"))
    frames = with_heap_trimming(iter(range(5)), every=2)
    while (frame := next(frames, None)) is not None:
        done.append(f"frame {frame}")
    assert done == ["kept", "frame 0", "frame 1", "given back", "frame 2", "frame 3", "given back", "frame 4"]


@pytest.mark.parametrize("ask", [share_one_heap, keep_freed_memory, give_back_freed_memory])
def test_a_c_library_without_heaps_is_left_alone(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], None]) -> None:
    asked: list[None] = []

    class Library:
        def __init__(self, name: None) -> None:
            asked.append(name)

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", Library)
    ask()
    assert set(asked) == {None}


@pytest.mark.parametrize("ask", [share_one_heap, keep_freed_memory, give_back_freed_memory])
def test_elsewhere_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], None]) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", None)
    ask()
