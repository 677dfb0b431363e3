"""Network cameras that send one picture after another over HTTP (MJPEG)."""

from __future__ import annotations

import http.client
import time
import urllib.error
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Self

from digitreader.camera.answer_deadline import Deadline
from digitreader.camera.http_opener import camera_opener, camera_request
from digitreader.camera.images import decode_frame
from digitreader.camera.network_faults import MANUAL, why_no_answer, why_refused
from digitreader.camera.snapshots import SnapshotCamera, is_snapshot
from digitreader.camera.source import PlainSource, TrustSettings, printable
from digitreader.errors import SourceError
from digitreader.values import ColourImage, Frame

MOST_PICTURE_BYTES = 32_000_000
"""No camera sends a larger picture; more bytes mean that the data are not a picture."""
MOST_LINE_BYTES, MOST_LINES = 8192, 100
CHUNK_BYTES = 65_536
NO_PICTURES = {
    "text/html": "a web page",
    "application/json": "JSON",
    "application/xml": "XML",
    "text/xml": "XML",
}
"""What an answer is that holds no pictures, by its media type."""
DAMAGED_S = 3.0
"""A stream has ended if all its pictures are damaged for this many seconds."""


class PictureStream(PlainSource):
    """An opened camera that sends JPEG pictures and has given its first frame; a context manager.

    Args:
        name: the source's name.
        reply: the server's answer, before anything was read from it.
        boundary: the text between two pictures.
        deadline: of each picture.

    Raises:
        SourceError: no picture comes, or a picture is too large.
    """

    live = True
    frame_count = None
    ends = by_differences = False

    def __init__(self, name: str, reply: http.client.HTTPResponse, boundary: bytes, *, deadline: Deadline) -> None:
        self.name = name
        self._reply = reply
        self._pictures = whole_pictures(reply, boundary, name=name, deadline=deadline)
        try:
            first = next(self._pictures, None)
        except BaseException:
            reply.close()
            raise
        if first is None:
            reply.close()
            raise SourceError(f"{name}: gives no video; check the address and the network")
        self._first = first

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._reply.close()

    def frames(self) -> Iterator[Frame]:
        """Give frames as they come.

        Raises:
            SourceError: the camera stopped giving frames.
        """
        began_s, index, image = time.monotonic(), 0, self._first
        while True:
            yield Frame(image, self.name, index, time.monotonic() - began_s)
            index += 1
            following = next(self._pictures, None)
            if following is None:
                raise SourceError(f"{self.name}: stopped giving frames after {index}; check its cable and power")
            image = following


def open_pictures(url: str, *, patience_s: float, trust: TrustSettings) -> PictureStream | SnapshotCamera | None:
    """Ask a server for its pictures.

    Args:
        url: an http or https address; a user and a password in it are used but never shown.
        patience_s: the longest time for an answer, and then for a picture.
        trust: the trusted certificates.

    Returns:
        A stream of pictures, or a camera that gives one picture for each request. None if it may be another kind of
        video.

    Raises:
        SourceError: nobody answers, the server refuses, or the answer is certainly not a video.
    """
    name, deadline = printable(url), Deadline(patience_s)
    opener = camera_opener(url, trust, deadline)

    def ask() -> http.client.HTTPResponse:
        deadline.restart()
        reply: http.client.HTTPResponse = opener.open(camera_request(url), timeout=patience_s)
        return reply

    try:
        reply = ask()
        kind, snapshot = reply.headers.get_content_type(), is_snapshot(reply)
    except urllib.error.HTTPError as error:
        with error:
            raise SourceError(f"{name}: {why_refused(error, url)}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise SourceError(f"{name}: {why_no_answer(error, url, patience_s=patience_s)}") from error
    if kind == "multipart/x-mixed-replace":
        boundary = (reply.headers.get_boundary() or "").strip("-").encode("latin-1", "replace")
        return PictureStream(name, reply, boundary, deadline=deadline)
    if snapshot:
        return SnapshotCamera(name, url, reply, ask, deadline=deadline)
    reply.close()
    if what := NO_PICTURES.get(kind):
        raise SourceError(f"{name}: is {what}, not a video; {MANUAL}")
    return None


def whole_pictures(
    reply: http.client.HTTPResponse | IO[bytes], boundary: bytes, *, name: str, deadline: Deadline
) -> Iterator[ColourImage]:
    """Give the pictures of an answer that can be decoded, (H, W, 3) uint8 BGR; only one at a time is in memory.

    Args:
        reply: the server's answer.
        boundary: the text between two pictures, without dashes; empty if the server does not say.
        name: the source's name in errors.
        deadline: of each picture.

    Raises:
        SourceError: a picture is too large, or the parts are damaged.
    """
    parts = _Parts(reply, boundary, name, deadline)
    damaged_since_s: float | None = None
    while (content := parts.next()) is not None:
        image = decode_frame(content)
        if image is not None:
            damaged_since_s = None
            yield image
            continue
        now_s = time.monotonic()
        damaged_since_s = now_s if damaged_since_s is None else damaged_since_s
        if now_s - damaged_since_s >= DAMAGED_S:
            return


class _Parts:
    """Splits an answer into its parts; only one picture at a time is in memory."""

    def __init__(
        self, reply: http.client.HTTPResponse | IO[bytes], boundary: bytes, name: str, deadline: Deadline
    ) -> None:
        self._reply, self._boundary, self._name, self._deadline = reply, boundary, name, deadline
        self._held = bytearray()

    def next(self) -> bytes | None:
        """The content of the next part; None if there is none, or not in time."""
        self._deadline.restart()
        try:
            length = self._read_head()
            return None if length is None else self._read_content(length)
        except (OSError, http.client.HTTPException, EOFError):
            return None

    def _read_head(self) -> int | None:
        """The length of the next part; 0 if it is not given, None if there is no other part."""
        length, in_part = 0, False
        for _ in range(MOST_LINES):
            line = self._line()
            if line.startswith(b"--"):
                in_part, length = True, 0
                self._boundary = self._boundary or line[2:].strip()
            key, _, value = line.partition(b":")
            if key.strip().lower() == b"content-length" and value.strip().isdigit():
                in_part, length = True, int(value.strip()[:20])
            if not line.strip() and in_part:
                return self._checked(length)
        raise SourceError(f"{self._name}: gives no video; its data are not a series of pictures")

    def _read_content(self, length: int) -> bytes:
        if length:
            self._fill(length)
            return self._take(length)
        if not self._boundary:
            raise EOFError
        marker, looked = b"--" + self._boundary, 0
        while (at := self._held.find(marker, max(0, looked - len(marker)))) < 0:
            looked = len(self._held)
            self._checked(looked + 1)
            self._fill(looked + 1)
        return self._take(at)

    def _line(self) -> bytes:
        while (at := self._held.find(b"\n")) < 0:
            if len(self._held) > MOST_LINE_BYTES:
                raise SourceError(f"{self._name}: gives no video; its data are not a series of pictures")
            self._fill(len(self._held) + 1)
        return self._take(at + 1)

    def _checked(self, length: int) -> int:
        if length > MOST_PICTURE_BYTES:
            most = MOST_PICTURE_BYTES // 1_000_000
            raise SourceError(
                f"{self._name}: sends a picture of more than {most} MB; set it to send smaller or more compressed ones"
            )
        return length

    def _fill(self, count: int) -> None:
        """Read until the buffer has at least this many bytes."""
        while len(self._held) < count:
            self._deadline.left_s()
            more = self._reply.read1(CHUNK_BYTES)  # type: ignore[union-attr] # IO[bytes] stands for a buffered reader
            if not more:
                raise EOFError
            self._held += more

    def _take(self, count: int) -> bytes:
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken
