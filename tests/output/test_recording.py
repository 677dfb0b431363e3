"""Recording in several places: all are told the same, a full disk is survived, and a window is closed."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from digitreader.errors import OutputError
from digitreader.output.event import NUMBER, Event
from digitreader.output.full_disk import EventRecorder, FaultTolerantSink
from digitreader.output.rotating_file import RecordFile
from digitreader.output.settings import Place
from digitreader.output.sink import Sink
from digitreader.output.window import WindowSink
from digitreader.values import Frame, Page

from .recorded import disk, frame, opened, page, run_through


def test_every_place_is_told_the_same(tmp_path: Path) -> None:
    names = ("text", "jsonl", "csv", "events")
    run_through(opened(*(Place(name, str(tmp_path / "deep" / name)) for name in names)), "12", "34")
    files = {name: (tmp_path / "deep" / name).read_text().splitlines() for name in names}
    assert files["text"] == ["12", "34"]
    assert [json.loads(line)["text"] for line in files["jsonl"]] == ["12", "34"]
    assert [row.split(",")[4] for row in files["csv"]] == ["digit", "1", "2", "3", "4"]
    assert [(json.loads(line)["event"], json.loads(line)["text"]) for line in files["events"]] == [
        ("number", "12"),
        ("number", "34"),
    ]


def test_an_event_has_the_same_id_in_every_place(tmp_path: Path) -> None:
    run_through(opened(*(Place("events", str(tmp_path / name)) for name in "ab")), "12", "34")
    first, second = ((tmp_path / name).read_text() for name in "ab")
    assert first == second
    assert len({json.loads(line)["id"] for line in first.splitlines()}) == 2


def test_a_later_run_adds_to_the_file_and_the_header_stays_one(tmp_path: Path) -> None:
    for _ in range(2):
        run_through(opened(Place("csv", str(tmp_path / "a.csv"))), "7")
    assert (tmp_path / "a.csv").read_text().count("source,frame") == 1
    assert (tmp_path / "a.csv").read_text().count("demo,0,0,0,7") == 2


def test_where_one_place_is_refused_the_others_are_closed(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with pytest.raises(OutputError):
        opened(Place("text", str(tmp_path / "a")), Place("text", str(tmp_path / "a" / "b")))
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


@pytest.mark.parametrize("kind", ["text", "jsonl", "csv", "events"])
def test_a_place_that_cannot_be_made_is_refused_at_the_start(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="choose another file"):
        opened(Place(kind, str(tmp_path / "file" / "below")))


def test_a_disk_that_is_full_in_the_middle_of_a_line_leaves_whole_lines_and_is_recovered_from(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from digitreader.output.rotating_file import RecordFile\n"
        "from digitreader.errors import OutputError\n"
        "file = RecordFile(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (25, resource.RLIM_INFINITY))\n"
        "for number in range(6):\n"
        "    if number == 4: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\n"
        "    try: file.write(f'line-{number}---\\n'); file.flush()\n"
        "    except OutputError as error: print(error)\n"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    path = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert path.read_text().splitlines() == ["line-0---", "line-1---", "line-4---", "line-5---"]
    assert done.stdout.count("make room") == 2


def test_a_full_disk_is_said_once_and_reading_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    run_through(opened(Place("jsonl", "/dev/full"), Place("events", "/dev/full")), "1", "2", "3")
    said = sorted(capsys.readouterr().err.splitlines())
    assert said[:2] == [f"digitreader: error: /dev/full: 3 {what}are missing" for what in ("", "events ")]
    assert len(said) == 4
    assert all("No space left on device" in line and "reading goes on" in line for line in said[2:])


def event(number: int) -> Event:
    return Event(NUMBER, f"run-{number}", "desk", "2026-01-01T00:00:00.000Z", "demo", text=str(number))


class Disk:
    """The kernel's answers about a disk that is full, or not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        self.now_s = 0.0
        monkeypatch.setattr("os.fstatvfs", lambda _: disk(1 << 20, 0 if self.full else 1 << 20))

    def recorder(self, path: Path, *, bound: int = 10) -> EventRecorder:
        return EventRecorder(RecordFile(path), str(path), bound=bound, clock=lambda: self.now_s)


def texts(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text().splitlines()]


def test_events_wait_for_room_on_a_full_disk_and_none_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state, path = Disk(monkeypatch), tmp_path / "events.jsonl"
    recorder = state.recorder(path)
    recorder.take(event(0))
    state.full = True
    for number in (1, 2):
        recorder.take(event(number))
    assert recorder.missed == 2
    state.full = False
    recorder.take(event(3))
    assert texts(path) == ["0", "1", "2", "3"]
    recorder.close(0)
    assert recorder.missed == 0
    first, last = capsys.readouterr().err.splitlines()
    assert "nearly full" in first
    assert first.endswith("reading goes on, and events wait until they can be written")
    assert last == f"digitreader: {path}: works again"


def test_events_that_wait_are_written_without_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, path = Disk(monkeypatch), tmp_path / "events.jsonl"
    recorder = state.recorder(path)
    state.full = True
    recorder.take(event(1))
    state.full = False
    recorder.frame_read()
    assert texts(path) == []  # not with every frame
    state.now_s = 60.0
    recorder.frame_read()
    assert texts(path) == ["1"]
    recorder.close(0)


def test_of_too_many_waiting_events_the_oldest_are_lost_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state, path = Disk(monkeypatch), tmp_path / "events.jsonl"
    recorder = state.recorder(path, bound=2)
    state.full = True
    for number in range(5):
        recorder.take(event(number))
    state.full = False
    recorder.close(0)
    assert texts(path) == ["3", "4"]
    assert recorder.missed == 3
    said = capsys.readouterr().err
    assert f"{path}: works again; 3 events are lost" in said
    assert f"{path}: 3 events are missing" in said


class Breaking(Sink):
    """Fails where it is told to."""

    broken = False

    def change(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        if self.broken:
            raise OutputError("place: the disk is full; make room")


def test_that_it_works_again_is_said_with_what_is_missing_and_only_once_it_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sink = Breaking()
    enduring = FaultTolerantSink(sink, "place")
    sink.broken = True
    for number in range(3):
        enduring.change(page(), frame(number))
        enduring.frame(page(), frame(number))
    sink.broken = False
    enduring.frame(page(), frame())
    assert "works again" not in capsys.readouterr().err
    enduring.change(page(), frame())
    enduring.change(page(), frame())
    assert capsys.readouterr().err == "digitreader: place: works again; 3 are missing\n"


def test_frames_with_nothing_to_write_say_nothing_about_a_full_disk(capsys: pytest.CaptureFixture[str]) -> None:
    (table,) = opened(Place("csv", "/dev/full"))
    for text in ("1", "", "2", ""):
        table.frame(page(text), frame())
    assert capsys.readouterr().err.count("\n") == 1
    table.close(0)


def test_a_table_on_a_full_disk_has_its_header_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = {"blocks": 0}
    monkeypatch.setattr("os.fstatvfs", lambda _: disk(1 << 20, free["blocks"]))
    (table,) = opened(Place("csv", str(tmp_path / "a.csv")))
    table.frame(page("1"), frame())
    free["blocks"] = 1 << 20
    for text in ("", "2"):
        table.frame(page(text), frame())
    table.close(0)
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["source", "demo"]
    assert table.missed == 1


def test_a_picture_that_one_place_cannot_take_is_told_to_the_others(tmp_path: Path) -> None:
    sinks = opened(Place("jsonl", "/dev/full"), Place("text", str(tmp_path / "a.txt")))
    for _ in range(2):
        for sink in sinks:
            sink.picture(page("12"), frame())
    assert (tmp_path / "a.txt").read_text() == "12\n12\n"
    assert [sink.missed for sink in sinks] == [2, 0]
    for sink in sinks:
        sink.close(0)


def test_without_a_desktop_the_window_says_in_one_line_what_to_do() -> None:
    with pytest.raises(OutputError, match="no desktop") as caught:
        WindowSink(has_display=False)
    message = str(caught.value)
    assert "\n" not in message
    assert "--output video:" in message


def test_an_opencv_without_windows_says_in_one_line_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise cv2.error("The function is not implemented. Rebuild the library with Windows, GTK+ 2.x or Cocoa support.")

    monkeypatch.setattr("cv2.namedWindow", refuse)
    with pytest.raises(OutputError, match="pip install opencv-python==") as caught:
        WindowSink(has_display=True)
    assert "\n" not in str(caught.value)


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, float], WindowSink]:
    """A window in which a key is pressed, or that is closed; OpenCV's own functions are stood in for."""

    def make(key: int, visible: float) -> WindowSink:
        for name in ("namedWindow", "imshow", "resizeWindow", "destroyAllWindows"):
            monkeypatch.setattr(f"cv2.{name}", lambda *_: None)
        monkeypatch.setattr("cv2.waitKey", lambda _: key)
        monkeypatch.setattr("cv2.getWindowProperty", lambda *_: visible)
        return WindowSink(has_display=True)

    return make


@pytest.mark.parametrize(("key", "visible"), [(ord("q"), 1.0), (27, 1.0), (-1, 0.0)])
def test_q_escape_and_closing_the_window_end_the_run(
    key: int, visible: float, window: Callable[[int, float], WindowSink]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        window(key, visible).frame(page(), frame())


def test_another_key_changes_nothing(window: Callable[[int, float], WindowSink]) -> None:
    window(ord("x"), 1.0).frame(page(), frame())
