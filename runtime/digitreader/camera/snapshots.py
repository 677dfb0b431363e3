"""Network cameras that give one picture for each request (snapshots)."""

from __future__ import annotations

import http.client
import time
import urllib.error
from collections.abc import Callable, Iterator

from digitreader.camera.answer_deadline import Deadline
from digitreader.camera.images import decode_frame
from digitreader.camera.network_faults import why_no_answer, why_refused
from digitreader.camera.source import PlainSource
from digitreader.errors import SourceError
from digitreader.values import ColourImage, Frame

MOST_PICTURE_BYTES = 32_000_000
"""No camera sends a larger picture."""
POLL_S = 0.25
"""Seconds between the beginnings of two requests, if the camera answers fast enough."""
DAMAGED_S = 3.0
"""A camera has stopped if all its pictures are damaged for this many seconds."""
NO_TYPES = frozenset({"application/octet-stream", "binary/octet-stream", "text/plain"})
"""Types that servers give to files that they do not know; the first bytes decide then."""
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8", b"BM")

Ask = Callable[[], http.client.HTTPResponse]


def is_snapshot(reply: http.client.HTTPResponse) -> bool:
    """Whether a server's answer is a single picture, by its type or, if that is not clear, by its first bytes."""
    kind = reply.headers.get_content_type()
    if kind in NO_TYPES:
        first = reply.peek(16)[:16]
        return first.startswith(BEGINNINGS) and not (first.startswith(b"RIFF") and first[8:12] != b"WEBP")
    return kind.startswith("image/")


class SnapshotCamera(PlainSource):
    """A camera that is asked for its picture again and again; a context manager.

    Its pictures may be equal for a while: many cameras make a new one only now and then.

    Args:
        name: the source's name.
        url: its address, with user and password; it is used only in messages.
        reply: the server's first answer, before anything was read from it.
        ask: asks for the next picture.
        deadline: of each answer's head, and then of its picture.

    Raises:
        SourceError: the first answer is not a picture, too large, or does not come in time.
    """

    live, frame_count = True, None
    by_differences = True

    def __init__(self, name: str, url: str, reply: http.client.HTTPResponse, ask: Ask, *, deadline: Deadline) -> None:
        self.name, self._url, self._ask, self._deadline = name, url, ask, deadline
        try:
            with reply:
                content = self._content(reply)
        except (OSError, http.client.HTTPException) as error:
            raise self._no_answer(error) from error
        if not content:
            raise SourceError(f"{name}: answers without a picture (0 bytes); try again, or restart the camera")
        first = decode_frame(content)
        if first is None:
            raise SourceError(f"{name}: gives a picture that is damaged or of an unknown kind; set it to send JPEG")
        self._first = first

    def frames(self) -> Iterator[Frame]:
        """Give pictures as they are asked for.

        Raises:
            SourceError: the camera stopped giving pictures.
        """
        began_s = asked_s = good_s = time.monotonic()
        image: ColourImage | None = self._first
        index = 0
        while True:
            if image is not None:
                good_s = time.monotonic()
                yield Frame(image, self.name, index, good_s - began_s)
                index += 1
            elif time.monotonic() - good_s >= DAMAGED_S:
                raise SourceError(f"{self.name}: gives only damaged pictures; restart it")
            time.sleep(max(0.0, asked_s + POLL_S - time.monotonic()))
            asked_s = time.monotonic()
            image = self._next()

    def _next(self) -> ColourImage | None:
        """The next picture; None if it is damaged."""
        try:
            with self._ask() as reply:
                if not is_snapshot(reply):
                    raise SourceError(f"{self.name}: gives {reply.headers.get_content_type()} instead of pictures")
                return decode_frame(self._content(reply))
        except urllib.error.HTTPError as error:
            with error:
                raise SourceError(f"{self.name}: {why_refused(error, self._url)}") from error
        except (OSError, http.client.HTTPException) as error:
            raise self._no_answer(error) from error

    def _no_answer(self, error: OSError | http.client.HTTPException) -> SourceError:
        return SourceError(f"{self.name}: {why_no_answer(error, self._url, patience_s=self._deadline.limit_s)}")

    def _content(self, reply: http.client.HTTPResponse) -> bytes:
        """The body of an answer; it may take as long again as the beginning of the answer."""
        held = bytearray()
        self._deadline.restart()
        while part := reply.read1(65_536):
            held += part
            if len(held) > MOST_PICTURE_BYTES:
                most = MOST_PICTURE_BYTES // 1_000_000
                raise SourceError(f"{self.name}: sends a picture of more than {most} MB; set it to send smaller ones")
            self._deadline.left_s()
        return bytes(held)
