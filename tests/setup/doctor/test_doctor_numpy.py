"""Which NumPy the installed packages can live with, and what the doctor advises where it is another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from digitreader.setup.doctor.facts import CameraFacts, Module, NumpyNeed, PythonFacts
from digitreader.setup.doctor.gather_python import common_range, gather_python, is_within, numpy_needs, wanted_range
from digitreader.setup.doctor.install_checks import check_numpy, check_picamera

HERE = {"python_version": "3.11", "sys_platform": "linux", "platform_machine": "aarch64", "platform_system": "Linux"}
OURS, OPENCV = NumpyNeed("digitreader", "<3,>=2.1"), NumpyNeed("opencv-python-headless", ">=2")
PICAMERA = NumpyNeed("simplejpeg", "<2")
CHECKED = "numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88"


def found_with(version: str, *needs: NumpyNeed) -> tuple[str, str, str]:
    finding = check_numpy(PythonFacts(modules=(Module("numpy", version),), numpy_needs=needs))
    return finding.state, finding.said, finding.advice


@pytest.mark.parametrize(
    ("requirements", "wanted"),
    [
        (["numpy<3,>=2.1", "opencv-python-headless==5.0.0.93"], "<3,>=2.1"),
        (["numpy<2.0; python_version < '3.9'", 'numpy>=2; python_version >= "3.9"'], ">=2"),
        (["numpy (>=1.26 , <2)"], ">=1.26,<2"),
        (["numpy"], ""),
        (["numpy-financial>=1", "scipy"], ""),
        (["numpy>=2.3; python_version >= '3.14'", "numpy>=1.21; python_version > '3.6'"], ">=1.21"),
        (["numpy>=9; sys_platform == 'linux' and platform_machine == 'arm64'"], ""),
        (["numpy>=9; (sys_platform == 'darwin' or platform_machine == 'aarch64') and python_version < '4'"], ">=9"),
        (["numpy>=9; extra == 'science'"], ""),
        (
            [
                "numpy>=9; this is not a marker",
                "numpy>=9; __import__('os')",
                "numpy>=9; python_version > 3",
                "numpy>=9; 'a' in 'ab'",
            ],
            "",
        ),
        ([], ""),
    ],
)
def test_the_wish_of_a_package_is_what_holds_on_this_machine(requirements: list[str], wanted: str) -> None:
    assert wanted_range(requirements, HERE) == wanted


@pytest.mark.parametrize(
    ("version", "wanted", "fits"),
    [
        ("2.4.6", "<3,>=2.1", True),
        ("2.10.0", ">=2.9", True),
        ("1.26.4", ">=2", False),
        ("2.0", ">=2.0.0", True),
        ("3.0.0rc1", "<3", False),
        ("2.4.6", "!=2.4.6", False),
        ("2.4.6", "==2.4.*", True),
        ("2.5.0", "==2.4.*", False),
        ("2.5.0", "!=2.4.*", True),
        ("2.4.9", "~=2.4.6", True),
        ("2.5.0", "~=2.4.6", False),
        ("2.4.6", "<=2.4.6,>2.4.5", True),
        ("2.4.6", "", True),
    ],
)
def test_versions_are_compared_as_numbers(version: str, wanted: str, fits: bool) -> None:
    assert is_within(version, wanted) is fits


@pytest.mark.parametrize(
    ("ranges", "common"),
    [
        (["<3,>=2.1", ">=2", ">=1.23.2"], ">=2.1,<3"),
        ([">=2.1,<3", "<=2.2"], ">=2.1,<=2.2"),
        ([">=2.1", "<2"], ""),
        ([">=2.0.0", "<2"], ""),
        (["<2"], "<2"),
        ([], ""),
    ],
)
def test_the_versions_that_suit_all(ranges: list[str], common: str) -> None:
    assert common_range(ranges) == common


def test_a_numpy_that_suits_all_is_well() -> None:
    assert found_with("2.2.4", OURS, OPENCV)[0] == "ok"


def test_one_that_is_too_old_is_told_with_the_versions_that_suit_all() -> None:
    assert found_with("1.24.2", OURS, OPENCV) == (
        "warn",
        "1.24.2 is installed, but digitreader needs <3,>=2.1 and opencv-python-headless needs >=2",
        'install one that suits all of them: pip install "numpy>=2.1,<3"',
    )


def test_where_none_suits_all_that_is_said() -> None:
    state, said, advice = found_with("2.2.4", OURS, PICAMERA)
    assert (state, said) == ("warn", "2.2.4 is installed, but simplejpeg needs <2")
    assert advice == "no NumPy suits all of them, so keep digitreader in an environment of its own"


@pytest.mark.parametrize(
    ("traceback", "advice"),
    [
        (
            f"dist-packages/simplejpeg/__init__.py\nValueError: {CHECKED}",
            "pip install --force-reinstall --no-deps simplejpeg",
        ),
        (f"dist-packages/other/__init__.py\nValueError: {CHECKED}", "that was made for this NumPy"),
    ],
)
def test_the_part_of_picamera2_that_is_compiled_for_the_systems_numpy_is_named(traceback: str, advice: str) -> None:
    python = PythonFacts(
        modules=(Module("numpy", "2.4.6"), Module("picamera2", works=False, said=traceback)), numpy_needs=(OURS,)
    )
    found = check_numpy(python)
    assert (found.state, found.said) == (
        "warn",
        "picamera2: compiled for another NumPy than the 2.4.6 that is installed",
    )
    assert advice in found.advice
    named = check_picamera(python, CameraFacts()).advice
    assert ("simplejpeg" in named) is ("simplejpeg" in traceback)
    assert "sudo apt" in check_picamera(replace(python, modules=()), CameraFacts(libcamera=("imx708",))).advice


def test_what_the_packages_of_this_environment_ask_is_met() -> None:
    python = gather_python()
    needs = {need.package: need.wanted for need in python.numpy_needs}
    assert needs["opencv-python-headless"] == ">=2"
    assert check_numpy(python).state == "ok"


def test_a_package_is_asked_by_its_installed_metadata(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "simplejpeg-1.7.3.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: simplejpeg\nVersion: 1.7.3\nRequires-Dist: numpy<2\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert numpy_needs(("simplejpeg", "no-such-package")) == (PICAMERA,)
