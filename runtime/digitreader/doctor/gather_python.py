"""Gathers what is known of Python and its packages; each is imported in a process of its own, which may crash."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from digitreader.doctor.asking import Ask, ask
from digitreader.doctor.facts import Module, NumpyNeed, PythonFacts
from digitreader.doctor.numpy_range import wanted_range

MODULES = {"numpy": "numpy", "cv2": "cv2", "ai_edge_litert": "ai_edge_litert.interpreter", "picamera2": "picamera2"}
OPENCV_PACKAGES = frozenset(
    {"opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"}
)
ON_NUMPY = ("digitreader", *sorted(OPENCV_PACKAGES), "ai-edge-litert", "picamera2", "simplejpeg")
"""Whose wishes count; the last is what Picamera2 compiles against NumPy."""
SYSTEM_PICAMERA = Path("/usr/lib/python3/dist-packages/picamera2")
MARK = "digitreader-doctor:"


def gather_python() -> PythonFacts:
    """Look at this environment."""
    modules = tuple(probe(name, imported) for name, imported in MODULES.items())
    works = any(module.name == "cv2" and module.works for module in modules)
    return PythonFacts(
        python=platform.python_version(),
        in_venv=sys.prefix != sys.base_prefix,
        sees_system=any("dist-packages" in path for path in sys.path),
        system_picamera=SYSTEM_PICAMERA.is_dir(),
        modules=modules,
        opencv_build=_opencv_build() if works else "",
        opencv_needed=needed_opencv(_requirements("digitreader")),
        opencv_packages=tuple(sorted(OPENCV_PACKAGES & _installed())),
        numpy_needs=numpy_needs(),
    )


def probe(name: str, imported: str, asking: Ask = ask) -> Module:
    """Import a module elsewhere."""
    if find_spec(name) is None:
        return Module(name, found=False, works=False)
    # without -P a script of this name in the current folder would be run
    code = f"import {imported} as it; print('{MARK}', getattr(it, '__version__', ''))"
    answer = asking((sys.executable, "-P", "-c", code))
    told = re.search(rf"^{MARK}(.*)$", answer.out, re.MULTILINE)
    works = answer.status == 0 and told is not None
    # what a signal ended says nothing itself
    said = answer.err or ("" if works else f"it ended with {answer.status}")
    return Module(name, (told[1].strip() if told else "") or _version(name), works=works, said=said)


def needed_opencv(requirements: Sequence[str]) -> str:
    """The version of OpenCV that digitreader asks for; empty where it asks for none in particular."""
    found = (re.match(r"opencv-python-headless\s*==\s*([\d.]+)", line) for line in requirements)
    return next((match[1] for match in found if match), "")


def numpy_needs(packages: Sequence[str] = ON_NUMPY) -> tuple[NumpyNeed, ...]:
    """What those of the packages that are installed ask of NumPy."""
    here = {
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "python_full_version": platform.python_version(),
        "sys_platform": sys.platform,
        "platform_system": platform.system(),
        "platform_machine": platform.machine(),
    }
    asked = ((package, wanted_range(_requirements(package), here)) for package in packages)
    return tuple(NumpyNeed(package, wanted) for package, wanted in asked if wanted)


def _opencv_build() -> str:
    answer = ask((sys.executable, "-P", "-c", "import cv2; print(cv2.getBuildInformation())"))
    return answer.out


def _requirements(package: str) -> list[str]:
    try:
        return metadata.requires(package) or []
    except metadata.PackageNotFoundError:
        return []


def _installed() -> set[str]:
    return {(each.metadata["Name"] or "").lower() for each in metadata.distributions()}


def _version(name: str) -> str:
    try:
        return metadata.version(name.replace("_", "-"))
    except metadata.PackageNotFoundError:
        return ""
