"""The interface of every source of frames, with its settings and notices."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from digitreader.errors import SourceError

if TYPE_CHECKING:
    from digitreader.values import Frame


FIRST_UNDECODED = 0xDC00
"""Python decodes a byte of a name that is not UTF-8 as this code plus the byte."""
_CONTROL = "[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
_CONTROLS, _UNDECODED = re.compile(_CONTROL), re.compile("[\ud800-\udfff]")
_LIKE_AN_ESCAPE = re.compile(rf"\\(?:x[0-9a-f]{{2}}|u[0-9a-f]{{4}}|\\|{_CONTROL})")


def printable(name: str | os.PathLike[str]) -> str:
    r"""A name that the user gave, as text that every output can hold.

    Returns:
        The name, mostly as it is. Bytes that are not UTF-8 are ``\xff``; where there are any, or where the name looks
        as if there were, each backslash is doubled, so that different names stay different. An address has no user
        and password, and stars for secrets in its parameters.
    """
    text = os.fspath(name)
    if _UNDECODED.search(text) or _LIKE_AN_ESCAPE.search(text):
        text = _UNDECODED.sub(_escape, text.replace("\\", 2 * "\\"))
    if "://" not in text:
        return text
    from digitreader.host.messages import parse_shown

    address = parse_shown(text)
    return text if address is None else address.without_login


def escape_controls(text: str) -> str:
    r"""Write control characters and line separators as ``\x0a`` or ``\u0085``, and bytes that are not UTF-8."""
    return _CONTROLS.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    byte = code - FIRST_UNDECODED if FIRST_UNDECODED + 0x80 <= code <= FIRST_UNDECODED + 0xFF else code
    is_byte = byte != code or code < 0x80  # U+0085 is two bytes in UTF-8, and not the byte 0x85
    return f"\\x{byte:02x}" if is_byte else f"\\u{code:04x}"


def expand_home(name: str) -> str:
    """Replace a leading ``~/`` by the user's home folder; in a configuration file no shell does that."""
    return os.path.expanduser(name) if name.startswith("~/") else name  # noqa: PTH111 # a name is not always a path


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Settings of the camera itself.

    Attributes:
        size_wh: the size of its pictures, in pixels.
        fps: pictures a second.
        exposure_ms: how long light is collected for a picture; switches automatic exposure off.
        focus: the distance of sharp things; switches the autofocus off. Dioptres with Picamera2 (10 means 10 cm), and
            the camera's own scale with V4L2.
    """

    size_wh: tuple[int, int] | None = None
    fps: float | None = None
    exposure_ms: float | None = None
    focus: float | None = None

    def named(self) -> list[str]:
        """The names of the settings that are set, without their units."""
        return [field.name.partition("_")[0] for field in fields(self) if getattr(self, field.name) is not None]


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """The certificates that are trusted for encrypted cameras (https, rtsps, rtmps).

    Attributes:
        ca_file: the certificates that are trusted, PEM; None for those of the system.
        insecure: no certificate is checked, so anybody in between can send other pictures.
    """

    ca_file: Path | None = None
    insecure: bool = False


SYSTEM_TRUST = TrustSettings()
"""The certificates that the system trusts."""


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """The time limits of a live camera, in seconds.

    Attributes:
        patience_s: a camera has a fault if it gives no frame, only black ones or always the same one for this long.
        opening_s: the longest time to open and give the first frame.
        give_up_s: a fault that lasts this long ends the run; infinite by default. A camera that is slow to open has
            no more time than this either.
        first_wait_s: the wait before the first reconnection; each further wait is twice as long ...
        longest_wait_s: ... up to this one.
        settled_s: a camera that ran for this long without a fault begins with the first wait again.
        release_s: how long to wait at the end for the camera to be released.
        from_the_start: if the camera cannot be opened at the start, wait for it, as after any other fault; otherwise
            that is an error.
    """

    patience_s: float = 1.5
    opening_s: float = 12.0
    give_up_s: float = math.inf
    first_wait_s: float = 0.5
    longest_wait_s: float = 15.0
    settled_s: float = 10.0
    release_s: float = 0.3
    from_the_start: bool = False

    def wait_s(self, attempts: int) -> float:
        """Seconds to wait after this many failed attempts."""
        return min(self.first_wait_s * 2.0 ** min(attempts, 30), self.longest_wait_s)


@dataclass(frozen=True, slots=True)
class Notice:
    """Sent once when a fault is noticed, and once when it is over.

    Attributes:
        source: the source's name.
        interrupted: True for the fault, False when frames come again.
        message: one line for a person, which begins with the name.
    """

    source: str
    interrupted: bool
    message: str


OnNotice = Callable[[Notice], None]
OnWaiting = Callable[[], None]


def ignore(*_: object) -> None:
    """Default callback: ignore the notice."""


class Source(Protocol):
    """Something that gives frames; a context manager, since most hold a device or a file open."""

    @property
    def name(self) -> str:
        """The name that the user gave, safe to print."""

    @property
    def live(self) -> bool:
        """True for a stream (camera, video, demo), False for a single picture."""

    @property
    def frame_count(self) -> int | None:
        """How many frames there will be, if that is known."""

    @property
    def dropped(self) -> int:
        """How many frames were left out because the reader was slower than the source."""

    def listen(self, on_notice: OnNotice, on_waiting: OnWaiting = ignore) -> None:
        """Register a callback for interruptions; a source that cannot be interrupted never calls it.

        Args:
            on_notice: called when the stream is interrupted, and when it is back.
            on_waiting: called again and again while it is being connected.
        """

    def frames(self) -> Iterator[Frame]:
        """Give every frame once, in order, until the source ends.

        Raises:
            SourceError: the source ended too early; the frames before were given. If only one page of a picture file
                cannot be read, the iterator goes on with the next page.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


class CameraSource(Source, Protocol):
    """A source that is read in a separate thread and reconnected after faults: a camera or a URL."""

    @property
    def ends(self) -> bool:
        """Whether it is like a video on a server: its end is not a fault, and every frame counts."""

    @property
    def by_differences(self) -> bool:
        """Whether it sends only changes, so that its pictures are equal while nothing moves."""

    def set_exposure(self, exposure_ms: float | None) -> bool:
        """Set how long light is collected, from the next frames on; None is automatic. False if it is not taken."""


class PlainSource:
    """Default methods of a source: it holds nothing open, drops nothing and is never interrupted.

    If it is a camera: it never ends, sends whole pictures, and its exposure cannot be set.
    """

    ends = False
    by_differences = False

    @property
    def dropped(self) -> int:
        """Every frame is given."""
        return 0

    def listen(self, on_notice: OnNotice, on_waiting: OnWaiting = ignore) -> None:
        """It is never interrupted."""

    def set_exposure(self, exposure_ms: float | None) -> bool:  # noqa: ARG002
        """Nothing is set."""
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing is held open."""


def readable_frames(frames: Iterator[Frame], on_error: Callable[[SourceError], None]) -> Iterator[Frame]:
    """Give the frames that can be read, and skip the pages that cannot.

    Args:
        frames: as `Source.frames` gives them.
        on_error: gets the error of each page that cannot be read, or of the whole source, in its turn.
    """
    while True:
        try:
            frame = next(frames)
        except StopIteration:
            return
        except SourceError as error:
            on_error(error)
            continue
        yield frame
