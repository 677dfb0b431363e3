"""Checks of the installation: Picamera2, NumPy, OpenCV, the engine and the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from digitreader.setup.doctor.facts import CameraFacts, LoadedModelFacts, Module, NumpyNeed, PythonFacts
from digitreader.setup.doctor.gather_python import common_range, is_within
from digitreader.setup.doctor.hardware_checks import Finding, usable_nodes

ANEW = "make the environment again and install digitreader into it"
SIMPLEJPEG = "simplejpeg"
"""The only part of Picamera2 that is compiled against NumPy; the system's package fits the system's NumPy."""
SIMPLEJPEG_ANEW = "install one that fits the environment's NumPy: pip install --force-reinstall --no-deps simplejpeg"
ABI_WORDS = re.compile(
    r"compiled (?:using|against) NumPy|numpy\.dtype size changed|_ARRAY_API|API version 0x", re.IGNORECASE
)


def check_picamera(python: PythonFacts, cameras: CameraFacts, *, elsewhere: bool = False) -> Finding:
    """Whether Picamera2 can be imported in this environment, if a CSI camera needs it.

    Args:
        python: the facts about this environment.
        cameras: the facts about cameras.
        elsewhere: a picture came from another source, such as a network camera.
    """
    name, module = "Picamera2", python.module("picamera2")
    if module.works:
        return Finding(name, "ok", f"can be imported {module.version}".rstrip())
    alone = needs_picamera(cameras) and not elsewhere
    finding = _unreachable(name, module, python, cameras)
    return replace(finding, state="fail") if alone and finding.state == "warn" else finding


def needs_picamera(cameras: CameraFacts) -> bool:
    """Whether all cameras need Picamera2."""
    return bool(cameras.libcamera or any(node.csi for node in cameras.nodes)) and not usable_nodes(cameras)


def _unreachable(name: str, module: Module, python: PythonFacts, cameras: CameraFacts) -> Finding:
    if module.found:
        return Finding(name, "warn", f"does not load: {_last(module.said)}", _picamera_advice(module.said))
    if python.system_picamera and python.in_venv and not python.sees_system:
        advice = "let it see them: python3 -m venv --system-site-packages --upgrade .venv"
        return Finding(name, "warn", "is installed, but this virtual environment sees no system packages", advice)
    if python.system_picamera:
        advice = "use the system's own Python, for which it is made: python3 -m venv --system-site-packages .venv"
        return Finding(name, "warn", f"is installed, but for another Python than this {python.python}", advice)
    if cameras.libcamera or any(node.csi for node in cameras.nodes):
        advice = "install it: sudo apt install python3-picamera2"
        return Finding(name, "warn", "is not installed, and a CSI camera needs it", advice)
    return Finding(name, "skip", "is not installed; only CSI cameras need it")


def check_numpy(python: PythonFacts) -> Finding:
    """Whether NumPy loads, and fits the packages that were compiled against it or require certain versions."""
    numpy = python.module("numpy")
    if not numpy.works:
        return Finding("NumPy", "fail", f"does not load: {_last(numpy.said) or 'it is not installed'}", ANEW)
    misfits = [module for module in python.modules if ABI_WORDS.search(module.said)]
    if misfits:
        return _misfit(numpy, misfits)
    unmet = [f"{need.package} needs {need.wanted}" for need in python.numpy_needs if _is_unmet(numpy, need)]
    if unmet:
        said = f"{numpy.version} is installed, but {' and '.join(unmet)}"
        return Finding("NumPy", "warn", said, _numpy_advice(python))
    return Finding("NumPy", "ok", f"{numpy.version}, and the packages that use it fit")


def _misfit(numpy: Module, misfits: Sequence[Module]) -> Finding:
    names = [module.name for module in misfits]
    said = f"{', '.join(names)}: compiled for another NumPy than the {numpy.version} that is installed"
    advice = f"install a {names[0]} that was made for this NumPy, or keep the environment free of system packages"
    if all(SIMPLEJPEG in module.said for module in misfits):
        advice = SIMPLEJPEG_ANEW
    return Finding("NumPy", "fail" if "cv2" in names else "warn", said, advice)


def _is_unmet(numpy: Module, need: NumpyNeed) -> bool:
    return not is_within(numpy.version, need.wanted)


def _numpy_advice(python: PythonFacts) -> str:
    common = common_range([need.wanted for need in python.numpy_needs])
    if common:
        return f'install one that suits all of them: pip install "numpy{common}"'
    return "no NumPy suits all of them, so keep digitreader in an environment of its own"


def check_opencv(python: PythonFacts) -> Finding:
    """Whether OpenCV loads, is installed once, has the right version, and can read cameras and videos."""
    opencv = python.module("cv2")
    if not opencv.works:
        missing = re.search(r"lib[\w.+-]+\.so[\w.]*", opencv.said)
        advice = "pip uninstall opencv-python; pip install opencv-python-headless" if missing else ANEW
        return Finding("OpenCV", "fail", f"does not load: {_last(opencv.said) or 'it is not installed'}", advice)
    if len(python.opencv_packages) > 1:
        said = f"{' and '.join(python.opencv_packages)} overwrite each other's cv2"
        advice = "uninstall all of them, then install opencv-python-headless"
        return Finding("OpenCV", "warn", said, advice)
    # the package's version has a fourth number, which the module does not report
    if python.opencv_needed and not f"{python.opencv_needed}.".startswith(f"{opencv.version}."):
        said = f"{opencv.version} resamples pictures differently from {python.opencv_needed}, which trained the models"
        return Finding("OpenCV", "warn", said, f"pip install opencv-python-headless=={python.opencv_needed}")
    lacking = [part for part in ("v4l/v4l2", "FFMPEG") if not _built_with(python.opencv_build, part)]
    if python.opencv_build and lacking:
        said = f"{opencv.version} was built without {' and '.join(lacking)}"
        advice = "pip install opencv-python-headless, which has both"
        return Finding("OpenCV", "warn", said, advice)
    return Finding("OpenCV", "ok", f"{opencv.version}, reads cameras and videos")


def check_engine(python: PythonFacts, model: LoadedModelFacts) -> Finding:
    """Which engine runs the network."""
    litert = python.module("ai_edge_litert")
    if litert.works:
        return Finding("engine", "ok", f"LiteRT {litert.version}")
    if not model.engine:
        said = f"LiteRT does not load: {_last(litert.said) or 'it is not installed'}"
        return Finding("engine", "fail", said, ANEW)
    why = f"does not load ({_last(litert.said)})" if litert.found else "is not installed"
    # the same integers, only slower: nothing has to be done
    return Finding("engine", "ok", f"LiteRT {why}, so NumPy runs the network and gives the same integers")


def check_model(model: LoadedModelFacts) -> Finding:
    """Whether the model passes all checks of its receipt."""
    if not model.failed:
        return Finding("model", "ok", f"{model.name}: all {model.proven} links of its receipt hold here")
    advice = "install digitreader again, or use a model that digitreader verify accepts"
    return Finding("model", "fail", f"{model.name}: {model.failed[0]}", advice)


def _picamera_advice(said: str) -> str:
    if ABI_WORDS.search(said) and SIMPLEJPEG in said:
        return SIMPLEJPEG_ANEW
    if ABI_WORDS.search(said):
        return "give the environment the system's NumPy: sudo apt install python3-numpy; pip uninstall numpy"
    return "install what it needs: sudo apt install --reinstall python3-picamera2 python3-libcamera"


def _last(said: str) -> str:
    return said.strip().splitlines()[-1].strip() if said.strip() else ""


def _built_with(build: str, part: str) -> bool:
    return re.search(rf"^\s*{re.escape(part)}:\s*YES", build, re.MULTILINE | re.IGNORECASE) is not None
