"""Cameras: which nodes are cameras, what is said where there is none, and how a stream ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, ClassVar, cast

import cv2
import numpy as np
import pytest

from digitreader.camera import devices, open_source
from digitreader.camera import webcam as cameras
from digitreader.camera.capture import Capture
from digitreader.camera.devices import CAPABILITY, VideoNode, list_cameras, parse_capability
from digitreader.camera.source import CameraSettings, printable
from digitreader.camera.webcam import Camera, open_camera
from digitreader.errors import SourceError
from digitreader.values import ColourImage

WEBCAM, METADATA, CODEC, OLD_KERNEL = 0x04200001, 0x04A00000, 0x04208000, 0
ALL_CAPS = 0x84A00001


def answer(driver: str, title: str, node_caps: int, all_caps: int = ALL_CAPS) -> bytes:
    return CAPABILITY.pack(driver.encode(), title.encode(), b"usb-1", 0x60000, all_caps, node_caps)


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like /dev, whose nodes answer with what their files hold."""
    monkeypatch.setattr(devices, "_ask", Path.read_bytes)
    (tmp_path / "video0").write_bytes(answer("uvcvideo", "HD Webcam", WEBCAM))
    (tmp_path / "video1").write_bytes(answer("uvcvideo", "HD Webcam", METADATA))
    (tmp_path / "video10").write_bytes(answer("bcm2835-codec", "bcm2835-codec-decode", CODEC))
    (tmp_path / "video20").write_bytes(answer("unicam", "unicam", WEBCAM))
    (tmp_path / "video3").write_bytes(answer("vivid", "vivid", OLD_KERNEL, all_caps=1))
    (tmp_path / "videophile").write_bytes(b"no node")
    return tmp_path


class FakeCapture:
    """Gives a number of frames and then none, as an unplugged camera does."""

    frames_per_s, time_s = 25.0, 0.0

    def __init__(self, frames: int) -> None:
        self.opened = frames > 0
        self.released = False
        self._left = frames

    def read(self) -> ColourImage | None:
        self._left -= 1
        return np.full((2, 2, 3), self._left, np.uint8) if self._left >= 0 else None

    def __exit__(self, *_: object) -> None:
        self.released = True


def fake_camera(frames: int, *, ends: bool = False) -> tuple[Camera, FakeCapture]:
    capture = FakeCapture(frames)
    return Camera("0", cast("Capture", capture), failure="0: gives no picture", ends=ends), capture


def test_codecs_metadata_and_csi_nodes_are_no_cameras(nodes: Path) -> None:
    assert [(camera.path.name, camera.title) for camera in list_cameras(nodes)] == [
        ("video0", "HD Webcam"),
        ("video3", "vivid"),
    ]


def test_a_node_that_may_not_be_asked_is_left_out(nodes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(devices, "_ask", refuse)
    assert list_cameras(nodes) == []


def test_the_kernels_answer_is_read_up_to_its_zeros() -> None:
    device = parse_capability(Path("/dev/video0"), answer("uvcvideo", "HD Webcam: HD", WEBCAM))
    assert device == VideoNode(Path("/dev/video0"), "uvcvideo", "HD Webcam: HD", captures=True)


def test_a_camera_that_does_not_exist_is_answered_with_those_that_do(
    nodes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras, "list_cameras", lambda: list_cameras(nodes))
    with pytest.raises(SourceError, match=r"7: there is no camera .*video7; cameras here: .*video0 \(HD Webcam\), "):
        open_camera("7", nodes / "video7")


def test_where_there_is_no_camera_at_all_the_demo_is_proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "list_cameras", lambda: list_cameras(tmp_path))
    with pytest.raises(SourceError, match="no camera is connected; connect one, or try: digitreader read demo"):
        open_camera("0", tmp_path / "video0")


def test_a_csi_camera_sends_the_user_to_picamera(nodes: Path) -> None:
    with pytest.raises(SourceError, match="use: digitreader read picamera"):
        open_camera("20", nodes / "video20")


class OpenedCapture(FakeCapture):
    """A camera that opens, and notes its number, its backend and whether a thread of its own reads it."""

    asked: ClassVar[list[tuple[int, int, bool]]] = []

    def __init__(self, index: int, backend: int, *, threaded: bool) -> None:
        super().__init__(1)
        self.asked.append((index, backend, threaded))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, bool]]:
    """Every camera opens; gives what each notes."""
    monkeypatch.setattr(cameras, "Capture", OpenedCapture)
    monkeypatch.setattr(OpenedCapture, "asked", [])
    return OpenedCapture.asked


def test_a_camera_of_linux_is_opened_by_its_node(
    nodes: Path, monkeypatch: pytest.MonkeyPatch, opened: list[tuple[int, int, bool]]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert open_camera("3", nodes / "video3").name == "3"
    assert opened == [(3, cv2.CAP_V4L2, False)]


def test_outside_linux_opencv_chooses_how_to_open_a_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[tuple[int, int, bool]]
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    open_camera("1", tmp_path / "video1")
    assert opened == [(1, cv2.CAP_ANY, False)]


@pytest.mark.parametrize(
    ("refused", "says"),
    [
        ([], ""),
        (["size", "fps"], "digitreader: 0: the camera does not accept --size, --fps, and is read without\n"),
    ],
)
@pytest.mark.usefixtures("opened")
def test_settings_that_a_camera_does_not_accept_are_named(
    nodes: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], refused: list[str], says: str
) -> None:
    monkeypatch.setattr(cameras, "adjust", lambda *_: refused)
    open_camera("0", nodes / "video0", CameraSettings(size_wh=(640, 480), fps=30.0))
    assert capsys.readouterr().err == says


def test_a_camera_that_the_user_may_not_open_says_which_group_to_join(
    nodes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(SourceError, match=r"^0: this user may not open .*video0; join its group: sudo usermod"):
        open_camera("0", nodes / "video0")


class Packets:
    """Stands for OpenCV's capture of packets that are not decoded."""

    def __init__(self, *packets: bytes) -> None:
        self._left = list(packets)

    def read(self) -> tuple[bool, Any]:
        return (True, np.frombuffer(self._left.pop(0), np.uint8)) if self._left else (False, None)

    def isOpened(self) -> bool:  # noqa: N802 # OpenCV's name
        return True

    def set(self, *_: float) -> bool:
        return True

    def release(self) -> None:
        """Nothing is held."""


def test_pictures_that_were_cut_off_on_their_way_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cv2.imencode(".jpg", np.full((8, 8, 3), 90, np.uint8))[1].tobytes()
    packets = Packets(whole[:-30], whole, whole[:-30])
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: packets)
    with Capture("film", cv2.CAP_FFMPEG) as capture:
        capture.leave_damaged_out()
        image = capture.read()
        assert image is not None
        assert round(float(image.mean())) == 90
        assert capture.read() is None


def test_a_camera_whose_pictures_are_all_cut_off_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.camera.capture.DAMAGED_S", 0.0)
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: Packets(b"bad"))
    with Capture("film", cv2.CAP_FFMPEG) as capture:
        capture.leave_damaged_out()
        assert capture.read() is None


def test_a_codec_is_refused_as_a_camera(nodes: Path) -> None:
    with pytest.raises(SourceError, match="video10 is not a camera"):
        open_camera("10", nodes / "video10")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/video nodes")
@pytest.mark.parametrize("spec", ["97", "/dev/video97"])
def test_a_number_and_its_node_mean_the_same_camera(spec: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceError, match=f"{spec}: there is no camera /dev/video97; "):
        open_source(spec)
    assert capfd.readouterr().err == ""  # OpenCV's own warnings stay out of the user's sight


def test_a_camera_gives_every_frame_once_and_then_tells_that_it_stopped() -> None:
    camera, capture = fake_camera(3)
    frames = camera.frames()
    assert [next(frames).image[0, 0, 0] for _ in range(3)] == [2, 1, 0]
    with pytest.raises(SourceError, match="0: stopped giving frames after 3; check its cable"):
        next(frames)
    assert not capture.released


def test_leaving_the_block_releases_the_camera() -> None:
    camera, capture = fake_camera(3)
    with camera:
        next(camera.frames())
    assert capture.released


def test_frames_count_up_and_time_never_runs_back() -> None:
    camera, _ = fake_camera(4, ends=True)
    frames = list(camera.frames())
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert sorted(frame.time_s for frame in frames) == [frame.time_s for frame in frames]


def test_a_video_on_a_server_has_its_own_times_however_fast_it_comes() -> None:
    camera, _ = fake_camera(3, ends=True)
    assert [frame.time_s for frame in camera.frames()] == pytest.approx([0.0, 0.04, 0.08])


def test_a_video_on_a_server_may_end() -> None:
    camera, _ = fake_camera(2, ends=True)
    assert sum(1 for _ in camera.frames()) == 2


@pytest.mark.parametrize(("name", "codec", "by_differences"), [("a.avi", "MJPG", False), ("a.mp4", "mp4v", True)])
def test_whole_pictures_and_differences_are_told_apart_by_their_codec(
    name: str, codec: str, by_differences: bool, tmp_path: Path
) -> None:
    writer = cv2.VideoWriter(str(tmp_path / name), cv2.VideoWriter.fourcc(*codec), 25, (64, 48))
    writer.write(np.full((48, 64, 3), 90, np.uint8))
    writer.release()
    with Capture(str(tmp_path / name), cv2.CAP_FFMPEG) as capture:
        assert capture.is_coded_by_differences == by_differences


def test_a_picture_on_a_server_is_told_how_to_be_read() -> None:
    camera, _ = fake_camera(1, ends=True)
    frames = camera.frames()
    assert next(frames).index == 0
    with pytest.raises(SourceError, match="digitreader read -"):
        next(frames)


def test_a_camera_without_a_first_frame_is_refused_and_released() -> None:
    capture = FakeCapture(0)
    with pytest.raises(SourceError, match="0: gives no picture"):
        Camera("0", cast("Capture", capture), failure="0: gives no picture")
    assert capture.released


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("rtsp://me:secret@host:554/stream?a=b@c", "rtsp://host:554/stream?a=b@c"),
        ("http://host/a@b.mjpg", "http://host/a@b.mjpg"),
        ("http://host:80/a@b.mjpg", "http://host:80/a@b.mjpg"),
        ("rtsp://me:se/cr#et@host/1", "rtsp://host/1"),
        ("http://cam/video?ch=1&auth_token=geheim&sub=0", "http://cam/video?ch=1&auth_token=***&sub=0"),
        ("rtsp://cam/user=admin&password=geheim&channel=1", "rtsp://cam/user=admin&password=***&channel=1"),
        ("http://[bad", "http://[bad"),
        ("http://me:x@[::1]:80/a", "http://[::1]:80/a"),
        ("me@home.jpg", "me@home.jpg"),
        ("caf\udce9.jpg", "caf\\xe9.jpg"),
        ("caf\\xe9.jpg", "caf\\\\xe9.jpg"),
        ("a\\b \u3000\u00e9.jpg", "a\\b \u3000\u00e9.jpg"),
        ("a\\\n.jpg", "a\\\\\n.jpg"),
        ("\x85\n.jpg", "\x85\n.jpg"),
        ("\udc85.jpg", "\\x85.jpg"),
    ],
)
def test_a_name_is_shown_without_passwords_and_odd_bytes(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_auto_is_the_first_camera_that_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [VideoNode(Path(f"/dev/video{number}"), "uvcvideo", "Cam", captures=True) for number in (0, 2)]
    monkeypatch.setattr("digitreader.camera.devices.list_cameras", lambda: found)
    opened: list[str] = []

    def open_second(name: str, node: Path, *_: object, **__: object) -> Camera:
        opened.append(name)
        if node.name == "video0":
            raise SourceError("busy")
        return fake_camera(1)[0]

    monkeypatch.setattr(cameras, "open_camera", open_second)
    assert open_source("auto").frame_count is None
    assert opened[:2] == ["/dev/video0", "/dev/video2"]
    assert capsys.readouterr().err == "digitreader: reading camera /dev/video2 (Cam); Ctrl-C ends\n"


def test_the_demo_is_a_source_without_truth() -> None:
    with open_source("demo", paced=False) as source:
        frame = next(source.frames())
    assert (frame.source, frame.index, frame.image.shape) == ("demo", 0, (480, 640, 3))
