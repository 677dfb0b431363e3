"""Videos: every frame with its digits, at the right speed, never larger than what is kept."""

from __future__ import annotations

import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.errors import OutputError, UsageError
from digitreader.output.settings import Place
from digitreader.output.video import VideoSink, fit
from digitreader.values import Box, ColourImage, Frame, Line, Page, Reading

from .recorded import IMAGE, frame, opened, page, run_through


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
    ("times_s", "count"), [([0, 0.5, 1.0], 31), ([0, 0.001, 0.002, 0.003], 1), ([0, 3600.0], 31), ([5.0, 5.03, 0.0], 2)]
)
def test_a_cameras_video_runs_as_fast_as_it_happened(times_s: list[float], count: int, tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "clip.avi")
    for number, time_s in enumerate(times_s):
        sink.frame(page(), Frame(IMAGE, "0", number, time_s))
    sink.close(0)
    assert len(shown(tmp_path / "clip.avi")) == count


@pytest.mark.parametrize("suffix", [".avi", ".mp4"])
@pytest.mark.parametrize("rate", [12.5, 24, 25, 30000 / 1001, 59.94, 119.88, 240])
def test_a_video_is_recorded_frame_by_frame_at_its_own_rate(rate: float, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"clip{suffix}"
    sink = VideoSink(path)
    for number in range(20):
        sink.frame(page(), Frame(IMAGE, "a.mp4", number, number / rate))
    sink.close(0)
    assert len(shown(path)) == 20
    assert cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FPS) == pytest.approx(rate, rel=0.002)


@pytest.mark.parametrize(("gap_s", "count"), [(0.5, 6), (0.001, 1)])
def test_videos_with_very_few_or_very_many_frames_a_second_last_as_long(
    gap_s: float, count: int, tmp_path: Path
) -> None:
    sink = VideoSink(tmp_path / "clip.avi")
    for number in range(2):
        sink.frame(page(), Frame(IMAGE, "a.mp4", number, number * gap_s))
    sink.close(0)
    assert len(shown(tmp_path / "clip.avi")) == count


def test_a_video_of_one_frame_has_it(tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "clip.avi")
    sink.frame(page(), frame())
    sink.close(0)
    assert len(shown(tmp_path / "clip.avi")) == 1


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
        "from digitreader.output.video import VideoSink\n"
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
    with pytest.raises(OutputError, match="this run reads the file"):
        VideoSink(path, inputs=[str(path)])
    assert path.read_bytes() == b"mine"


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


def test_a_video_that_opencv_cannot_make_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused:
        def isOpened(self) -> bool:  # noqa: N802 # OpenCV's name
            return False

    class Writer:
        fourcc = staticmethod(cv2.VideoWriter.fourcc)

        def __new__(cls, *_: object) -> Refused:  # type: ignore[misc]
            return Refused()

    monkeypatch.setattr(cv2, "VideoWriter", Writer)
    sink = VideoSink(tmp_path / "clip.avi")
    sink.frame(page(), frame(0))
    with pytest.raises(OutputError, match=r"clip\.avi: cannot be made; choose another place or another of \.avi"):
        sink.frame(page(), frame(1))
