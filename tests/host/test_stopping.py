"""Signals that end a run, and those that do not."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from digitreader.host.process import SIGNALS, Terminated, termination_raised

CODE = """
import os, signal, sys
from digitreader.host.process import Terminated, termination_raised
number = int(sys.argv[1])
signal.signal(number, signal.SIG_IGN if "ignored" in sys.argv else signal.SIG_DFL)  # whatever nohup has set
before = signal.getsignal(number)
try:
    with termination_raised():
        os.kill(os.getpid(), number)
        print("went on")
except Terminated as end:
    print("ended with", end.exit_status)
print(signal.getsignal(number) == before)
"""


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (signal.SIGTERM, (), "ended with 143"),
        (signal.SIGHUP, (), "ended with 129"),
        (signal.SIGHUP, ("ignored",), "went on"),
    ],
)
def test_a_signal_ends_the_block_unless_it_was_ignored_before(
    number: signal.Signals, words: tuple[str, ...], said: str
) -> None:
    command = [sys.executable, "-c", CODE, str(int(number)), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [said, "True"]


def test_a_second_signal_ends_the_process() -> None:
    code = (
        "import os, signal\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        "from digitreader.host.process import Terminated, termination_raised\n"
        "with termination_raised():\n"
        "    try: os.kill(os.getpid(), signal.SIGHUP)\n"
        "    except Terminated: os.kill(os.getpid(), signal.SIGTERM)\n"
        "    print('went on')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "")


def test_a_request_to_end_is_raised_once_and_the_next_one_ends_the_process() -> None:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    within: dict[int, object] = {}

    def end() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the program ignores this one from now on
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            within.update({number: signal.getsignal(number) for number in SIGNALS})

    with pytest.raises(Terminated) as ended, termination_raised():
        end()
    assert ended.value.exit_status == 143
    assert within == {signal.SIGTERM: signal.SIG_DFL, signal.SIGHUP: signal.SIG_IGN}
    assert {number: signal.getsignal(number) for number in SIGNALS} == before
