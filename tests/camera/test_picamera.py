"""The Pi's own camera, with a double in place of Picamera2: its frames, its settings and its refusals."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar, Self

import numpy as np
import pytest

from digitreader.camera import open_source
from digitreader.camera.picamera import PiCamera
from digitreader.camera.source import CameraSettings
from digitreader.errors import SourceError
from digitreader.values import ColourImage


def test_without_picamera2_a_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.camera.picamera.find_spec", lambda _: None)
    with pytest.raises(SourceError, match=r"python3-picamera2, .* --system-site-packages"):
        open_source("picamera")


class FakePicamera2:
    """A double: behaves like Picamera2 as far as it is used, after its manual and source (job.py and picamera2.py)."""

    frames = 2
    broken = False
    closed = False
    controls: ClassVar[dict[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def create_video_configuration(self, *, main: dict[str, Any], controls: dict[str, Any]) -> dict[str, Any]:
        assert main["format"] == "RGB888"
        type(self).controls = controls
        return main

    def configure(self, configuration: dict[str, Any]) -> None:
        self.size = configuration["size"]

    def start(self) -> None:
        if self.broken:
            raise RuntimeError("Camera __init__ sequence did not complete.")

    def capture_array(self, name: str, *, wait: bool) -> SimpleNamespace:
        assert (name, wait) == ("main", False)
        return SimpleNamespace(get_result=self._result)

    def _result(self, timeout: float) -> ColourImage:
        self.frames -= 1
        if self.frames < 0:
            raise TimeoutError(timeout)
        return np.zeros((self.size[1], self.size[0], 3), np.uint8)

    def set_controls(self, controls: dict[str, Any]) -> None:
        if self.broken:
            raise RuntimeError("Control AeEnable is not advertised by libcamera")
        type(self).controls = controls

    def close(self) -> None:
        type(self).closed = True


@pytest.fixture
def picamera2(monkeypatch: pytest.MonkeyPatch) -> type[FakePicamera2]:
    kind = type("Picamera2", (FakePicamera2,), {})
    module = ModuleType("picamera2")
    module.Picamera2 = kind  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "picamera2", module)
    monkeypatch.setattr("digitreader.camera.picamera.find_spec", lambda _: module)
    return kind


def test_picamera_gives_frames_and_is_closed(picamera2: type[FakePicamera2]) -> None:
    with open_source("picamera") as source:
        frames = source.frames()
        assert [next(frames).index for _ in range(2)] == [0, 1]
        with pytest.raises(SourceError, match="picamera: gave no frame for 10 s"):
            next(frames)
    assert picamera2.closed


def test_picameras_exposure_is_set_while_it_runs(picamera2: type[FakePicamera2]) -> None:
    with PiCamera() as camera:
        assert camera.set_exposure(8.0)
        assert picamera2.controls == {"AeEnable": False, "ExposureTime": 8000}
        assert camera.set_exposure(None)
        assert picamera2.controls == {"AeEnable": True}
        picamera2.broken = True
        assert not camera.set_exposure(8.0)


def test_picamera_takes_its_settings_as_libcameras_controls(picamera2: type[FakePicamera2]) -> None:
    with PiCamera(CameraSettings(size_wh=(640, 480), fps=15, exposure_ms=8, focus=2.5)) as source:
        assert next(source.frames()).image.shape == (480, 640, 3)
    assert picamera2.controls == {
        "FrameRate": 15,
        "AeEnable": False,
        "ExposureTime": 8000,
        "AfMode": 0,
        "LensPosition": 2.5,
    }


def test_a_picamera_that_cannot_start_is_told_of_and_closed(picamera2: type[FakePicamera2]) -> None:
    picamera2.broken = True
    with pytest.raises(SourceError, match=r"picamera: cannot be started \(Camera __init__ .*rpicam-hello"):
        open_source("picamera")
    assert picamera2.closed
