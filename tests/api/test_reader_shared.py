"""One reader for many threads and processes: all of them give the same pages."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import pytest

import digitreader
from digitreader.host.native_stderr import native_stderr_muted
from digitreader.values import ColourImage


def forms(paper: ColourImage, png: Path) -> list[Any]:
    return [png, str(png), png.read_bytes(), paper, paper[:, :, 0], paper.astype(np.float32) / 255]


def test_eight_threads_share_a_reader(reader: digitreader.Reader, paper: ColourImage, png: Path) -> None:
    given = forms(paper, png)
    expected = reader.read(given)
    together = threading.Barrier(8)

    def work(_: int) -> list[digitreader.Page]:
        together.wait()
        return [page for _ in range(3) for page in reader.read(given)]

    with ThreadPoolExecutor(8) as threads:
        for pages in threads.map(work, range(8)):
            assert pages == expected * 3


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_four_processes_share_a_reader(
    method: Literal["spawn", "fork"], reader: digitreader.Reader, paper: ColourImage, png: Path
) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    given = forms(paper, png)
    expected = reader.read(given)  # so that the reader has its model, and OpenCV its threads, before the fork
    with warnings.catch_warnings():
        # Python warns of any fork of a program that has threads, as this one has of OpenCV and BLAS
        warnings.simplefilter("ignore", DeprecationWarning)
        with ProcessPoolExecutor(4, multiprocessing.get_context(method)) as processes:
            pages = list(processes.map(reader.read, [given] * 4))
    assert pages == [expected] * 4


def test_a_reader_is_pickled_as_its_settings(png: Path) -> None:
    with digitreader.Reader("tiny", expect="digits=3", region=(0, 0, 640, 240), on_error="record") as reader:
        stored = pickle.dumps(reader)
        assert len(stored) < 1000
        read = pickle.loads(stored)  # noqa: S301 # of this test's own
        assert read.settings == reader.settings
        assert read.read(png) == reader.read(png)
        assert read.read("nowhere.jpg").error


def test_a_page_is_pickled_with_its_picture(reader: digitreader.Reader, paper: ColourImage, png: Path) -> None:
    for given in (paper, png, png.read_bytes()):
        page = reader.read(given)
        stored = pickle.loads(pickle.dumps(page))  # noqa: S301 # of this test's own
        assert stored == page
        assert np.array_equal(stored.annotate(), page.annotate())


def test_two_streams_in_turn_do_not_disturb_each_other(reader: digitreader.Reader, paper: ColourImage) -> None:
    upper, lower = paper.copy(), paper.copy()
    upper[240:], lower[:240] = upper[:1], lower[-1:]
    first, second = (reader.follow([picture] * 12, fps=30, every_frame=True) for picture in (upper, lower))
    pages = [(next(first), next(second)) for _ in range(12)]
    assert {(a.text, b.text) for a, b in pages} == {(reader.read(upper).text, reader.read(lower).text)}


def test_threads_that_mute_native_messages_give_them_back() -> None:
    code = (
        "import os, threading\n"
        "from digitreader.host.native_stderr import native_stderr_muted\n"
        "def work():\n"
        "    for _ in range(200):\n"
        "        with native_stderr_muted(): os.write(2, b'muted')\n"
        "threads = [threading.Thread(target=work) for _ in range(8)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "os.write(2, b'heard')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "heard"


def test_a_fork_while_messages_are_muted_hears_them_again() -> None:
    code = (
        "import os\n"
        "from digitreader.host.native_stderr import native_stderr_muted\n"
        "with native_stderr_muted():\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        os.write(2, b'heard')\n"
        "        os._exit(0)\n"
        "    os.waitpid(child, 0)\n"
        "    os.write(2, b'muted')\n"
    )
    if not hasattr(os, "fork"):
        pytest.skip("this system has no fork")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "heard"


def test_a_damaged_picture_is_refused_in_many_threads_at_once(reader: digitreader.Reader, png: Path) -> None:
    damaged = png.read_bytes()[:-200]

    def work(_: int) -> str:
        with pytest.raises(digitreader.DigitReaderError) as refused:
            reader.read(damaged)
        return str(refused.value)

    with ThreadPoolExecutor(8) as threads, native_stderr_muted():
        assert set(threads.map(work, range(32))) == {"bytes: is damaged or cut short; save or copy this picture again"}
    assert cv2.getNumThreads() >= 1
