"""What is wrong with the cameras."""

from __future__ import annotations

from digitreader.doctor.facts import CameraFacts, Node
from digitreader.doctor.finding import Finding, State

CONNECT = "plug a USB camera in, or a CSI camera's ribbon with the power off, and look again"


def check_v4l2(cameras: CameraFacts, *, elsewhere: bool = False) -> Finding:
    """The cameras that V4L2 sees and OpenCV can read.

    Args:
        cameras: what there is.
        elsewhere: a picture came from something else, such as a network camera.
    """
    usable = usable_nodes(cameras)
    allowed = [node for node in usable if node.allowed]
    named = ", ".join(f"{node.path} ({node.title})" for node in allowed or usable)
    if allowed:
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


def check_libcamera(cameras: CameraFacts, *, elsewhere: bool = False) -> Finding:
    """The cameras that libcamera sees; that it sees none is a failure where there is nothing else to read from."""
    name = "libcamera"
    alone = any(node.csi for node in cameras.nodes) and not usable_nodes(cameras)
    state: State = "fail" if alone and not elsewhere else "warn"
    if cameras.libcamera is None:
        if any(node.csi for node in cameras.nodes):
            advice = "install it: sudo apt install rpicam-apps python3-picamera2"
            return Finding(name, "warn", "there is a CSI connector, but nothing that can read it", advice)
        return Finding(name, "skip", "is not installed; only CSI cameras need it")
    if cameras.libcamera:
        return Finding(name, "ok", ", ".join(cameras.libcamera))
    if cameras.libcamera_said:
        advice = "see whether it works alone: rpicam-hello --list-cameras"
        return Finding(name, state, f"failed: {cameras.libcamera_said}", advice)
    if alone:
        advice = "switch the Pi off and seat the ribbon cable anew at both ends, contacts to the contacts"
        return Finding(name, state, "sees no camera", advice)
    return Finding(name, "ok", "sees no CSI camera")


def check_holders(cameras: CameraFacts) -> Finding:
    """Who has a camera open: only one program can."""
    held = [(node, holder) for node in cameras.nodes if node.captures for holder in node.holders]
    if not held:
        return Finding("camera in use", "ok", "no program that we may see has a camera open")
    said = ", ".join(f"{node.path} is held by {holder}" for node, holder in held)
    return Finding("camera in use", "warn", said, "end that program, as only one can read a camera at a time")


def check_rights(cameras: CameraFacts, *, elsewhere: bool = False) -> Finding:
    """Whether the cameras may be opened; a failure where there is nothing else to read from."""
    closed = [node for node in cameras.nodes if node.captures and not node.allowed]
    if not closed:
        said = f"{cameras.user} may open every camera" if cameras.nodes else "there is no camera to open"
        return Finding("camera rights", "ok", said)
    node = closed[0]
    is_alone = not elsewhere and not any(other.allowed for other in usable_nodes(cameras))
    state: State = "fail" if is_alone else "warn"
    said = f"{cameras.user} may not open {node.path}, which belongs to the group {node.group}"
    if node.group in cameras.listed_groups and node.group not in cameras.groups:
        return Finding("camera rights", state, said, "log out and in again, as you joined it since, or reboot")
    if node.group in cameras.groups:
        return Finding("camera rights", state, said, f"let the group in: sudo chmod g+rw {node.path}")
    advice = f"join the group and log in again: sudo usermod -aG {node.group} {cameras.user}"
    return Finding("camera rights", state, said, advice)


def usable_nodes(cameras: CameraFacts) -> list[Node]:
    """The cameras that OpenCV can read."""
    return [node for node in cameras.nodes if node.captures and not node.csi]
