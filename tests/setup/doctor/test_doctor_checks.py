"""The doctor's checks on the facts of machines that are not here: each thing that can be wrong, and what is advised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digitreader.setup.doctor.facts import (
    BoardFacts,
    CameraFacts,
    Facts,
    LoadedModelFacts,
    Module,
    Node,
    PictureFacts,
    PictureMeasurements,
    PythonFacts,
)
from digitreader.setup.doctor.hardware_checks import (
    Finding,
    check_disk,
    check_holders,
    check_libcamera,
    check_power,
    check_rights,
    check_temperature,
    check_throttling,
    check_v4l2,
    worst,
)
from digitreader.setup.doctor.install_checks import (
    check_engine,
    check_model,
    check_numpy,
    check_opencv,
    check_picamera,
)
from digitreader.setup.doctor.picture_checks import check_picture
from digitreader.setup.doctor.report import examine

WEBCAM = Node("/dev/video0", "C270 HD WEBCAM")
CODEC = Node("/dev/video10", "bcm2835-codec", captures=False)
CSI = Node("/dev/video0", "unicam", csi=True)
BUILD = "  Video I/O:\n    FFMPEG:                      YES\n    v4l/v4l2:                    YES (linux/videodev2.h)\n"
GOOD = PythonFacts(
    modules=(Module("numpy", "2.2.1"), Module("cv2", "5.0.0"), Module("ai_edge_litert", "2.3.0")),
    opencv_build=BUILD,
    opencv_needed="5.0.0.93",
)
ABI = "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.2.1 as it may crash."
HEALTHY = Facts(
    CameraFacts((WEBCAM, CODEC), groups=("video",)),
    GOOD,
    LoadedModelFacts(proven=7),
    BoardFacts("Raspberry Pi 5", 51.0, 0),
    PictureFacts("0", PictureMeasurements((640, 480), 5, 60.0, 2.4, 0.8, 210.0, 0.0)),
)


def with_module(module: Module, python: PythonFacts = GOOD) -> PythonFacts:
    """The good environment but for one module."""
    return replace(python, modules=(*(each for each in python.modules if each.name != module.name), module))


def brief(finding: Finding) -> tuple[str, str, str]:
    return finding.state, finding.said, finding.advice


def test_on_a_healthy_machine_nothing_is_wrong_and_nothing_is_advised() -> None:
    findings = examine(HEALTHY)
    assert worst(findings) == "ok"
    assert [finding.name for finding in findings if finding.advice] == []
    assert len({finding.name for finding in findings}) == len(findings)


def test_a_warning_is_worse_than_nothing_and_a_failure_worse_than_a_warning() -> None:
    ok, warn, fail = Finding("a", "ok", ""), Finding("b", "warn", ""), Finding("c", "fail", "")
    assert [worst(found) for found in ((ok,), (ok, warn), (fail, warn, ok))] == ["ok", "warn", "fail"]


@pytest.mark.parametrize(
    ("cameras", "state", "words"),
    [
        (CameraFacts((CODEC, WEBCAM)), "ok", "/dev/video0 (C270 HD WEBCAM)"),
        (CameraFacts(), "fail", "no camera is connected"),
        (CameraFacts((CODEC,)), "fail", "no camera is connected"),
        (CameraFacts((CSI,)), "warn", "digitreader read picamera"),
        (CameraFacts((CSI,), libcamera=("imx708",)), "ok", "digitreader read picamera"),
    ],
)
def test_v4l2_cameras(cameras: CameraFacts, state: str, words: str) -> None:
    found = check_v4l2(cameras)
    assert found.state == state
    assert words in found.said + found.advice


def test_a_machine_without_a_camera_is_well_when_the_picture_comes_over_the_network() -> None:
    facts = replace(HEALTHY, cameras=CameraFacts())
    assert worst(examine(facts)) == "ok"
    assert worst(examine(replace(facts, picture=PictureFacts()))) == "fail"


@pytest.mark.parametrize(
    ("cameras", "state", "words"),
    [
        (CameraFacts((WEBCAM,)), "skip", "only CSI cameras need it"),
        (CameraFacts((CSI,)), "warn", "sudo apt install rpicam-apps"),
        (CameraFacts((CSI,), libcamera=("imx708 [4608x2592]",)), "ok", "imx708 [4608x2592]"),
        (CameraFacts((CSI,), libcamera=()), "fail", "ribbon cable"),
        (CameraFacts((WEBCAM,), libcamera=()), "ok", "sees no CSI camera"),
        (CameraFacts((CSI,), libcamera=(), libcamera_said="failed to import fd"), "fail", "failed to import fd"),
    ],
)
def test_libcamera(cameras: CameraFacts, state: str, words: str) -> None:
    found = check_libcamera(cameras)
    assert found.state == state
    assert words in found.said + found.advice


def test_who_holds_a_camera_is_named() -> None:
    held = replace(WEBCAM, holders=("motion (812)", "ffmpeg (901)"))
    found = check_holders(CameraFacts((held, replace(CODEC, holders=("x (1)",)))))
    assert found.state == "warn"
    assert found.said == "/dev/video0 is held by motion (812), /dev/video0 is held by ffmpeg (901)"
    assert check_holders(CameraFacts((WEBCAM,))).state == "ok"


@pytest.mark.parametrize(
    ("groups", "listed", "advice"),
    [
        ((), (), "sudo usermod -aG video pi"),
        ((), ("video",), "log out and in again"),
        (("video",), ("video",), "sudo chmod g+rw /dev/video0"),
    ],
)
def test_without_rights_the_way_to_them_is_told(groups: tuple[str, ...], listed: tuple[str, ...], advice: str) -> None:
    node = replace(WEBCAM, allowed=False)
    found = check_rights(CameraFacts((node,), groups=groups, listed_groups=listed))
    assert found.state == "fail"
    assert "pi may not open /dev/video0, which belongs to the group video" in found.said
    assert advice in found.advice


def test_a_codec_that_may_not_be_opened_is_no_matter() -> None:
    assert check_rights(CameraFacts((WEBCAM, replace(CODEC, allowed=False)))).state == "ok"


@pytest.mark.parametrize(
    ("python", "cameras", "state", "words"),
    [
        (GOOD, CameraFacts((WEBCAM,)), "skip", "only CSI cameras need it"),
        (GOOD, CameraFacts((CSI,)), "fail", "sudo apt install python3-picamera2"),
        (GOOD, CameraFacts((CSI, WEBCAM)), "warn", "sudo apt install python3-picamera2"),
        (replace(GOOD, system_picamera=True), CameraFacts(libcamera=("imx708",)), "fail", "--system-site-packages"),
        (replace(GOOD, system_picamera=True), CameraFacts(), "warn", "--system-site-packages --upgrade"),
        (replace(GOOD, system_picamera=True, sees_system=True), CameraFacts(), "warn", "another Python than this 3.11"),
        (with_module(Module("picamera2", "0.3")), CameraFacts(), "ok", "can be imported 0.3"),
        (
            with_module(Module("picamera2", works=False, said="ImportError: libcamera.so: cannot open")),
            CameraFacts(),
            "warn",
            "--reinstall python3-picamera2",
        ),
        (
            with_module(Module("picamera2", works=False, said="ValueError: numpy.dtype size changed, may indicate")),
            CameraFacts(),
            "warn",
            "sudo apt install python3-numpy",
        ),
    ],
)
def test_picamera(python: PythonFacts, cameras: CameraFacts, state: str, words: str) -> None:
    found = check_picamera(python, cameras)
    assert found.state == state
    assert words in found.said + found.advice


@pytest.mark.parametrize(
    ("module", "state", "said"),
    [
        (Module("numpy", works=False, said="a\nImportError: no libopenblas.so.0"), "fail", "no libopenblas.so.0"),
        (Module("numpy", found=False, works=False), "fail", "it is not installed"),
        (Module("cv2", "4.6.0", works=False, said=ABI), "fail", "cv2: compiled for another NumPy than the 2.2.1"),
        (Module("picamera2", works=False, said="numpy.dtype size changed"), "warn", "picamera2: compiled for another"),
    ],
)
def test_a_numpy_that_does_not_load_or_fit(module: Module, state: str, said: str) -> None:
    found = check_numpy(with_module(module))
    assert found.state == state
    assert said in found.said
    assert found.advice


@pytest.mark.parametrize(
    ("python", "state", "words"),
    [
        (with_module(Module("cv2", works=False, said="ImportError: libGL.so.1: cannot open")), "fail", "headless"),
        (with_module(Module("cv2", works=False, said="it ended with -4")), "fail", "it ended with -4"),
        (replace(GOOD, opencv_packages=("opencv-python", "opencv-python-headless")), "warn", "overwrite each other"),
        (with_module(Module("cv2", "4.10.0")), "warn", "pip install opencv-python-headless==5.0.0.93"),
        (replace(GOOD, opencv_build=BUILD.replace("YES", "NO", 1)), "warn", "was built without FFMPEG"),
        (replace(GOOD, opencv_build=""), "ok", "5.0.0"),
    ],
)
def test_opencv(python: PythonFacts, state: str, words: str) -> None:
    found = check_opencv(python)
    assert found.state == state
    assert words in found.said + found.advice


@pytest.mark.parametrize(
    ("module", "engine", "state", "words"),
    [
        (Module("ai_edge_litert", "2.3.0"), "litert", "ok", "LiteRT 2.3.0"),
        (Module("ai_edge_litert", found=False, works=False), "numpy", "ok", "is not installed, so NumPy runs"),
        (
            Module("ai_edge_litert", works=False, said="GLIBC_2.38"),
            "numpy",
            "ok",
            "does not load (GLIBC_2.38), so NumPy",
        ),
        (Module("ai_edge_litert", works=False, said="GLIBC_2.38"), "", "fail", "GLIBC_2.38"),
    ],
)
def test_the_engine(module: Module, engine: str, state: str, words: str) -> None:
    found = check_engine(with_module(module), LoadedModelFacts(engine=engine))
    assert found.state == state
    assert words in found.said


def test_a_model_that_fails_its_receipt_is_told_with_the_reason() -> None:
    found = check_model(LoadedModelFacts(failed=("file: accurate.tflite: its sha256 is not the card's",)))
    assert brief(found)[:2] == ("fail", "accurate: file: accurate.tflite: its sha256 is not the card's")


@pytest.mark.parametrize(
    ("degrees", "state"), [(None, "skip"), (51.0, "ok"), (74.9, "ok"), (75.0, "warn"), (80.0, "warn"), (90.0, "warn")]
)
def test_temperature(degrees: float | None, state: str) -> None:
    assert check_temperature(BoardFacts(temperature_c=degrees)).state == state


@pytest.mark.parametrize(
    ("word", "power", "throttling"),
    [
        (None, "skip", "skip"),
        (0x0, "ok", "ok"),
        (0x50005, "warn", "warn"),
        (0x50000, "warn", "warn"),
        (0x10000, "warn", "ok"),
        (0x2, "ok", "warn"),
        (0x80008, "ok", "warn"),
        (0x20000, "ok", "warn"),
    ],
)
def test_power_and_throttling_are_read_from_the_pis_own_word(word: int | None, power: str, throttling: str) -> None:
    board = BoardFacts(throttled=word)
    assert (check_power(board).state, check_throttling(board).state) == (power, throttling)


def test_a_pi_that_is_not_told_of_its_power_says_why_and_what_to_do() -> None:
    for check in (check_power, check_throttling):
        found = check(BoardFacts(refused="VCHI initialization failed"))
        assert (found.state, "VCHI initialization failed" in found.said) == ("warn", True)
        assert "usermod -aG video" in found.advice


def test_a_camera_that_only_picamera2_reads_keeps_it_from_reading_where_that_is_missing() -> None:
    unreached = replace(HEALTHY, cameras=CameraFacts(libcamera=("imx708",)), picture=PictureFacts())
    found = {finding.name: finding for finding in examine(unreached)}
    assert found["Picamera2"].state == "fail"
    assert "Picamera2" in found["picture"].said
    elsewhere = replace(unreached, picture=HEALTHY.picture)
    assert worst(examine(elsewhere)) == "warn"


def test_cameras_that_may_not_be_opened_are_not_well() -> None:
    closed = replace(WEBCAM, allowed=False)
    assert check_v4l2(CameraFacts((closed,))).state == "warn"
    assert check_v4l2(CameraFacts((closed, WEBCAM))).state == "ok"


def test_what_is_no_camera_is_advised_nothing_about_cameras() -> None:
    (named,) = check_picture(PictureFacts("nope.jpg", error="nope.jpg: no such file"))
    (camera,) = check_picture(PictureFacts("0", error="camera 0 gives no picture"))
    assert ("above" in named.advice, "above" in camera.advice) == (False, True)


def test_now_is_told_from_since_the_start() -> None:
    now, since = check_power(BoardFacts(throttled=0x10001)), check_power(BoardFacts(throttled=0x10000))
    assert (now.said, since.said) == ("the voltage is too low now", "the voltage has been too low since the start")


@pytest.mark.parametrize(("free", "state"), [(50 * 2**20, "fail"), (500 * 2**20, "warn"), (5 * 2**30, "ok")])
def test_disk(free: int, state: str) -> None:
    assert check_disk(BoardFacts(free_bytes=free)).state == state


def test_a_camera_that_may_not_be_opened_is_no_failure_beside_one_that_may() -> None:
    closed = replace(WEBCAM, path="/dev/video2", allowed=False)
    cameras = CameraFacts((WEBCAM, closed))
    assert check_rights(cameras).state == "warn"
    assert "/dev/video2" not in check_v4l2(cameras).said
    assert check_rights(CameraFacts((closed,))).state == "fail"
    assert check_rights(CameraFacts((closed,)), elsewhere=True).state == "warn"


@pytest.mark.parametrize("said", ["", "failed to import fd"])
def test_a_csi_camera_that_libcamera_does_not_see_is_a_failure_where_it_is_the_only_one(said: str) -> None:
    cameras = CameraFacts((CSI,), libcamera=(), libcamera_said=said)
    assert check_libcamera(cameras).state == "fail"
    assert check_libcamera(cameras, elsewhere=True).state == "warn"
    assert check_libcamera(replace(cameras, nodes=(CSI, replace(WEBCAM, path="/dev/video8")))).state != "fail"


@pytest.mark.parametrize(
    ("refused", "advice"),
    [
        ("VCHI initialization failed", "usermod -aG video"),
        ("Can't open device file: /dev/vcio", "usermod -aG video"),
        ("gave no answer within 5 s", "see whether it works alone"),
        ("hello", "see whether it works alone"),
    ],
)
def test_the_group_is_advised_only_where_the_right_to_ask_is_missing(refused: str, advice: str) -> None:
    assert advice in check_power(BoardFacts(refused=refused)).advice
