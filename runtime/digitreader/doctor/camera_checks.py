"""What is wrong with the cameras."""

from __future__ import annotations

from digitreader.doctor.facts import CameraFacts, Node
from digitreader.doctor.finding import Finding

CONNECT = "plug a USB camera in, or a CSI camera's ribbon with the power off, and look again"


def check_v4l2(cameras: CameraFacts, *, elsewhere: bool = False) -> Finding:
    """The cameras that V4L2 sees and OpenCV can read.

    Args:
        cameras: what there is.
        elsewhere: a picture came from something else, such as a network camera.
    """
    usable = usable_nodes(cameras)
    named = ", ".join(f"{node.path} ({node.title})" for node in usable)
    if any(node.allowed for node in usable):
        return Finding("V4L2 cameras", "ok", named)
    if usable:
        return Finding("V4L2 cameras", "warn", f"{named}: none may be opened", "see camera rights below")
    if cameras.libcamera:
        return Finding("V4L2 cameras", "ok", "none, but libcamera sees one, which digitreader read picamera reads")
    if any(node.csi for node in cameras.nodes):
        advice = "read it with: digitreader read picamera"
        return Finding("V4L2 cameras", "warn", "only a CSI camera, which OpenCV cannot read", advice)
    if elsewhere:
        return Finding("V4L2 cameras", "skip", "no camera is connected, but the picture came from elsewhere")
    return Finding("V4L2 cameras", "fail", "no camera is connected", CONNECT)


def check_libcamera(cameras: CameraFacts) -> Finding:
    """The cameras that libcamera sees."""
    name = "libcamera"
    if cameras.libcamera is None:
        if any(node.csi for node in cameras.nodes):
            advice = "install it: sudo apt install rpicam-apps python3-picamera2"
            return Finding(name, "warn", "there is a CSI connector, but nothing that can read it", advice)
        return Finding(name, "skip", "is not installed; only CSI cameras need it")
    if cameras.libcamera:
        return Finding(name, "ok", ", ".join(cameras.libcamera))
    if cameras.libcamera_said:
        advice = "see whether it works alone: rpicam-hello --list-cameras"
        return Finding(name, "warn", f"failed: {cameras.libcamera_said}", advice)
    if any(node.csi for node in cameras.nodes) and not usable_nodes(cameras):
        advice = "switch the Pi off and seat the ribbon cable anew at both ends, contacts to the contacts"
        return Finding(name, "warn", "sees no camera", advice)
    return Finding(name, "ok", "sees no CSI camera")


def check_holders(cameras: CameraFacts) -> Finding:
    """Who has a camera open: only one program can."""
    held = [(node, holder) for node in cameras.nodes if node.captures for holder in node.holders]
    if not held:
        return Finding("camera in use", "ok", "no program that we may see has a camera open")
    said = ", ".join(f"{node.path} is held by {holder}" for node, holder in held)
    return Finding("camera in use", "warn", said, "end that program, as only one can read a camera at a time")


def check_rights(cameras: CameraFacts) -> Finding:
    """Whether the cameras may be opened."""
    closed = [node for node in cameras.nodes if node.captures and not node.allowed]
    if not closed:
        said = f"{cameras.user} may open every camera" if cameras.nodes else "there is no camera to open"
        return Finding("camera rights", "ok", said)
    node = closed[0]
    said = f"{cameras.user} may not open {node.path}, which belongs to the group {node.group}"
    if node.group in cameras.listed_groups and node.group not in cameras.groups:
        return Finding("camera rights", "fail", said, "log out and in again, as you joined it since, or reboot")
    if node.group in cameras.groups:
        return Finding("camera rights", "fail", said, f"let the group in: sudo chmod g+rw {node.path}")
    advice = f"join the group and log in again: sudo usermod -aG {node.group} {cameras.user}"
    return Finding("camera rights", "fail", said, advice)


def usable_nodes(cameras: CameraFacts) -> list[Node]:
    """The cameras that OpenCV can read."""
    return [node for node in cameras.nodes if node.captures and not node.csi]
