"""Plays the demo camera into /dev/video1, from which /dev/video0 takes it, and writes down what is to be seen when.

It first measures how long one frame takes here, and shows each sheet for so long that some are read of it: an emulated
processor may take seconds for what a real one does in milliseconds. Each line of /run/truth.jsonl is a sheet that lay
still: what is written on it, from when and to when.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import time
from collections.abc import Iterator
from pathlib import Path

from digitreader.drawing import DemoCamera, DemoSettings
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from tools.machine.guest.v4l2 import CAPTURE, OUTPUT, Node, Output, wait_for

PACE, TRUTH = Path("/run/pace.json"), Path("/run/truth.jsonl")
AWAY_S = 4.0
"""How long the camera stays away after it was disconnected."""
RATE, SEED = 30.0, 7
FRAMES_A_SHEET = 10
"""So many frames are read of a sheet while it lies still, where frames are read one after another."""


@dataclasses.dataclass(frozen=True, slots=True)
class Pace:
    """How fast this machine is, and what follows.

    Attributes:
        frame_s: seconds to read one frame.
        held_s: how long a sheet lies still.
        away_s: how long the desk is empty.
        rate: frames a second that are shown.
    """

    frame_s: float
    held_s: float
    away_s: float
    rate: float


def measure() -> Pace:
    """Read a frame of the demo twice, and choose by the second."""
    reader = FrameReader(load_model("accurate"))
    frame = next(DemoCamera(seed=SEED).frames()).frame
    reader.read(frame)
    began = time.monotonic()
    reader.read(frame)
    frame_s = time.monotonic() - began
    held_s, away_s = max(1.5, FRAMES_A_SHEET * frame_s), max(1.0, 2.5 * frame_s)
    return Pace(frame_s, held_s, away_s, rate=min(RATE, 45 / held_s))


def frames(pace: Pace) -> Iterator[tuple[bytes, str]]:
    """The demo's frames and what lies still in them, one line of digits a sheet."""
    settings = DemoSettings(
        lines=(1, 1),
        groups=0.0,
        pens=("felt", "gel", "marker"),
        papers=("white",),
        folds=0.0,
        tilt_deg=2.0,
        perspective_deg=6.0,
        held_s=pace.held_s,
        away_s=pace.away_s,
        moving_s=max(0.3, 1.5 / pace.rate),
        blank_sheets=0.0,
    )
    for shown in DemoCamera(seed=SEED, fps=pace.rate, settings=settings).frames():
        yield shown.frame.image.tobytes(), "" if shown.moving else shown.truth


class Sheets:
    """Writes down each sheet when it is taken away."""

    def __init__(self) -> None:
        self.text, self.since = "", 0.0

    def see(self, text: str) -> None:
        """A frame that shows this was just shown."""
        now = time.time()
        if text != self.text:
            if self.text:
                line = {"text": self.text, "from": self.since, "to": now}
                with TRUTH.open("a") as file:
                    file.write(json.dumps(line) + "\n")
            self.text, self.since = text, now


def connect() -> tuple[Node, Output]:
    """Open and set up both nodes, as soon as they are there."""
    while True:
        wait_for("/dev/video1")
        with contextlib.suppress(OSError):
            node = Node("/dev/video1")
            try:
                return _set_up(node)
            except OSError:
                node.__exit__()
        time.sleep(0.2)


def _set_up(node: Node) -> tuple[Node, Output]:
    node.set_form(OUTPUT)
    with Node("/dev/video0") as camera:
        # while the reader has its buffers, its form stays as it is
        with contextlib.suppress(OSError):
            camera.set_form(CAPTURE)
        camera.set_control("Loop Video", 1)
        camera.set_control("OSD Text Mode", 2)
    return node, Output(node)


def main() -> None:
    """Play without end; connect again when the camera was disconnected."""
    pace = measure()
    sheets, film = Sheets(), frames(pace)
    node, output = connect()
    # the reader may begin: the camera has its form
    PACE.write_text(json.dumps(dataclasses.asdict(pace)))
    due = time.monotonic()
    while True:
        content, text = next(film)
        due = max(due + 1 / pace.rate, time.monotonic() - 1 / pace.rate)
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            output.show(content)
        except OSError as error:
            print(f"player: {errno.errorcode.get(error.errno or 0, error.errno)}, connecting again", flush=True)
            # vivid comes back when the last who has it open lets go
            time.sleep(AWAY_S)
            output.close()
            node.__exit__()
            node, output = connect()
        sheets.see(text)


if __name__ == "__main__":
    main()
