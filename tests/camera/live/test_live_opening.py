"""Opening a camera again and again, with what the user has set of it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import cv2
import pytest

from digitreader.camera.capture import Capture, adjust, set_exposure
from digitreader.camera.devices import stable_name
from digitreader.camera.live import SameCamera, open_live
from digitreader.camera.opening import camera_node, first_camera, is_camera
from digitreader.camera.source import CameraSettings, LiveSettings
from digitreader.errors import SourceError


class FakeCapture:
    """Takes the settings that it knows."""

    def __init__(self, *refused: int) -> None:
        self.refused = refused
        self.taken: list[tuple[int, float]] = []

    def adjust(self, setting: int, value: float) -> bool:
        self.taken.append((setting, value))
        return setting not in self.refused


def test_settings_are_given_in_the_units_of_v4l2() -> None:
    capture = FakeCapture()
    requested = CameraSettings(size_wh=(1280, 720), fps=15.0, exposure_ms=8.0, focus=30.0)
    assert adjust(cast("Capture", capture), requested) == []
    assert capture.taken[0][0] == cv2.CAP_PROP_FOURCC  # the size counts within a form of pictures
    assert capture.taken[1:] == [
        (cv2.CAP_PROP_FRAME_WIDTH, 1280.0),
        (cv2.CAP_PROP_FRAME_HEIGHT, 720.0),
        (cv2.CAP_PROP_FPS, 15.0),
        (cv2.CAP_PROP_AUTO_EXPOSURE, 1.0),
        (cv2.CAP_PROP_EXPOSURE, 80.0),
        (cv2.CAP_PROP_AUTOFOCUS, 0.0),
        (cv2.CAP_PROP_FOCUS, 30.0),
    ]


def test_what_a_camera_does_not_take_is_named_and_the_rest_is_set() -> None:
    capture = FakeCapture(cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_AUTOFOCUS)
    assert adjust(cast("Capture", capture), CameraSettings(size_wh=(64, 48), fps=5, focus=1)) == ["size", "focus"]
    assert (cv2.CAP_PROP_FPS, 5) in capture.taken


def test_the_exposure_of_a_camera_that_runs_is_set_and_given_back_to_the_camera() -> None:
    capture = FakeCapture()
    assert set_exposure(cast("Capture", capture), 8.0)
    assert set_exposure(cast("Capture", capture), None)
    assert capture.taken == [
        (cv2.CAP_PROP_AUTO_EXPOSURE, 1.0),
        (cv2.CAP_PROP_EXPOSURE, 80.0),
        (cv2.CAP_PROP_AUTO_EXPOSURE, 3.0),
    ]
    assert not set_exposure(cast("Capture", FakeCapture(cv2.CAP_PROP_EXPOSURE)), 8.0)
    assert not set_exposure(cast("Capture", FakeCapture(cv2.CAP_PROP_AUTO_EXPOSURE)), None)


def test_a_camera_without_settings_is_left_as_it_is() -> None:
    capture = FakeCapture()
    assert adjust(cast("Capture", capture), CameraSettings()) == []
    assert capture.taken == []


@pytest.mark.parametrize(
    "spec", ["0", "/dev/video2", "/dev/v4l/by-id/usb-Cam-index0", "picamera", "auto", "rtsp://host/x", "http://host/y"]
)
def test_these_are_cameras(spec: str) -> None:
    assert is_camera(spec)


@pytest.mark.parametrize("spec", ["demo", "-", "photo.jpg", "./auto", "clip.mp4", "auto.png"])
def test_these_are_none(spec: str) -> None:
    assert not is_camera(spec)


def test_a_number_is_its_node_and_a_link_is_itself() -> None:
    assert camera_node("02") == Path("/dev/video2")
    assert camera_node("/dev/v4l/by-id/usb-Cam") == Path("/dev/v4l/by-id/usb-Cam")


def test_the_stable_name_is_the_link_that_leads_to_the_node(tmp_path: Path) -> None:
    node, links = tmp_path / "video3", tmp_path / "by-id"
    node.touch()
    assert stable_name(node, links) == node
    links.mkdir()
    (links / "usb-other").symlink_to(tmp_path / "video4")
    assert stable_name(node, links) == node
    (links / "usb-Cam-index0").symlink_to("../video3")
    assert stable_name(node, links) == links / "usb-Cam-index0"


def test_a_camera_that_was_opened_by_its_number_is_opened_by_its_name_again(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, Path]] = []
    link = Path("/dev/v4l/by-id/usb-Cam")
    monkeypatch.setattr(
        "digitreader.camera.webcam.open_camera", lambda name, node, *_, **__: opened.append((name, node))
    )
    monkeypatch.setattr("digitreader.camera.devices.stable_name", lambda _: link)
    again = SameCamera("0", Path("/dev/video0"), CameraSettings())
    again()
    again()
    assert opened == [("0", Path("/dev/video0")), ("0", link)]


def test_auto_without_a_camera_is_an_error_and_not_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.camera.devices.list_cameras", list)
    monkeypatch.setattr("digitreader.camera.picamera.find_spec", lambda _: None)
    with pytest.raises(SourceError, match="that this user may open, Picamera2 is not installed; name what to read"):
        first_camera()


def test_auto_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.camera.devices.list_cameras", list)
    monkeypatch.setattr("digitreader.camera.picamera.find_spec", lambda _: None)
    with pytest.raises(SourceError, match="no camera was found"):
        open_live("auto", settings=LiveSettings(from_the_start=True))
