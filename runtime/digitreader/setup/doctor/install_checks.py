"""What is wrong with the installation and the picture; and all checks in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from digitreader.camera.opening import is_camera
from digitreader.setup.doctor.facts import (
    CameraFacts,
    Facts,
    ModelFacts,
    Module,
    NumpyNeed,
    PictureFacts,
    PictureMeasurements,
    PythonFacts,
)
from digitreader.setup.doctor.gather_python import common_range, is_within
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
    usable_nodes,
)

ANEW = "make the environment anew and install digitreader into it"
SIMPLEJPEG = "simplejpeg"
"""Picamera2's only part that is compiled against NumPy; the system's is made for the system's NumPy."""
SIMPLEJPEG_ANEW = "bring the environment one for its NumPy: pip install --force-reinstall --no-deps simplejpeg"
ABI_WORDS = re.compile(
    r"compiled (?:using|against) NumPy|numpy\.dtype size changed|_ARRAY_API|API version 0x", re.IGNORECASE
)


def check_picamera(python: PythonFacts, cameras: CameraFacts, *, elsewhere: bool = False) -> Finding:
    """Whether Picamera2 can be reached from this environment, where a CSI camera needs it.

    Args:
        python: what there is to reach it from.
        cameras: what there is to be read.
        elsewhere: a picture came from something else, such as a network camera.
    """
    name, module = "Picamera2", python.module("picamera2")
    if module.works:
        return Finding(name, "ok", f"can be imported {module.version}".rstrip())
    alone = needs_picamera(cameras) and not elsewhere
    finding = _unreachable(name, module, python, cameras)
    return replace(finding, state="fail") if alone and finding.state == "warn" else finding


def needs_picamera(cameras: CameraFacts) -> bool:
    """Whether the only cameras are those that Picamera2 alone can read."""
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
    """Whether NumPy loads, and whether all that was compiled against it or asks for some versions of it fits."""
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
    return Finding("NumPy", "ok", f"{numpy.version}, and what was compiled against it fits")


def _misfit(numpy: Module, misfits: Sequence[Module]) -> Finding:
    names = [module.name for module in misfits]
    said = f"{', '.join(names)}: compiled for another NumPy than the {numpy.version} that is installed"
    advice = f"install a {names[0]} of its time, or keep the environment free of system packages"
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
    """Whether OpenCV loads, is the one, and can read cameras and videos."""
    opencv = python.module("cv2")
    if not opencv.works:
        missing = re.search(r"lib[\w.+-]+\.so[\w.]*", opencv.said)
        advice = "pip uninstall opencv-python; pip install opencv-python-headless" if missing else ANEW
        return Finding("OpenCV", "fail", f"does not load: {_last(opencv.said) or 'it is not installed'}", advice)
    if len(python.opencv_packages) > 1:
        said = f"{' and '.join(python.opencv_packages)} overwrite each other's cv2"
        advice = "uninstall all of them, then install opencv-python-headless"
        return Finding("OpenCV", "warn", said, advice)
    # the package has a fourth number, which the module does not tell
    if python.opencv_needed and not f"{python.opencv_needed}.".startswith(f"{opencv.version}."):
        said = f"{opencv.version} warps otherwise than the {python.opencv_needed} that the models learned through"
        return Finding("OpenCV", "warn", said, f"pip install opencv-python-headless=={python.opencv_needed}")
    lacking = [part for part in ("v4l/v4l2", "FFMPEG") if not _built_with(python.opencv_build, part)]
    if python.opencv_build and lacking:
        said = f"{opencv.version} was built without {' and '.join(lacking)}"
        advice = "pip install opencv-python-headless, which has both"
        return Finding("OpenCV", "warn", said, advice)
    return Finding("OpenCV", "ok", f"{opencv.version}, reads cameras and videos")


def check_engine(python: PythonFacts, model: ModelFacts) -> Finding:
    """What runs the network."""
    litert = python.module("ai_edge_litert")
    if litert.works:
        return Finding("engine", "ok", f"LiteRT {litert.version}")
    if not model.engine:
        said = f"LiteRT does not load: {_last(litert.said) or 'it is not installed'}"
        return Finding("engine", "fail", said, ANEW)
    why = f"does not load ({_last(litert.said)})" if litert.found else "is not installed"
    # the same integers, only slower: nothing has to be done
    return Finding("engine", "ok", f"LiteRT {why}, so NumPy runs the network and gives the same integers")


def check_model(model: ModelFacts) -> Finding:
    """Whether the model is the one that was proven."""
    if not model.failed:
        return Finding("model", "ok", f"{model.name}: all {model.proven} links of its receipt hold here")
    advice = "install digitreader anew, or use a model that digitreader verify accepts"
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


SOFT_EDGE_PX, SOFT_EDGE_SHARE = 4.0, 0.045
"""An edge wider than both, the latter in heights of a digit, is out of focus; sharp ones are 1 to 3 pixels wide."""
SOFT_EDGE_ANYWHERE_PX = 8.0
"""The same where no digit was found, for the sharpest edges of the picture."""
DARK_PAPER, BURNT_PAPER = 70.0, 250.0
BURNT_SHARE, GLARE_SHARE = 0.35, 0.01
LEAST_CONTRAST, GOOD_CONTRAST = 0.25, 0.5
LIGHT_PAPER = 235.0
"""Paper at least this bright is burnt out here and there without any lamp mirrored in it."""
LEAST_HEIGHT_PX, GREATEST_HEIGHT = 12.0, 0.45

NOTHING_FOUND = "hold a sheet with digits under the camera; where one is, they are too small, too faint or too blurred"
TOO_SMALL = "what may be digits is too small to be read: see digit size below"
TOO_FAINT = "what may be digits shows when its ink is made darker: see what is marked below"


def check_picture(picture: PictureFacts, *, unreached: bool = False) -> tuple[Finding, ...]:
    """Everything that a picture shows of how the camera stands.

    Args:
        picture: what was taken.
        unreached: the only camera needs Picamera2, which cannot be imported.
    """
    if not picture.source:
        why = "the camera needs Picamera2, see there" if unreached else "there is no camera to take one with"
        return (Finding("picture", "skip", why),)
    look = picture.look
    if look is None:
        advice = picture.advice or "name another: digitreader doctor SOURCE"
        if is_camera(picture.source) and not picture.advice:
            advice = f"see to what is said above, or {advice}"
        return (Finding("picture", "fail", picture.error, advice),)
    said = f"{picture.source}: {look.size_wh[0]} x {look.size_wh[1]} pixels, {look.digits} things that may be digits"
    advice = "" if look.digits else _why_nothing(look)
    taken = Finding("picture", "ok" if look.digits else "warn", said, advice)
    checks = (check_light, check_glare, check_focus, check_contrast, check_size)
    return (taken, check_way_up(look, live=picture.live), *(check(look) for check in checks))


def check_way_up(look: PictureMeasurements, *, live: bool) -> Finding:
    """Whether the camera hangs upright.

    Args:
        look: what was measured.
        live: the picture is of a stream; single pictures are turned by `read` itself.
    """
    if not look.digits:
        return Finding("way up", "skip", "there are no digits to tell it by")
    if not look.turned_deg:
        return Finding("way up", "ok", "the digits stand upright")
    said = f"the digits stand upright when the picture is turned by {look.turned_deg} degrees clockwise"
    if not live:
        return Finding("way up", "ok", f"{said}, as read does by itself")
    return Finding(
        "way up", "warn", said, f"the camera hangs turned: hang it upright, or read with --rotate {look.turned_deg}"
    )


def check_light(look: PictureMeasurements) -> Finding:
    """Whether the paper is lit enough, and not too much."""
    said = f"the paper is {look.paper:.0f} of 255 bright"
    if look.paper < DARK_PAPER:
        return Finding("light", "warn", said, "bring a lamp nearer, from the side, or lengthen the exposure")
    if look.paper >= BURNT_PAPER and look.glare >= BURNT_SHARE and look.contrast < GOOD_CONTRAST:
        return Finding("light", "warn", f"{said}, all of it burnt out", "take the lamp away or shorten the exposure")
    return Finding("light", "ok", said)


def check_glare(look: PictureMeasurements) -> Finding:
    """Whether a lamp is mirrored in the paper."""
    said = f"{look.glare:.1%} of the picture is burnt out to white"
    is_light = look.least_paper >= LIGHT_PAPER and look.contrast >= GOOD_CONTRAST
    if look.glare >= BURNT_SHARE or is_light or (look.glare < GLARE_SHARE and not look.near_glare):
        return Finding("glare", "ok", said)
    said += ", some of it beside digits" if look.near_glare else ""
    return Finding("glare", "warn", said, "move the lamp to the side, until the camera no longer sees its reflection")


def check_focus(look: PictureMeasurements) -> Finding:
    """Whether strokes have sharp edges."""
    if not look.edge_px:
        return Finding("focus", "skip", "nothing in the picture has an edge that stands out from its noise")
    said = f"edges are {look.edge_px:.1f} pixels wide, of {_soft_px(look):.1f} that may be"
    if look.edge_px <= _soft_px(look):
        return Finding("focus", "ok", said)
    return Finding(
        "focus", "warn", said, "hold camera and paper still, turn the lens or clean it, or move the camera farther off"
    )


def check_contrast(look: PictureMeasurements) -> Finding:
    """Whether the ink stands out from its paper."""
    if not look.height_px:
        return Finding("contrast", "skip", "there is no ink to judge")
    if look.edge_px > _soft_px(look):
        return Finding("contrast", "skip", "cannot be judged before the picture is sharp")
    said = f"the ink swallows {look.contrast:.0%} of the light"
    if look.contrast >= LEAST_CONTRAST and not look.too_faint:
        return Finding("contrast", "ok", said)
    return Finding("contrast", "warn", said, "write with a darker or thicker pen, on white paper")


def check_size(look: PictureMeasurements) -> Finding:
    """Whether the digits are large enough to be read."""
    height_px = look.too_small_px or look.height_px
    if not height_px:
        return Finding("digit size", "skip", "there are no digits to measure")
    said = f"digits are {height_px:.0f} pixels high"
    if look.too_small_px or height_px < LEAST_HEIGHT_PX:
        advice = "move the camera nearer, write larger, or take a larger --size"
        return Finding("digit size", "warn", f"{said}, of {LEAST_HEIGHT_PX:.0f} that they need", advice)
    if height_px > GREATEST_HEIGHT * look.size_wh[look.turned_deg % 180 == 0]:
        return Finding("digit size", "warn", f"{said}, too large for the picture", "move the camera farther off")
    return Finding("digit size", "ok", said)


def _why_nothing(look: PictureMeasurements) -> str:
    """What to do where no digit was found."""
    if look.too_small_px:
        return TOO_SMALL
    return TOO_FAINT if look.too_faint else NOTHING_FOUND


def _soft_px(look: PictureMeasurements) -> float:
    return max(SOFT_EDGE_PX, SOFT_EDGE_SHARE * look.height_px) if look.height_px else SOFT_EDGE_ANYWHERE_PX


def examine(facts: Facts) -> tuple[Finding, ...]:
    """What is wrong with a machine, and what is right."""
    elsewhere = facts.picture.look is not None
    unreached = needs_picamera(facts.cameras) and not facts.python.module("picamera2").works
    return (
        check_v4l2(facts.cameras, elsewhere=elsewhere),
        check_libcamera(facts.cameras, elsewhere=elsewhere),
        check_holders(facts.cameras),
        check_rights(facts.cameras, elsewhere=elsewhere),
        check_picamera(facts.python, facts.cameras, elsewhere=elsewhere),
        check_numpy(facts.python),
        check_opencv(facts.python),
        check_engine(facts.python, facts.model),
        check_model(facts.model),
        check_temperature(facts.board),
        check_power(facts.board),
        check_throttling(facts.board),
        check_disk(facts.board),
        *check_picture(facts.picture, unreached=unreached),
    )
