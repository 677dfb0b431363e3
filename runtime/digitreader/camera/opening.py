"""Opens the source that the user named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.camera.source import SYSTEM_TRUST, Source, TrustSettings, printable
from digitreader.errors import SourceError
from digitreader.host.messages import print_info

if TYPE_CHECKING:
    from digitreader.camera.folder import SkippedFiles
    from digitreader.camera.source import CameraSettings, CameraSource

STDIN, DEMO, PICAMERA, AUTO = "-", "demo", "picamera", "auto"
NODE, LINKS = "/dev/video", "/dev/v4l/"
HOW_TO_NAME_A_SOURCE = (
    "name what to read, as in: digitreader read photo.jpg, or digitreader read demo for a camera without hardware; "
    "digitreader doctor says what keeps a camera from being read"
)
PROTOCOLS = frozenset({"http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "udp", "tcp", "srt"})


def is_not_a_file(spec: str) -> bool:
    """True for a name that is not a file: stdin, the demo, a camera or a URL."""
    return spec in {STDIN, DEMO} or is_camera(spec)


def source_name(spec: str) -> str:
    """The name of a source in outputs and messages; for a file its path without needless dots and slashes."""
    return printable(spec if is_not_a_file(spec) or not spec else Path(spec))


def is_pattern(spec: str) -> bool:
    """True for a shell-style pattern such as ``scans/**/*.png`` that is not the name of a file itself."""
    return any(sign in spec for sign in "*?[") and "://" not in spec and not Path(spec).exists()


def expand(
    spec: str, *, recursive: bool = False, most: int | None = None, skipped: SkippedFiles | None = None
) -> list[str]:
    """Turn a folder or a pattern into its pictures and videos, in natural order; anything else stays as it is.

    Args:
        spec: what the user named.
        recursive: include sub-folders.
        most: the most names.
        skipped: collects everything that is left out.

    Returns:
        Names for `open_source`. A folder without pictures stays in the list, and `open_source` refuses it.
    """
    if is_not_a_file(spec) or not (is_folder(spec) or is_pattern(spec)):
        return [spec]
    from digitreader.camera.folder import SkippedFiles, files_matching, first_of, readable_in

    skipped = SkippedFiles() if skipped is None else skipped
    listed = (
        map(str, readable_in(Path(spec), skipped, recursive=recursive))
        if is_folder(spec)
        else files_matching(spec, skipped, recursive=recursive)
    )
    try:
        return list(first_of(listed, most, skipped)) or [spec]
    except SourceError:
        return [spec]


def is_folder(spec: str) -> bool:
    """True for the name of an existing folder that is not a special name such as ``demo``."""
    if not spec:  # `Path` would take it for the current folder
        return False
    return spec not in {STDIN, DEMO, PICAMERA, AUTO} and camera_node(spec) is None and Path(spec).is_dir()


def is_camera(spec: str) -> bool:
    """True for a source that gives frames by itself: a camera of this machine, or a URL."""
    return spec in {PICAMERA, AUTO} or is_url(spec) or camera_node(spec) is not None


def open_source(spec: str, *, paced: bool = True, trust: TrustSettings = SYSTEM_TRUST) -> Source:
    """Open what the user named.

    Args:
        spec: an image or video file, ``-``, a camera's number, /dev/video node or link below /dev/v4l, ``picamera``,
            ``auto`` for the first camera that works, a URL, or ``demo``. For a file with such a name give ``./demo``.
        paced: the demo camera gives its frames as slowly as a camera does, instead of as fast as they are drawn.
        trust: the trusted certificates.

    Raises:
        SourceError: it does not exist, or cannot be opened. A picture is opened only later, by its `frames`.
    """
    if spec == DEMO:
        from digitreader.camera.demo import Demo

        return Demo(paced=paced)
    if spec == STDIN:
        from digitreader.camera.image_pages import StdinPicture

        return StdinPicture()
    if is_camera(spec):
        return open_camera_source(spec, trust=trust)
    if "://" in spec and not Path(spec).exists():
        known = ", ".join(sorted(PROTOCOLS))
        raise SourceError(f"{printable(spec)}: this kind of address is not known; give {known}")
    if not spec:
        raise SourceError("the name of the source is empty; give the name of a picture, a folder, a video or a camera")
    return _open_file(Path(spec))


def first_camera() -> str:
    """Find the first camera that gives a picture, and print its name on stderr.

    Raises:
        SourceError: there is none; the message says which cameras were tried, and how to name another source.
    """
    from digitreader.camera.devices import list_cameras, stable_name
    from digitreader.camera.picamera import is_installed

    titles = {str(device.path): f"{device.path} ({device.title})" for device in list_cameras()}
    tried = []
    for spec, title in (titles | ({PICAMERA: PICAMERA} if is_installed() else {})).items():
        try:
            open_camera_source(spec).__exit__(None, None, None)
        except SourceError:
            tried.append(f"{title} gives no picture")
            continue
        print_info(f"reading camera {title}; Ctrl-C ends")
        return spec if spec == PICAMERA else str(stable_name(Path(spec)))
    looked_for = [] if titles else ["none at /dev/video* that this user may open"]
    looked_for += tried if is_installed() else [*tried, "Picamera2 is not installed"]
    raise SourceError(f"no camera was found: {', '.join(looked_for)}; {HOW_TO_NAME_A_SOURCE}")


def open_camera_source(
    spec: str,
    settings: CameraSettings | None = None,
    *,
    threaded: bool = False,
    patience_s: float = 0.0,
    trust: TrustSettings = SYSTEM_TRUST,
) -> CameraSource:
    """Open a camera of this machine or a URL.

    Args:
        spec: a name for which `is_camera` is true.
        settings: the settings of a camera; a URL has no such settings.
        threaded: it is read in a thread beside others; see `Capture`.
        patience_s: how long that thread's reader waits for a frame.
        trust: the trusted certificates.

    Raises:
        SourceError: it does not exist, or cannot be opened.
    """
    if spec == AUTO:
        spec = first_camera()
    if spec == PICAMERA:
        from digitreader.camera.picamera import PiCamera

        return PiCamera(settings, threaded=threaded)
    from digitreader.camera.webcam import open_camera, open_stream

    if (node := camera_node(spec)) is not None:
        return open_camera(spec, node, settings, threaded=threaded)
    return open_stream(spec, threaded=threaded, patience_s=patience_s, trust=trust)


def _open_file(path: Path) -> Source:
    if path.is_dir():
        from digitreader.camera.folder import SkippedFiles, readable_in

        skipped = SkippedFiles()
        if next(readable_in(path, skipped), None) is None:
            holds = f" but {skipped}" if str(skipped) else ""
            raise SourceError(f"{printable(path)}: holds no pictures{holds}")
        raise SourceError(f"{printable(path)}: is a folder; name one of its pictures")
    if is_pattern(str(path)):
        from digitreader.camera.folder import SkippedFiles, files_matching

        next(files_matching(str(path), SkippedFiles()), None)
        raise SourceError(f"{printable(path)}: this pattern matches no pictures; check it with ls")
    from digitreader.camera.image_header import is_video

    if is_video(path):
        from digitreader.camera.video import Video

        return Video(path)
    from digitreader.camera.image_pages import PictureSource

    return PictureSource(path)


def is_url(spec: str) -> bool:
    """True for the address of a network camera or video."""
    protocol, mark, _ = spec.partition("://")
    return bool(mark) and protocol.lower() in PROTOCOLS


def camera_node(spec: str) -> Path | None:
    """The node or link of a camera of this machine; None if something else is named."""
    if spec.startswith(LINKS):
        return Path(spec)
    number = spec.removeprefix(NODE)
    return Path(f"{NODE}{int(number)}") if number.isdecimal() and number.isascii() else None
