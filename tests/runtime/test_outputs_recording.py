"""Recording for a year: files added to in whole lines, a full disk survived, and a video at the right speed."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.errors import OutputError, UsageError
from digitreader.outputs.elsewhere import Reading as Run
from digitreader.outputs.elsewhere import open_places
from digitreader.outputs.enduring import EnduringSink
from digitreader.outputs.keeping import is_nearly_full
from digitreader.outputs.opening import closed_at_the_end
from digitreader.outputs.recording import RecordFile
from digitreader.outputs.settings import OutputSettings, Place
from digitreader.outputs.sink import Sink
from digitreader.outputs.video import VideoSink, fit
from digitreader.outputs.window import WindowSink
from digitreader.values import Box, ColourImage, Frame, Line, Page, Reading

IMAGE = np.full((480, 640, 3), 220, np.uint8)


def page(text: str = "12", frame: int = 0) -> Page:
    readings = tuple(Reading(Box(20 + 120 * place, 50, 80, 100), int(digit), 0.9) for place, digit in enumerate(text))
    return Page("demo", frame, frame / 25, (Line(readings),) if readings else ())


def frame(index: int = 0, time_s: float | None = None) -> Frame:
    return Frame(IMAGE, "demo", index, index / 25 if time_s is None else time_s)


def opened(*places: Place) -> list[Sink]:
    return open_places(OutputSettings(places, name="desk"), Run(inputs=(), named=False, expecting=False))


def run_through(sinks: list[Sink], *texts: str) -> None:
    with closed_at_the_end(sinks, 10):
        for number, text in enumerate(texts):
            for sink in sinks:
                sink.frame(page(text, number), frame(number))
                sink.change(page(text, number), frame(number))


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
        "from digitreader.outputs.recording import RecordFile\n"
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
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert all("No space left on device" in line and "reading goes on" in line for line in said)


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
    enduring = EnduringSink(sink, "place")
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
    table.close(0)
    assert capsys.readouterr().err.count("\n") == 1


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


def test_a_single_picture_that_cannot_be_saved_ends_the_run() -> None:
    with pytest.raises(OutputError):
        EnduringSink(opened(Place("jsonl", "/dev/full"))[0], "place").picture(page(), frame())


def shown(path: Path) -> list[ColourImage]:
    capture = cv2.VideoCapture(str(path))
    frames: list[ColourImage] = []
    while (got := capture.read())[0]:
        frames.append(np.asarray(got[1], np.uint8))
    capture.release()
    return frames


def test_pictures_of_a_stream_have_one_size_however_small_the_digits_are(tmp_path: Path) -> None:
    tiny = Page("demo", 1, 0.04, (Line((Reading(Box(5, 5, 4, 6), 1, 0.9),)),) * 4)
    sink = VideoSink(tmp_path / "clip.avi")
    for number, shown_page in enumerate((Page("demo"), tiny)):
        sink.frame(shown_page, frame(number))
    sink.close(0)
    first, second = shown(tmp_path / "clip.avi")
    assert np.median(np.abs(first[300:470].astype(int) - second[300:470])) < 3  # the paper is where it was


@pytest.mark.parametrize("suffix", [".avi", ".mp4", ".AVI"])
def test_a_video_shows_every_frame_with_its_digits(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"clip{suffix}"
    run_through(opened(Place("video", str(path))), *["12"] * 10)
    frames = shown(path)
    assert len(frames) == 10
    assert frames[0].shape[1] == 640
    assert np.abs(frames[0][:480].astype(int) - 220).max() > 60  # the boxes


@pytest.mark.parametrize(
    ("times_s", "count"), [([0, 0.5, 1.0], 26), ([0, 0.001, 0.002, 0.003], 1), ([0, 3600.0], 26), ([5.0, 5.04, 0.0], 2)]
)
def test_a_video_runs_as_fast_as_it_happened(times_s: list[float], count: int, tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "clip.avi")
    for number, time_s in enumerate(times_s):
        sink.frame(page(), frame(number, time_s))
    sink.close(0)
    assert len(shown(tmp_path / "clip.avi")) == count


def test_pictures_of_other_sizes_fit_into_the_video_undistorted() -> None:
    fitted = fit(np.full((100, 50, 3), 255, np.uint8), (60, 50))
    assert fitted.shape == (50, 60, 3)
    assert (fitted[:, :25] == 255).all()
    assert not fitted[:, 25:].any()


def test_a_video_stops_before_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 # as shutil has it
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(1 << 30, 1 << 30, 1 << 20))
    sink = VideoSink(tmp_path / "clip.avi")
    with pytest.raises(OutputError, match="make room"):
        sink.frame(page(), frame())
    assert not (tmp_path / "clip.avi").exists()


def test_opencv_says_nothing_itself_of_a_disk_that_is_full_in_the_middle_of_a_video(tmp_path: Path) -> None:
    code = (
        "import resource, sys\n"
        "import numpy as np\n"
        "from pathlib import Path\n"
        "from digitreader.outputs.video import VideoSink\n"
        "from digitreader.values import Frame, Page\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))\n"
        "sink, noise = VideoSink(Path(sys.argv[1])), np.random.default_rng(0)\n"
        "for number in range(30):\n"
        "    image = noise.integers(0, 255, (480, 640, 3), np.uint8)\n"
        "    sink.frame(Page('demo', number), Frame(image, 'demo', number, number / 25))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "a.avi"], capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.parametrize(("source", "left"), [("0", ["a.1.avi", "a.2.avi", "a.avi"]), ("clip.mp4", ["a.avi"])])
def test_what_a_camera_showed_before_a_restart_is_kept(source: str, left: list[str], tmp_path: Path) -> None:
    for _ in range(3):
        sink = VideoSink(tmp_path / "a.avi")
        sink.frame(page(), Frame(IMAGE, source))
        sink.close(0)
    assert sorted(path.name for path in tmp_path.iterdir()) == left


def test_another_kind_of_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.avi or \.mp4"):
        VideoSink(tmp_path / "clip.gif")


def test_the_video_that_is_read_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="is being read"):
        VideoSink(path, inputs=[str(path)])
    assert path.read_bytes() == b"mine"


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


def test_a_record_file_without_anything_new_is_left_as_it_is(tmp_path: Path) -> None:
    with RecordFile(tmp_path / "out") as file:
        file.flush()
        was_new = file.is_new
        file.write("1\n")
        file.flush()
        assert (was_new, file.is_new) == (True, False)
    assert (tmp_path / "out").read_text() == "1\n"


def put_lines(file: RecordFile, *lines: str) -> None:
    for line in lines:
        file.write(f"{line}\n")
        file.flush()


def test_a_year_of_lines_takes_no_more_than_what_is_kept_and_the_newest_are_there(tmp_path: Path) -> None:
    path, before = tmp_path / "log.jsonl", tmp_path / "log.1.jsonl"
    with RecordFile(path, keep_bytes=200) as file:
        for number in range(1000):
            put_lines(file, f"line-{number:04d}")
            assert path.stat().st_size + (before.stat().st_size if before.exists() else 0) <= 200
    kept = (before.read_text() + path.read_text()).split()
    assert kept == [f"line-{number:04d}" for number in range(1000 - len(kept), 1000)]
    assert len(kept) >= 10
    assert len(list(tmp_path.iterdir())) == 2


def test_without_a_limit_everything_is_kept(tmp_path: Path) -> None:
    with RecordFile(tmp_path / "log") as file:
        put_lines(file, *map(str, range(1000)))
    assert len((tmp_path / "log").read_text().split()) == 1000


def test_a_line_longer_than_what_is_kept_is_whole(tmp_path: Path) -> None:
    (tmp_path / "log.1").write_text("before")
    with RecordFile(tmp_path / "log", keep_bytes=10) as file:
        put_lines(file, "a" * 50)
        assert (tmp_path / "log.1").read_text() == "before"  # nothing has taken its place
        put_lines(file, "b" * 50)
    assert (tmp_path / "log").read_text() == "b" * 50 + "\n"


def test_each_part_of_a_table_has_its_header_once(tmp_path: Path) -> None:
    for _ in range(2):  # the second run finds a part of the first
        sinks = open_places(
            OutputSettings((Place("csv", str(tmp_path / "a.csv")),), keep_bytes=600),
            Run(inputs=(), named=False, expecting=False),
        )
        run_through(sinks, *["7"] * 20)
    for part in ("a.csv", "a.1.csv"):
        lines = (tmp_path / part).read_text().splitlines()
        assert lines[0].startswith("source,frame,line")
        assert len(lines) > 3
        assert all(line.startswith("demo,") for line in lines[1:])


def test_after_a_power_cut_in_the_middle_of_a_line_the_next_line_is_whole(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('1\n{"hal')
    with RecordFile(tmp_path / "log") as file:
        put_lines(file, "2", "3")
    assert (tmp_path / "log").read_text().splitlines() == ["1", '{"hal', "2", "3"]


def test_two_readers_of_one_file_are_told_and_both_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with RecordFile(tmp_path / "log") as one:
        assert capsys.readouterr().err == ""
        with RecordFile(tmp_path / "log") as other:
            put_lines(one, "1")
            put_lines(other, "2")
    assert "give each reader a file of its own" in capsys.readouterr().err
    assert (tmp_path / "log").read_text() == "1\n2\n"
    with RecordFile(tmp_path / "log"):  # both have ended
        assert capsys.readouterr().err == ""


def test_a_pipe_that_nobody_reads_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="start its reader first"):
        RecordFile(tmp_path / "pipe")


def test_a_pipe_that_is_read_gets_every_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with RecordFile(tmp_path / "pipe") as file:
        put_lines(file, "1", "2")
    assert os.read(reader, 100) == b"1\n2\n"
    os.close(reader)


def test_a_file_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="named twice"):
        opened(Place("events", str(tmp_path / "log")), Place("csv", str(tmp_path / "sub" / ".." / "log")))


def test_a_picture_that_is_read_is_not_added_to(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="is being read"):
        open_places(
            OutputSettings((Place("events", str(path)),)), Run(inputs=(str(path),), named=False, expecting=False)
        )
    assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("emptied", [False, True])
def test_a_file_that_logrotate_moves_or_empties_is_gone_on_with(emptied: bool, tmp_path: Path) -> None:
    path, moved = tmp_path / "log.csv", tmp_path / "log.csv.7"
    with RecordFile(path, headed=True) as file:
        put_lines(file, "head", "1")
        if emptied:
            os.truncate(path, 0)
        else:
            path.rename(moved)
        put_lines(file, "2", "3")
    assert path.read_text() == "head\n2\n3\n"
    assert emptied or moved.read_text() == "head\n1\n"


def test_the_last_of_the_disk_is_left_to_the_rest_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = {"blocks": 1 << 14}
    monkeypatch.setattr("os.fstatvfs", lambda _: disk(1 << 20, free["blocks"]))
    with RecordFile(tmp_path / "log") as file:
        put_lines(file, "1")
        free["blocks"] -= 1
        with pytest.raises(OutputError, match="nearly full; make room"):
            put_lines(file, "2")
        free["blocks"] += 1
        put_lines(file, "3")
    assert (tmp_path / "log").read_text() == "1\n3\n"


@pytest.mark.parametrize(
    ("total", "free", "full"),
    [
        (1 << 40, (64 << 20) - 1, True),
        (1 << 40, 64 << 20, False),
        (10 << 20, 1 << 20, False),
        (10 << 20, 1 << 18, True),
        (0, 0, False),
    ],
)
def test_a_small_disk_need_not_have_as_much_free(total: int, free: int, full: bool) -> None:
    assert is_nearly_full(total, free) is full


def disk(blocks: int, free: int) -> os.statvfs_result:
    """A disk of blocks of 4 KiB."""
    return os.statvfs_result((4096, 4096, blocks, free, free, 1, 1, 1, 0, 255))


def test_a_video_takes_no_more_than_what_is_kept_and_both_parts_can_be_played(tmp_path: Path) -> None:
    path, before = tmp_path / "clip.avi", tmp_path / "clip.1.avi"
    noise = np.random.default_rng(1)
    for _ in range(2):  # the second run keeps a part of the first
        sink = VideoSink(path, keep_bytes=4 << 20)
        for number in range(60):
            busy = noise.integers(0, 255, (480, 640, 3), np.uint8)
            sink.frame(page(), Frame(busy, "demo", number, number / 25))
        sink.close(0)
    assert path.stat().st_size + before.stat().st_size < (4 << 20) + (1 << 20)  # a picture more, and FFmpeg's buffer
    assert min(len(shown(path)), len(shown(before))) > 3
    assert len(list(tmp_path.iterdir())) == 2
