"""How the doctor gathers facts, from programs and folders of the test's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.drawing import DemoSettings, scene
from digitreader.errors import ModelFormatError
from digitreader.setup.doctor.facts import CameraFacts, Module, Node, PythonFacts
from digitreader.setup.doctor.gather_hardware import (
    firmware_temperature_c,
    gather_board,
    gather_cameras,
    holders_of,
    libcamera_cameras,
    node_facts,
    temperature_c,
    throttled_word,
    video_nodes,
)
from digitreader.setup.doctor.gather_model_and_picture import gather_model, gather_picture, source_to_look_at
from digitreader.setup.doctor.gather_python import gather_python, needed_opencv, probe
from digitreader.setup.doctor.run_tool import RunTool, ToolOutput, run_tool

LISTED = """\
Available cameras
-----------------
0 : imx708 [4608x2592 10-bit RGGB] (/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a)
    Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]
1 : ov5647 [2592x1944 10-bit GBRG] (/base/axi/pcie@120000/rp1/i2c@80000/ov5647@36)
"""


def answering(answer: ToolOutput) -> RunTool:
    def asked(command: Sequence[str]) -> ToolOutput:
        return answer

    return asked


def test_the_cameras_that_libcamera_lists_are_named() -> None:
    cameras, said = libcamera_cameras("rpicam-hello", answering(ToolOutput(0, LISTED)))
    assert [camera.split()[0] for camera in cameras] == ["imx708", "ov5647"]
    assert said == ""


def test_no_camera_of_libcamera_is_no_failure() -> None:
    assert libcamera_cameras("rpicam-hello", answering(ToolOutput(0, "No cameras available!\n"))) == ((), "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (ToolOutput(-11), "rpicam-hello ended with -11"),
        (ToolOutput(255, "", "a\nERROR: no memory\n"), "ERROR: no memory"),
    ],
)
def test_a_libcamera_that_fails_says_why(answer: ToolOutput, said: str) -> None:
    assert libcamera_cameras("rpicam-hello", answering(answer)) == ((), said)


def test_nodes_are_listed_by_their_number(tmp_path: Path) -> None:
    for name in ("video10", "video2", "video", "vcs"):
        (tmp_path / name).touch()
    assert [path.name for path in video_nodes(tmp_path)] == ["video2", "video10"]


def test_what_may_be_opened_and_is_no_video_device_is_no_camera(tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    (tmp_path / "names" / "video0").mkdir(parents=True)
    (tmp_path / "names" / "video0" / "name").write_text("C270\n", encoding="utf-8")
    node = node_facts(tmp_path / "video0", names=tmp_path / "names", processes=tmp_path)
    assert (node.captures, node.allowed, node.title) == (False, True, "C270")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux has /proc")
def test_who_has_a_file_open_is_found(tmp_path: Path) -> None:
    path = tmp_path / "video0"
    assert holders_of(path) == ()
    with path.open("w", encoding="utf-8"):
        (holder,) = holders_of(path)
    assert holder.endswith(f"({os.getpid()})")


def test_this_machines_cameras_can_be_asked_for() -> None:
    assert gather_cameras().user


@pytest.mark.parametrize(("told", "degrees"), [("48300\n", 48.3), ("-5000\n", -5.0), ("", None), ("hot", None)])
def test_the_kernels_temperature(told: str, degrees: float | None) -> None:
    assert temperature_c(told) == degrees


@pytest.mark.parametrize(
    ("answer", "word", "refused"),
    [
        (ToolOutput(0, "throttled=0x50005\n"), 0x50005, ""),
        (ToolOutput(0, "throttled=0x0\n"), 0, ""),
        (ToolOutput(255, "", "VCHI initialization failed\n"), None, "VCHI initialization failed"),
        (ToolOutput(None, "", "gave no answer within 5 s"), None, "gave no answer within 5 s"),
        (ToolOutput(0, "\x1b[2J\x00"), None, "\ufffd[2J\ufffd"),
        (ToolOutput(0), None, "it ended with 0 and printed nothing"),
    ],
)
def test_the_word_of_vcgencmd(answer: ToolOutput, word: int | None, refused: str) -> None:
    assert throttled_word(answering(answer)) == (word, refused)


@pytest.mark.parametrize(("out", "degrees"), [("temp=86.7'C\n", 86.7), ("temp=-3'C", -3.0), ("garbage", None)])
def test_the_temperature_of_vcgencmd(out: str, degrees: float | None) -> None:
    assert firmware_temperature_c(answering(ToolOutput(0, out))) == degrees


def test_where_the_kernel_tells_no_temperature_the_firmware_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vcgencmd").write_text('#!/bin/sh\necho "temp=61.5\'C"\n')
    (tmp_path / "vcgencmd").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("digitreader.setup.doctor.gather_hardware.THERMAL", tmp_path / "none")
    assert gather_board(tmp_path).temperature_c == 61.5


def test_a_codec_that_may_not_be_opened_is_taken_for_no_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    for name, title in (("video0", "C270 HD WEBCAM"), ("video10", "bcm2835-codec-decode"), ("video13", "bcm2835-isp")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "name").write_text(title)
    found = [node_facts(path, names=tmp_path, processes=tmp_path) for path in video_nodes(tmp_path)]
    assert [node.captures for node in found] == [True, False, False]


def test_a_script_of_a_packages_name_in_this_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numpy.py").write_text("open('ran', 'w')\n")
    monkeypatch.chdir(tmp_path)
    assert probe("numpy", "numpy").works
    assert not (tmp_path / "ran").exists()


def test_a_program_that_does_not_end_is_killed_with_what_it_started(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    child = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    asked = run_tool(("sh", "-c", f"sleep 1000 > {fifo} & wait"), timeout_s=0.5)
    assert asked.status is None
    os.set_blocking(child, True)
    assert os.read(child, 1) == b""  # only when nobody holds its other end any more
    os.close(child)


def test_the_disk_is_the_one_of_the_folder(tmp_path: Path) -> None:
    board = gather_board(tmp_path)
    assert (board.disk, 0 < board.free_bytes < board.total_bytes) == (str(tmp_path), True)


def test_a_module_that_works_is_known_with_its_version() -> None:
    module = probe("numpy", "numpy")
    assert (module.works, module.version[:2]) == (True, "2.")


def test_a_module_that_is_not_installed_is_not_found() -> None:
    assert probe("no_such_module", "no_such_module") == Module("no_such_module", found=False, works=False)


@pytest.mark.parametrize(
    ("body", "said"),
    [("raise ImportError('libGL.so.1: cannot open')", "libGL.so.1"), ("import os\nos.abort()", "ended with -6")],
)
def test_a_module_that_fails_or_crashes_takes_nothing_with_it(
    body: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_module.py").write_text(body, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    module = probe("broken_module", "broken_module")
    assert (module.found, module.works) == (True, False)
    assert said in module.said


def test_this_environment_can_be_asked_for() -> None:
    python = gather_python()
    assert python.module("cv2").works
    assert "FFMPEG" in python.opencv_build


@pytest.mark.parametrize(
    ("requirements", "version"),
    [(["numpy<3,>=2.1", "opencv-python-headless==5.0.0.93"], "5.0.0.93"), (["numpy"], ""), ([], "")],
)
def test_the_opencv_that_is_asked_for(requirements: list[str], version: str) -> None:
    assert needed_opencv(requirements) == version


def test_a_program_that_is_not_there_is_an_answer() -> None:
    assert run_tool(("no-such-program-here",)).status is None
    assert run_tool((sys.executable, "-c", "raise SystemExit(3)")).status == 3


def test_a_program_that_does_not_end_is_told_of_in_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.setup.doctor.run_tool.PATIENCE_S", 0.05)
    asked = run_tool(("sleep", "1000"))
    assert (asked.status, asked.err) == (None, "gave no answer within 0.05 s")


@pytest.mark.parametrize(
    ("cameras", "modules", "spec"),
    [
        (CameraFacts(), (), ""),
        (CameraFacts((Node("/dev/video9", captures=False), Node("/dev/video2"))), (), "/dev/video2"),
        (CameraFacts((Node("/dev/video0", allowed=False),)), (), ""),
        (CameraFacts((Node("/dev/video0", csi=True),), libcamera=("imx708",)), (Module("picamera2"),), "picamera"),
        (CameraFacts((Node("/dev/video0", csi=True),), libcamera=("imx708",)), (), ""),
    ],
)
def test_a_picture_is_taken_with_the_first_camera_that_can(
    cameras: CameraFacts, modules: tuple[Module, ...], spec: str
) -> None:
    assert source_to_look_at(cameras, PythonFacts(modules=modules)) == spec


def test_a_model_that_is_not_there_fails_its_check() -> None:
    model = gather_model("no-such", "auto")
    assert "no such model" in model.failed[0]


def test_a_picture_of_the_demo_shows_digits() -> None:
    look = gather_picture("demo", "accurate", "auto").look
    assert look is not None
    assert look.digits >= 3


def test_a_picture_that_lies_on_its_head_is_measured_upright(tmp_path: Path) -> None:
    settings = DemoSettings(papers=("white",), pens=("felt",), folds=0.0)
    shown = scene("31745\n60829", settings=settings, rng=np.random.default_rng(1)).image
    cv2.imwrite(str(tmp_path / "page.png"), np.rot90(shown))
    picture = gather_picture(str(tmp_path / "page.png"), "accurate", "auto")
    assert picture.look is not None
    assert (picture.look.turned_deg, picture.look.size_wh, picture.live) == (90, (480, 640), False)
    assert picture.look.digits >= 5


def test_a_finder_that_is_refused_says_so_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise ModelFormatError("finder.tflite: is damaged")

    monkeypatch.setattr("digitreader.model.load.load_finder", refuse)
    picture = gather_picture("demo", "accurate", "auto")
    assert (picture.look, picture.error) == (None, "demo: cannot be judged: finder.tflite: is damaged")
    assert "install digitreader again" in picture.advice


def test_a_model_that_is_refused_leaves_the_picture_as_it_is() -> None:
    look = gather_picture("demo", "no-such", "auto").look
    assert look is not None
    assert look.turned_deg == 0


def test_a_source_that_gives_nothing_says_so_without_its_password() -> None:
    picture = gather_picture("rtsp://pi:geheim@127.0.0.1:9/x", "accurate", "auto")
    assert (picture.look, picture.source) == (None, "rtsp://127.0.0.1:9/x")
    assert "geheim" not in picture.error


@pytest.mark.parametrize(
    ("title", "captures"),
    [
        ("bcm2835-isp-output0", False),
        ("pispbe-input", False),
        ("pisp_be", False),
        ("rpi-hevc-dec", False),
        ("Crisp HD Webcam", True),
        ("USB Display Capture", True),
    ],
)
def test_only_what_a_pi_calls_a_codec_is_none_of_the_cameras_that_may_not_be_opened(
    title: str, captures: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    (tmp_path / "video0").touch()
    (tmp_path / "names" / "video0").mkdir(parents=True)
    (tmp_path / "names" / "video0" / "name").write_text(f"{title}\n", encoding="utf-8")
    node = node_facts(tmp_path / "video0", names=tmp_path / "names", processes=tmp_path)
    assert node.captures == captures
