"""Video files: every whole frame once, and an honest error where one breaks off."""

from __future__ import annotations

import functools
import os
import struct
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest

from digitreader.camera import open_source
from digitreader.camera.capture import Capture, FilmClock
from digitreader.camera.image_header import frame_size_wh, is_video
from digitreader.camera.webcam import open_stream
from digitreader.errors import SourceError
from digitreader.values import ColourImage, Frame

FRAMES = 12
FPS = 20.0


def drawn(index: int) -> ColourImage:
    """A noisy frame, so that compression leaves some bytes, as bright as its index says."""
    noise = np.random.default_rng(index).integers(0, 40, (96, 128, 3), dtype=np.uint8)
    return noise + np.uint8(10 * index)


def record(path: Path, fourcc: str = "MJPG") -> bytes:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*fourcc), FPS, (128, 96))
    for index in range(FRAMES):
        writer.write(drawn(index))
    writer.release()
    return path.read_bytes()


def frames_before_the_error(path: Path, message: str) -> list[Frame]:
    frames: list[Frame] = []

    def read() -> Iterator[Frame]:
        with open_source(str(path)) as source:
            yield from source.frames()

    with pytest.raises(SourceError, match=message):
        frames.extend(read_into(frames, read()))
    return frames


def read_into(kept: list[Frame], frames: Iterator[Frame]) -> list[Frame]:
    for frame in frames:
        kept.append(frame)  # noqa: PERF402 - an error on the way must leave what came before it
    return []


@pytest.mark.parametrize(("suffix", "fourcc"), [(".avi", "MJPG"), (".mp4", "mp4v"), (".mkv", "mp4v"), (".mov", "mp4v")])
def test_a_video_gives_each_frame_once_in_order(suffix: str, fourcc: str, tmp_path: Path) -> None:
    path = tmp_path / f"clip{suffix}"
    record(path, fourcc)
    with open_source(str(path)) as source:
        frames = list(source.frames())
        assert (source.live, source.frame_count, source.name) == (True, FRAMES, str(path))
    assert [frame.index for frame in frames] == list(range(FRAMES))
    assert all(after.image.mean() > before.image.mean() for before, after in pairwise(frames))


def test_frames_carry_the_times_that_the_video_gives_them(tmp_path: Path) -> None:
    record(tmp_path / "clip.avi")
    with open_source(str(tmp_path / "clip.avi")) as source:
        times = [frame.time_s for frame in source.frames()]
    np.testing.assert_allclose(times, np.arange(FRAMES) / FPS, atol=1e-3)


@pytest.mark.parametrize(("suffix", "fourcc"), [(".avi", "MJPG"), (".mkv", "mp4v")])
def test_a_video_that_ends_mid_frame_gives_the_frames_before_and_then_an_error(
    suffix: str, fourcc: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"cut{suffix}"
    data = record(path, fourcc)
    path.write_bytes(data[: len(data) // 2])
    frames = frames_before_the_error(path, rf"cut{suffix}: ends too early, after \d+ (of 12 )?frames; copy it again")
    assert 3 <= len(frames) < FRAMES
    np.testing.assert_allclose(frames[-1].image.mean(), drawn(frames[-1].index).mean(), atol=3)  # it is whole
    assert capfd.readouterr().err == ""


def test_an_mp4_whose_table_at_the_end_is_missing_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    data = record(path, "mp4v")
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceError, match="its table of frames is missing"):
        open_source(str(path))


def test_a_damaged_frame_is_left_out_and_told_of(tmp_path: Path) -> None:
    path = tmp_path / "damaged.avi"
    data = bytearray(record(path))
    chunks = [at for at in range(data.index(b"movi"), len(data)) if data[at : at + 4] == b"00dc"]
    sixth = chunks[5]
    data[sixth + 1500 : sixth + 1700] = b"\xff\x00" * 100
    path.write_bytes(data)
    frames = frames_before_the_error(path, r"damaged\.avi: 1 of 12 frames is damaged; the others were read")
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is empty; give a video file"), (b"no video " * 20, "is not a video that can be decoded")],
)
def test_what_is_no_video_says_so_in_one_line(
    content: bytes, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=rf"clip\.mp4: {message}"):
        open_source(str(path))
    assert capfd.readouterr().err == ""


def test_a_missing_video_is_named() -> None:
    with pytest.raises(SourceError, match=r"nowhere\.mp4: cannot be read \(No such file or directory\)"):
        open_source("nowhere.mp4")


def test_a_video_is_told_by_its_content_too(tmp_path: Path) -> None:
    record(tmp_path / "clip.avi")
    nameless = (tmp_path / "clip.avi").rename(tmp_path / "clip")
    assert is_video(nameless)
    with open_source(str(nameless)) as source:
        assert sum(1 for _ in source.frames()) == FRAMES


def test_a_name_that_is_no_utf8_is_read(tmp_path: Path) -> None:
    record(tmp_path / "clip.avi")
    odd = (tmp_path / "clip.avi").rename(tmp_path / os.fsdecode(b"clip\xff.avi"))
    with open_source(str(odd)) as source:
        assert source.name.endswith("clip\\xff.avi")
        assert sum(1 for _ in source.frames()) == FRAMES


def test_a_colon_in_a_name_is_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path / "clip.avi")
    (tmp_path / "clip.avi").rename(tmp_path / "10:30.avi")
    monkeypatch.chdir(tmp_path)
    with open_source("10:30.avi") as source:
        assert sum(1 for _ in source.frames()) == FRAMES


def test_a_video_without_a_frame_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "none.avi"
    cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (640, 480)).release()
    with pytest.raises(SourceError, match=r"none\.avi: holds no frames"), open_source(str(path)) as source:
        list(source.frames())


class Told:
    """A capture that tells these times, one after another."""

    frames_per_s = 25.0

    def __init__(self, *times_s: float) -> None:
        self._times_s = iter(times_s)

    @property
    def time_s(self) -> float:
        return next(self._times_s)


@pytest.mark.parametrize(
    ("told", "times_s"),
    [((0.0, 0.5, 0.6), [0.0, 0.5, 0.6]), ((0.0, 0.0, 0.0), [0.0, 0.04, 0.08]), ((1.0, 0.0, 2.0), [1.0, 1.04, 2.0])],
)
def test_frames_without_times_are_as_far_apart_as_their_rate_says(
    told: tuple[float, ...], times_s: list[float]
) -> None:
    clock = FilmClock(cast("Capture", Told(*told)))
    assert [round(clock.time_s(), 6) for _ in told] == times_s


def with_frame_size(data: bytes, frame: int, width: int, height: int) -> bytes:
    """An AVI of JPEG frames with another size in the head of one of them."""
    at = -1
    for _ in range(frame + 1):
        at = data.index(b"\xff\xc0", at + 1)
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


@pytest.mark.parametrize(("suffix", "fourcc"), [(".avi", "MJPG"), (".mp4", "mp4v"), (".mkv", "mp4v")])
def test_a_video_of_too_large_frames_is_refused_when_it_is_opened(
    suffix: str, fourcc: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"clip{suffix}"
    record(path, fourcc)
    monkeypatch.setattr("digitreader.camera.picture_memory.MAX_PIXELS", 128 * 96)
    with open_source(str(path)) as source:
        assert len(list(source.frames())) == FRAMES
    monkeypatch.setattr("digitreader.camera.picture_memory.MAX_PIXELS", 128 * 96 - 1)
    with pytest.raises(SourceError, match="has frames of 128x96 pixels, need at most 0 million here"):
        open_source(str(path))


def test_frames_that_are_larger_than_their_video_says_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    path.write_bytes(with_frame_size(record(path), 0, 40_000, 30_000))
    assert frames_before_the_error(path, "has frames of 40000x30000 pixels") == []


def test_a_video_on_a_server_of_too_large_frames_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path / "clip.avi", "mp4v")
    monkeypatch.setattr("digitreader.camera.picture_memory.MAX_PIXELS", 128 * 96 - 1)
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(SourceError, match="has frames of 128x96 pixels"):
            open_stream(f"http://127.0.0.1:{server.server_port}/clip.avi")
        server.shutdown()


def test_a_larger_frame_on_the_way_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "clip.avi"
    path.write_bytes(with_frame_size(record(path), 3, 40_000, 30_000))
    assert len(frames_before_the_error(path, "has frames of 40000x30000 pixels")) == 3


@pytest.mark.parametrize("before", [b"", b"junk"])
def test_the_size_of_a_coded_frame_is_found_also_where_it_is_no_whole_file(before: bytes) -> None:
    frame = cv2.imencode(".jpg", drawn(0))[1].tobytes()
    assert frame_size_wh(before + frame) == (128, 96)
    assert frame_size_wh(before + frame[:20]) == (0, 0)
