"""Reads sources one after another, sends the results to the outputs, and goes on after errors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digitreader.camera import Source, open_source
from digitreader.camera.opening import DEMO, is_camera, is_not_a_file, source_name
from digitreader.camera.source import SYSTEM_TRUST, TrustSettings, printable, readable_frames
from digitreader.errors import SourceError
from digitreader.host.messages import print_error, print_info, print_warning
from digitreader.output.sink import send_frame_to_sinks, send_notice_to_sinks
from digitreader.reading.settings import TrackerSettings

if TYPE_CHECKING:
    from digitreader.camera.framing import Framing
    from digitreader.camera.source import CameraSettings, LiveSettings, Notice
    from digitreader.cli.region_check import RegionCheck
    from digitreader.model.accept import AcceptanceRule
    from digitreader.output.sink import Sink
    from digitreader.reading.number_rules import NumberRules
    from digitreader.reading.picture_worker import WorkerSettings
    from digitreader.reading.pipeline import FrameReader
    from digitreader.reading.rule_decoder import RuleDecoder
    from digitreader.reading.tracker import Tracker
    from digitreader.values import Frame, Page
    from digitreader.web.controls import Controls


class ReadJob(NamedTuple):
    """The settings that are the same for every source.

    Attributes:
        reader: reads a frame.
        rule: when averaged activations count as a digit.
        sinks: receive what was read.
        frames: how many frames of a stream to read; None is all.
        plain: a person reads the output, so stderr reports sources with nothing to read.
        rules: the rules of numbers.
        camera: the settings of cameras; None for their own.
        framing: how pictures are turned and cut; None for not at all.
        upright: single pictures are read in the quarter turn in which they read best.
        live: the time limits for cameras; None for the standard ones.
        real_time: videos are read at their own speed.
        steady_s: how long a number has to stay the same.
        history: the folder that keeps the last numbers over a restart; None if there is none.
        trust: the trusted certificates of cameras.
        controls: the settings that the page may change while frames are read; None if there is no page.
        side_by_side: how other processes read pictures; None if this process reads all.
        jobs: gives the number of processes for this many pictures.
        region: reports numbers that the region cuts; None if there is no region.
    """

    reader: FrameReader
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
    side_by_side: WorkerSettings | None = None
    jobs: Callable[[int], int] = lambda _: 1
    history: Path | None = None
    trust: TrustSettings = SYSTEM_TRUST
    region: RegionCheck | None = None

    def read_picture(self, frame: Frame) -> Page:
        """Read a single picture, in the quarter turn that reads best if `upright` is set."""
        if not self.upright:
            return self.reader.read(frame)
        page = self.reader.read_upright(frame)
        if self.region is not None and not page.digits:
            self.reader.read(frame)  # the check needs the findings in the frame as it is, not in its last turn
        return page

    def rules_now(self) -> NumberRules | None:
        """The rules of --expect, which the live page may have changed."""
        return self.rules if self.controls is None else self.controls.rules

    def rule_decoder(self) -> RuleDecoder | None:
        """The decoder of --expect for one source; it also sets whether the reader keeps doubtful digits."""
        rules = self.rules_now()
        if self.reader.doubtful != (rules is not None):
            self.reader.doubtful = rules is not None
            self.reader.forget()  # earlier readings, which were made with the other setting
        if rules is None:
            return None
        from digitreader.reading.rule_decoder import RuleDecoder

        threshold = self.reader.model.facts.acceptance.threshold
        if self.history is None:
            return RuleDecoder(rules, threshold)
        from time import time

        from digitreader.reading.number_history import NumberHistory

        history = NumberHistory(self.history / "numbers.json", began_s=time())
        return RuleDecoder(rules, threshold, history)


def read_all(specs: Sequence[str], job: ReadJob) -> bool:
    """Read the sources one after another.

    Returns:
        True if one failed.
    """
    if job.side_by_side is not None and (jobs := job.jobs(len(specs))) > 1:
        if job.region is not None:
            _look_at_first(specs[0], job.region)
        return _read_side_by_side(specs, job, job.side_by_side, jobs)
    failed = False
    with _progress(len(specs)) as advance:
        for spec in specs:
            try:
                with _open(spec, job) as source:
                    failed |= _read_source(source, job)
            except SourceError as error:
                failed = True
                _report(error, printable(spec), job)
            except MemoryError:
                failed = True
                name = printable(spec)
                _report(SourceError(f"{name}: takes more memory than there is; make it smaller"), name, job)
            advance()
    return failed


def _look_at_first(spec: str, check: RegionCheck) -> None:
    """Check the region with the size of the first picture, because other processes read the pictures."""
    with suppress(SourceError), open_source(spec) as source:
        for frame in islice(source.frames(), 1):
            check.see(frame)


def _read_side_by_side(specs: Sequence[str], job: ReadJob, settings: WorkerSettings, jobs: int) -> bool:
    """As `read_all`, with several processes; this process reads sources that are not picture files, in their turn."""
    from digitreader.reading.picture_worker import PageRead, Signal
    from digitreader.reading.worker_pool import WorkerPool

    failed = spoken_of = False
    with _progress(len(specs)) as advance, WorkerPool(settings, jobs) as pool:
        for spec, outcome in pool.read(specs, here=is_not_a_file):
            if isinstance(outcome, PageRead):
                spoken_of |= _send_page(outcome.page, outcome.frame, job)
            elif isinstance(outcome, SourceError):
                failed = spoken_of = True
                _report(outcome, source_name(spec), job)
            elif outcome is Signal.STREAM:
                spoken_of = True
                failed |= read_all([spec], job)
            else:
                if job.plain and not spoken_of:
                    print_info(f"{source_name(spec)}: no digits found")
                spoken_of = False
                advance()
    return failed


def read_new_pictures(folder: Path, job: ReadJob, *, new_only: bool, done: frozenset[str] = frozenset()) -> bool:
    """Read the pictures in a folder and each new one, until the process is ended or `job.frames` pictures are read.

    Args:
        folder: the folder.
        job: how to read them.
        new_only: leave out the pictures that are there at the beginning.
        done: the names of pictures that an earlier run read; each is left out once, since a new picture may follow.

    Returns:
        True if one failed.

    Raises:
        SourceError: the folder cannot be listed.
    """
    from digitreader.camera.watched_folder import new_pictures

    print_info(f"{printable(folder)}: waiting for new pictures; Ctrl-C ends")
    failed, read, left_out = False, 0, set(done)
    for paths in new_pictures(folder, tell=lambda notice: _send_notice(notice, job), new_only=new_only):
        fresh = [str(path) for path in paths if printable(path) not in left_out]
        left_out -= {printable(path) for path in paths}
        fresh = fresh[: None if job.frames is None else job.frames - read]
        failed |= bool(fresh) and read_all(fresh, job)
        read += len(fresh)
        if read == job.frames:
            break
    return failed


def _open(spec: str, job: ReadJob) -> Source:
    source = _open_bare(spec, job)
    if job.controls is not None:
        from digitreader.web.controls import ControlledSource

        return ControlledSource(source, job.controls)
    if job.framing is None:
        return source
    from digitreader.camera.framing import FramedSource

    if job.region is not None:
        from digitreader.cli.region_check import SeenSource

        source = SeenSource(source, job.region)
    return FramedSource(source, job.framing)


def _open_bare(spec: str, job: ReadJob) -> Source:
    # a demo with a number of frames is a test or a benchmark, so it runs as fast as it can
    paced = job.frames is None
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
    """Report to the user and the outputs that a source, or one page of it, cannot be read."""
    print_error(str(error))
    for sink in job.sinks:
        sink.error(name, str(error), frame=error.frame)


def _read_source(source: Source, job: ReadJob) -> bool:
    """Read one source.

    Returns:
        True if a page of it could not be read; the others were.
    """
    errors: list[SourceError] = []
    found = _read_stream(source, job) if source.live else _read_picture(source, job, errors)
    if job.plain and not found and not errors:
        print_info(f"{source.name}: no {'steady number' if source.live else 'digits'} found")
    return bool(errors)


def _read_picture(source: Source, job: ReadJob, errors: list[SourceError]) -> bool:
    """Read every page of a picture file.

    Args:
        source: the opened source.
        errors: the errors of pages that cannot be read are added; they were reported.

    Returns:
        True if a page shows digits.
    """

    def on_error(error: SourceError) -> None:
        errors.append(error)
        _report(error, source.name, job)

    found, rule_decoder = False, job.rule_decoder()
    for frame in readable_frames(source.frames(), on_error):
        page = job.read_picture(frame)
        if rule_decoder is not None:
            page = rule_decoder.decode(page)
        found |= _send_page(page, frame, job)
    return found


def _send_page(page: Page, frame: Frame, job: ReadJob) -> bool:
    """Send a page of a picture to the outputs; False if it has no digits, which the caller reports."""
    explained = job.plain and _say_too_small(page, page.source)
    for sink in job.sinks:
        sink.picture(page, frame)
    return explained or bool(page.lines)


def _say_too_small(page: Page, name: str) -> bool:
    """Whether writing is too small to be read; then it is reported."""
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

    found, rules = False, job.rules_now()
    tracker = Tracker(job.rule, TrackerSettings(steady_s=job.steady_s), rule_decoder=job.rule_decoder())
    frame_count = min(source.frame_count or 0, job.frames or sys.maxsize)

    def read_frame(frame: Frame) -> Page:
        nonlocal rules
        if job.controls is not None:  # the page may have changed the threshold, or the rules
            tracker.rule = job.reader.model.facts.acceptance
            if job.rules_now() is not rules:
                rules, tracker.rule_decoder = job.rules_now(), job.rule_decoder()
        return job.reader.read_next(frame)

    with _listening(source, tracker, job), _progress(frame_count) as advance:
        frames = with_heap_trimming(islice(source.frames(), job.frames))
        for read in read_stream(frames, read_frame, tracker):
            found = found or read.steady is not None
            send_frame_to_sinks(job.sinks, read.frame, read.page, read.steady, read.left, doubtful=read.doubtful)
            if read.doubtful is not None:
                print_info(f"{source.name}: doubtful, so it is not announced: {read.doubtful.doubt}")
            advance()
    return found


@contextmanager
def _listening(source: Source, tracker: Tracker, job: ReadJob) -> Iterator[None]:
    """Report interruptions to the tracker and the outputs; at the end, print how many frames the stream left out."""

    def on_notice(notice: Notice) -> None:
        if notice.interrupted:
            tracker.interrupt()
        _send_notice(notice, job)

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


def _send_notice(notice: Notice, job: ReadJob) -> None:
    print_warning(notice.message)
    send_notice_to_sinks(job.sinks, notice)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    # if the results go to the terminal, a progress bar would be mixed with them
    if total < 2 or sys.stderr is None or not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda: None
        return
    from digitreader.host.progress import ProgressBar

    with ProgressBar("reading", total) as bar:
        yield bar.advance
