"""Reading: sources one after another through the pipeline and into the outputs, whatever fails on the way."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digitreader.camera import Source, open_source
from digitreader.camera.opening import DEMO, default_spec, is_camera
from digitreader.camera.source import SYSTEM_TRUST, Trust, printable, readable_frames
from digitreader.errors import SourceError
from digitreader.host.messages import print_error, print_info
from digitreader.output.sink import send_frame_to_sinks, send_notice_to_sinks
from digitreader.reading.settings import TrackerSettings

if TYPE_CHECKING:
    from digitreader.camera.framing import Framing
    from digitreader.camera.source import CameraSettings, LiveSettings, Notice
    from digitreader.model.accept import AcceptanceRule
    from digitreader.output.sink import Sink
    from digitreader.reading.number_rules import NumberRules
    from digitreader.reading.pipeline import Reader
    from digitreader.reading.rule_decoder import RuleDecoder
    from digitreader.reading.tracker import Tracker
    from digitreader.values import Frame, Page
    from digitreader.web.controls import Controls


class ReadJob(NamedTuple):
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
        trust: whose certificates of cameras are believed.
        controls: what the page may change while frames are read; None where there is no page.
    """

    reader: Reader
    rule: AcceptanceRule
    sinks: Sequence[Sink]
    frames: int | None
    plain: bool
    rules: NumberRules | None = None
    camera: CameraSettings | None = None
    framing: Framing | None = None
    upright: bool = False
    live: LiveSettings | None = None
    steady_s: float = TrackerSettings().steady_s
    real_time: bool = False
    controls: Controls | None = None
    trust: Trust = SYSTEM_TRUST

    def read_picture(self, frame: Frame) -> Page:
        """Read a single picture, whichever way up it is where that is asked for."""
        return self.reader.read_upright(frame) if self.upright else self.reader.read(frame)

    def rule_decoder(self) -> RuleDecoder | None:
        """What is expected of one source's numbers."""
        if self.rules is None:
            return None
        from digitreader.reading.rule_decoder import RuleDecoder

        return RuleDecoder(self.rules, self.rule.threshold)


def read_all(specs: Sequence[str | None], job: ReadJob) -> bool:
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
            except MemoryError:
                failed = True
                name = printable(spec or "")
                _report(SourceError(f"{name}: takes more memory than there is; make it smaller"), name, job)
            advance()
    return failed


def read_new_pictures(folder: Path, job: ReadJob) -> bool:
    """Read each picture that comes into a folder, until the process is ended, or as many as the job says.

    Returns:
        True where one failed.

    Raises:
        SourceError: the folder cannot be listed.
    """
    from digitreader.camera.folder import new_pictures

    print_info(f"{printable(folder)}: waiting for new pictures; Ctrl-C ends")
    failed = False
    for path in islice(new_pictures(folder, tell=lambda notice: _tell(notice, job)), job.frames):
        failed |= read_all([str(path)], job)
    return failed


def _open(spec: str | None, job: ReadJob) -> Source:
    source = _open_bare(spec, job)
    if job.controls is not None:
        from digitreader.web.controls import ControlledSource

        return ControlledSource(source, job.controls)
    if job.framing is None:
        return source
    from digitreader.camera.framing import FramedSource

    return FramedSource(source, job.framing)


def _open_bare(spec: str | None, job: ReadJob) -> Source:
    # a demo of so many frames is a test or a benchmark, and waits for no clock
    paced = job.frames is None
    spec = default_spec() if spec is None else spec
    if not is_camera(spec):
        source = open_source(spec, paced=paced)
        if not (job.real_time and source.live and spec != DEMO):
            return source
        from digitreader.camera.framing import PacedSource

        return PacedSource(source)
    from digitreader.camera.live import open_live
    from digitreader.host.process import share_one_heap

    share_one_heap()
    return open_live(spec, job.camera, job.live, trust=job.trust)


def _report(error: SourceError, name: str, job: ReadJob) -> None:
    """Tell the user and the outputs of a source, or of one page of it, that cannot be read."""
    print_error(str(error))
    for sink in job.sinks:
        sink.error(name, str(error), frame=error.frame)


def _read_source(source: Source, job: ReadJob) -> bool:
    """Read one source.

    Returns:
        True where a page of it could not be read; the others were.
    """
    errors: list[SourceError] = []
    found = _read_stream(source, job) if source.live else _read_picture(source, job, errors)
    if job.plain and not found and not errors:
        print_info(f"{source.name}: no {'steady number' if source.live else 'digits'} found")
    return bool(errors)


def _read_picture(source: Source, job: ReadJob, errors: list[SourceError]) -> bool:
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

    found, rule_decoder = False, job.rule_decoder()
    for frame in readable_frames(source.frames(), on_error):
        page = job.read_picture(frame)
        if rule_decoder is not None:
            page = rule_decoder.decode(page)
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
    print_info(f"{where}: writing about {pixels} pixels high is too small to read; photograph it closer")
    return True


def _read_stream(source: Source, job: ReadJob) -> bool:
    from digitreader.host.process import with_heap_trimming
    from digitreader.reading.settings import TrackerSettings
    from digitreader.reading.stream import read_stream
    from digitreader.reading.tracker import Tracker

    found, rule_decoder = False, job.rule_decoder()
    tracker = Tracker(job.rule, TrackerSettings(steady_s=job.steady_s), rule_decoder=rule_decoder)
    frame_count = min(source.frame_count or 0, job.frames or sys.maxsize)

    def read_frame(frame: Frame) -> Page:
        page = job.reader.read_next(frame)
        if job.controls is not None:  # the page may have changed the threshold
            tracker.rule = job.reader.model.facts.acceptance
        return page

    with _listening(source, tracker, job), _progress(frame_count) as advance:
        frames = with_heap_trimming(islice(source.frames(), job.frames))
        for read in read_stream(frames, read_frame, tracker, rule_decoder):
            found = found or read.steady is not None
            send_frame_to_sinks(job.sinks, read.frame, read.page, read.steady, read.left)
            advance()
    return found


@contextmanager
def _listening(source: Source, tracker: Tracker, job: ReadJob) -> Iterator[None]:
    """Tell the follower and the outputs when the stream is interrupted; at the end, say how many frames it left out."""

    def on_notice(notice: Notice) -> None:
        if notice.interrupted:
            tracker.interrupt()
        _tell(notice, job)

    def on_waiting() -> None:
        for sink in job.sinks:
            sink.waiting()

    source.listen(on_notice, on_waiting)
    try:
        yield
    finally:
        if job.plain and source.dropped:
            frames, were = ("frame", "was") if source.dropped == 1 else ("frames", "were")
            print_info(f"{source.name}: {source.dropped} {frames} came faster than could be read, and {were} left out")


def _tell(notice: Notice, job: ReadJob) -> None:
    print_info(notice.message)
    send_notice_to_sinks(job.sinks, notice)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    # a bar on the terminal that the results go to would run through them
    if total < 2 or sys.stderr is None or not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda: None
        return
    from digitreader.host.progress import ProgressBar

    with ProgressBar("reading", total) as bar:
        yield bar.advance
