"""Reading: sources one after another through the pipeline and into the outputs, whatever fails on the way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digitreader.errors import SourceError
from digitreader.sources import Source, open_source
from digitreader.sources.naming import printable
from digitreader.sources.opening import DEMO, default_spec, is_camera
from digitreader.sources.source import readable_frames
from digitreader.talk import complain, say

if TYPE_CHECKING:
    from digitreader.accept import AcceptanceRule
    from digitreader.expect.expectation import Expectation
    from digitreader.expect.rules import Rules
    from digitreader.follow import Follower
    from digitreader.live.notice import Notice
    from digitreader.live.settings import LiveSettings
    from digitreader.outputs.sink import Sink
    from digitreader.pipeline import Reader
    from digitreader.sources.framing import Framing
    from digitreader.sources.settings import CameraSettings
    from digitreader.values import Frame, Page


class Job(NamedTuple):
    """What is the same for every source.

    Attributes:
        reader: reads a frame.
        rule: when averaged activations count as a digit.
        sinks: are told what was read.
        frames: how many frames of a stream to read; None is all.
        plain: a person reads along, and is told on stderr where there was nothing to read.
        rules: what is expected of numbers.
        camera: what to set of cameras; None is nothing.
        framing: how pictures are turned and cut; None leaves them.
        upright: single pictures are read in the quarter turn in which they read best.
        live: how patient to be with cameras; None is the standard.
        real_time: videos are read at their own speed.
        steady_s: how long a number has to stay the same.
    """

    reader: Reader
    rule: AcceptanceRule
    sinks: Sequence[Sink]
    frames: int | None
    plain: bool
    rules: Rules | None = None
    camera: CameraSettings | None = None
    framing: Framing | None = None
    upright: bool = False
    live: LiveSettings | None = None
    steady_s: float = 0.15
    real_time: bool = False

    def read_picture(self, frame: Frame) -> Page:
        """Read a single picture, whichever way up it is where that is asked for."""
        return self.reader.read_upright(frame) if self.upright else self.reader.read(frame)

    def expectation(self) -> Expectation | None:
        """What is expected of one source's numbers."""
        if self.rules is None:
            return None
        from digitreader.expect.expectation import Expectation

        return Expectation(self.rules, self.rule.threshold)


def read_all(specs: Sequence[str | None], job: Job) -> bool:
    """Read the sources one after another; None is the default one.

    Returns:
        True where one failed.
    """
    failed = False
    with _progress(len(specs)) as advance:
        for spec in specs:
            try:
                with _open(spec, job) as source:
                    failed |= _read_source(source, job)
            except SourceError as error:
                failed = True
                _report(error, printable(spec or ""), job)
            advance()
    return failed


def read_new_pictures(folder: Path, job: Job) -> bool:
    """Read each picture that comes into a folder, until the process is ended, or as many as the job says.

    Returns:
        True where one failed.

    Raises:
        SourceError: the folder cannot be listed.
    """
    from digitreader.sources.watched import new_pictures

    say(f"{printable(folder)}: waiting for new pictures; Ctrl-C ends")
    failed = False
    for path in islice(new_pictures(folder, tell=lambda notice: _tell(notice, job)), job.frames):
        failed |= read_all([str(path)], job)
    return failed


def _open(spec: str | None, job: Job) -> Source:
    source = _open_bare(spec, job)
    if job.framing is None:
        return source
    from digitreader.sources.framing import FramedSource

    return FramedSource(source, job.framing)


def _open_bare(spec: str | None, job: Job) -> Source:
    # a demo of so many frames is a test or a benchmark, and waits for no clock
    paced = job.frames is None
    spec = default_spec() if spec is None else spec
    if not is_camera(spec):
        source = open_source(spec, paced=paced)
        if not (job.real_time and source.live and spec != DEMO):
            return source
        from digitreader.sources.pacing import PacedSource

        return PacedSource(source)
    from digitreader.live.heap import share_one_heap
    from digitreader.live.opening import open_live

    share_one_heap()
    return open_live(spec, job.camera, job.live)


def _report(error: SourceError, name: str, job: Job) -> None:
    """Tell the user and the outputs of a source, or of one page of it, that cannot be read."""
    complain(str(error))
    for sink in job.sinks:
        sink.error(name, str(error), frame=error.frame)


def _read_source(source: Source, job: Job) -> bool:
    """Read one source.

    Returns:
        True where a page of it could not be read; the others were.
    """
    errors: list[SourceError] = []
    found = _read_stream(source, job) if source.live else _read_picture(source, job, errors)
    if job.plain and not found and not errors:
        say(f"{source.name}: no {'steady number' if source.live else 'digits'} found")
    return bool(errors)


def _read_picture(source: Source, job: Job, errors: list[SourceError]) -> bool:
    """Read every page of a picture file.

    Args:
        source: open.
        errors: each page that cannot be read adds one, which was reported.

    Returns:
        True where a page shows digits.
    """

    def on_error(error: SourceError) -> None:
        errors.append(error)
        _report(error, source.name, job)

    found, expectation = False, job.expectation()
    for frame in readable_frames(source.frames(), on_error):
        page = _expected(job.read_picture(frame), expectation)
        explained = job.plain and _say_too_small(page, source.name)
        found = found or explained or bool(page.lines)
        for sink in job.sinks:
            sink.picture(page, frame)
    return found


def _say_too_small(page: Page, name: str) -> bool:
    """Say where writing is too small to be read, and answer whether it is."""
    if not page.too_small_px:
        return False
    where = f"{name}, page {page.frame + 1}" if page.frame else name
    pixels = max(1, round(page.too_small_px))
    say(f"{where}: writing about {pixels} pixels high is too small to read; photograph it closer")
    return True


def _read_stream(source: Source, job: Job) -> bool:
    from digitreader.follow import Follower
    from digitreader.follow.settings import FollowSettings
    from digitreader.live.heap import with_tidy_heap
    from digitreader.live.watching import is_black

    found, expectation = False, job.expectation()
    follower = Follower(job.rule, FollowSettings(steady_s=job.steady_s), expectation=expectation)
    with _heeded(source, follower, job), _progress(min(source.frame_count or 0, job.frames or sys.maxsize)) as advance:
        for frame in with_tidy_heap(islice(source.frames(), job.frames)):
            page = job.reader.read_next(frame)
            shown, steady, left = _expected(page, expectation), None, None
            if not is_black(frame.image):  # which says nothing of what lies there; a camera's never come this far
                steady, left = follower.update(page), follower.left
            found = found or steady is not None
            hand_on(job.sinks, frame, shown, steady, left)
            advance()
    return found


def hand_on(sinks: Sequence[Sink], frame: Frame, page: Page, steady: Page | None, left: Page | None) -> None:
    """Tell the outputs of a stream's frame: what it shows, what has left, and what is steady now."""
    for sink in sinks:
        sink.frame(page, frame)
        if left is not None:
            sink.gone(left, frame)
        if steady is not None:
            sink.change(steady, frame)


@contextmanager
def _heeded(source: Source, follower: Follower, job: Job) -> Iterator[None]:
    """Let the follower and the outputs know when the stream is interrupted; at the end, tell of dropped frames."""
    from digitreader.sources.framing import FramedSource

    inner = source.source if isinstance(source, FramedSource) else source

    def heed(notice: Notice) -> None:
        if notice.interrupted:
            follower.interrupt()
        _tell(notice, job)

    def waiting() -> None:
        for sink in job.sinks:
            sink.waiting()

    if hasattr(inner, "heed"):
        inner.heed = heed
    if hasattr(inner, "waiting"):
        inner.waiting = waiting
    try:
        yield
    finally:
        dropped = int(getattr(inner, "dropped", 0))
        if job.plain and dropped:
            frames, were = ("frame", "was") if dropped == 1 else ("frames", "were")
            say(f"{source.name}: {dropped} {frames} came faster than could be read, and {were} left out")


def _tell(notice: Notice, job: Job) -> None:
    say(notice.message)
    tell(job.sinks, notice)


def tell(sinks: Sequence[Sink], notice: Notice) -> None:
    """Tell the outputs that a stream is interrupted, or that it is back."""
    for sink in sinks:
        (sink.fault if notice.interrupted else sink.back)(notice.source, notice.message)


def _expected(page: Page, expectation: Expectation | None) -> Page:
    return page if expectation is None else expectation.decode(page)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    # a bar on the terminal that the results go to would run through them
    if total < 2 or sys.stderr is None or not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda: None
        return
    from digitreader.progress import ProgressBar

    with ProgressBar("reading", total) as bar:
        yield bar.advance
