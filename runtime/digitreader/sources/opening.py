"""From what the user wrote to the source that it means; nothing heavy is imported before it is needed."""

from __future__ import annotations

from pathlib import Path

from digitreader.errors import SourceError
from digitreader.sources.naming import printable
from digitreader.sources.source import Source
from digitreader.talk import say

STDIN, DEMO, PICAMERA = "-", "demo", "picamera"
NODE = "/dev/video"
PROTOCOLS = frozenset({"http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "udp", "tcp", "srt"})


def expand(spec: str) -> list[str]:
    """Turn a folder into its pictures, in natural order; anything else stays as it is.

    Returns:
        What `open_source` opens one by one. A folder without pictures stays, and is refused there.
    """
    if not is_folder(spec):
        return [spec]
    from digitreader.sources.folder import pictures_in

    try:
        return [str(path) for path in pictures_in(Path(spec))]
    except SourceError:
        return [spec]


def is_folder(spec: str) -> bool:
    """True for the name of an existing folder that is not one of the words with a meaning of their own."""
    return spec not in {STDIN, DEMO, PICAMERA} and _camera_number(spec) is None and Path(spec).is_dir()


def open_source(spec: str, *, paced: bool = True) -> Source:
    """Open what the user named.

    Args:
        spec: an image or video file, ``-``, a camera's number or /dev/video node, ``picamera``, a URL, or ``demo``.
            A file that is called like one of these is meant by ``./demo``.
        paced: the demo camera gives its frames as slowly as a camera does, instead of as fast as they are drawn.

    Raises:
        SourceError: it does not exist, or cannot be opened. A picture is only opened by its `frames`.
    """
    if spec == DEMO:
        from digitreader.sources.demo import Demo

        return Demo(paced=paced)
    if spec == STDIN:
        from digitreader.sources.picture import StdinPicture

        return StdinPicture()
    if spec == PICAMERA:
        from digitreader.sources.picamera import PiCamera

        return PiCamera()
    if _is_url(spec) or _camera_number(spec) is not None:
        return _open_camera(spec)
    return _open_file(Path(spec))


def open_default_source(*, paced: bool = True) -> Source:
    """Open the first camera that works, or else the demo camera; a line on stderr says which.

    Args:
        paced: as in `open_source`, for the demo camera.
    """
    from digitreader.sources.camera import open_camera
    from digitreader.sources.devices import list_cameras
    from digitreader.sources.picamera import PiCamera, is_installed

    for device in list_cameras():
        try:
            camera: Source = open_camera(str(device.path), device.path)
        except SourceError:
            continue
        say(f"reading camera {device.path} ({device.title}); Ctrl-C ends")
        return camera
    if is_installed():
        try:
            camera = PiCamera()
        except SourceError:
            pass
        else:
            say("reading picamera; Ctrl-C ends")
            return camera
    say("no camera was found, so this is the demo camera; Ctrl-C ends")
    return open_source(DEMO, paced=paced)


def _open_camera(spec: str) -> Source:
    from digitreader.sources.camera import open_camera, open_stream

    if _is_url(spec):
        return open_stream(spec)
    return open_camera(spec, Path(f"{NODE}{_camera_number(spec)}"))


def _open_file(path: Path) -> Source:
    if path.is_dir():
        from digitreader.sources.folder import pictures_in

        pictures_in(path)
        raise SourceError(f"{printable(path)}: is a folder; name one of its pictures")
    from digitreader.sources.containers import is_video

    if is_video(path):
        from digitreader.sources.video import Video

        return Video(path)
    from digitreader.sources.picture import Picture

    return Picture(path)


def _is_url(spec: str) -> bool:
    protocol, mark, _ = spec.partition("://")
    return bool(mark) and protocol.lower() in PROTOCOLS


def _camera_number(spec: str) -> int | None:
    number = spec.removeprefix(NODE)
    return int(number) if number.isdecimal() and number.isascii() else None
