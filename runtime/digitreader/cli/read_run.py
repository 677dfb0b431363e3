"""One run of `digitreader read`, from its checked arguments to its end: sources, outputs, page, and the loop."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from digitreader.camera.opening import AUTO, DEMO, is_camera
from digitreader.camera.source import CameraSettings, printable
from digitreader.cli.arguments import load_named_model
from digitreader.cli.output_arguments import bounded, output_settings
from digitreader.cli.read_arguments import (
    camera_settings,
    check_settable,
    expected_rules,
    framing,
    live_settings,
    rotates_automatically,
    trust,
)
from digitreader.cli.read_every import check_every
from digitreader.cli.read_loop import ReadJob, read_all, read_new_pictures
from digitreader.cli.read_many import (
    SourceList,
    check_many,
    jobs_for,
    list_sources,
    named_sources,
    pictures_waiting,
    summary_printed,
    watched_folder,
    without_done,
    worker_settings,
)
from digitreader.cli.read_notices import print_sources, refusals_printed, say_endless
from digitreader.cli.web_arguments import config_to_save_to, open_server
from digitreader.errors import UsageError
from digitreader.host.messages import print_info
from digitreader.host.native_stderr import native_stderr_dropped, quiet_libraries
from digitreader.host.process import gc_frozen_after
from digitreader.output.opening import closing_sinks, open_sinks
from digitreader.output.settings import OutputSettings
from digitreader.output.sink import Sink

if TYPE_CHECKING:
    from digitreader.cli.region_check import RegionCheck
    from digitreader.reading.number_rules import NumberRules
    from digitreader.reading.pipeline import FrameReader
    from digitreader.web.controls import Controls
    from digitreader.web.server import WebServer

HISTORY_BYTES = 100 << 20
"""The most bytes for the pictures of doubtful numbers."""


class _Asked(NamedTuple):
    """The arguments, looked up and checked.

    Attributes:
        rules: the rules of --expect; None if there are none.
        watched: the folder that is watched for new pictures.
        listed: the sources, with each picture of folders and patterns; `specs` are those that are read.
        named: what is printed names the source, because there are several.
        camera: the settings of cameras.
        more: the outputs other than the terminal.
    """

    rules: NumberRules | None
    watched: Path | None
    listed: SourceList
    specs: list[str]
    named: bool
    camera: CameraSettings | None
    more: OutputSettings | None


def read_as_asked(args: argparse.Namespace) -> int:
    """Read every source into every output.

    Returns:
        1 if a source failed or an output missed something, else 0.

    Raises:
        UsageError: a rule is not possible.
        OutputError: an output cannot be written to.
        ModelFormatError: the model is refused.
    """
    asked = _look_up(args)
    # open the outputs first: they are cheap and may be refused before any frame is read
    sinks = _open_outputs(args, asked)
    specs, done = without_done(asked.specs, sinks) if args.resume else (asked.specs, frozenset[str]())
    with ExitStack() as at_the_end:
        server = at_the_end.enter_context(open_server(args.web, args)) if args.web is not None else None
        at_the_end.enter_context(closing_sinks(sinks, args.timeout))
        if not asked.watched:
            _quiet_cameras(specs, at_the_end)
        job = _job_of(args, asked, sinks, server)
        at_the_end.enter_context(summary_printed(asked.listed, sinks, len(done), asked.watched))
        if asked.rules is not None:
            at_the_end.enter_context(refusals_printed(sinks))
        if job.region is not None:
            sinks.append(job.region)
        if asked.watched:
            failed = read_new_pictures(asked.watched, job, new_only=args.new_only, done=done)
        else:
            failed = _read_named(specs if specs or asked.listed.named else [AUTO], job, args.every)
        nothing_read = failed and len(specs) == 1
        if server is not None and args.frames is None and not nothing_read:
            print_info("everything is read; the page stays open until Ctrl-C")
            threading.Event().wait()
    return int(failed or any(sink.missed for sink in sinks))


def _look_up(args: argparse.Namespace) -> _Asked:
    """Find out which sources are read and where the results go, and print it; nothing is opened."""
    rules = expected_rules(args)
    sources = named_sources(args)
    watched = watched_folder(sources) if args.watch else None
    more = output_settings(args)
    check_many(args, sources, more)
    check_every(args, sources)
    listed = SourceList([]) if watched else list_sources(sources, args)
    specs = pictures_waiting(watched) if watched and args.resume else listed.specs
    if args.every is None:
        say_endless(specs, args.frames)
    if not watched:
        print_sources(specs)
    camera = camera_settings(args)
    for spec in specs:
        check_settable(spec, camera)
    _check_folders(args, more)
    more, note = bounded(more, args, endless=_is_endless(specs or [AUTO] * (not listed.named), args.frames))
    if note:
        print_info(note)
    named = len(sources) > 1 or listed.is_many or listed.skipped is not None or watched is not None
    return _Asked(rules, watched, listed, specs, named, camera, more)


def _open_outputs(args: argparse.Namespace, asked: _Asked) -> list[Sink]:
    """Open the printed output, every other output, and the one for pictures of doubtful numbers."""
    sinks = open_sinks(
        args.format,
        args.annotate,
        inputs=asked.specs,
        named=asked.named,
        expecting=asked.rules is not None,
        activations=_with_activations(args),
        resume=args.resume,
        more=asked.more,
        timestamps=_with_timestamps(args),
    )
    return sinks + _history_pictures(args, asked.rules, asked.specs)


def _read_named(specs: Sequence[str], job: ReadJob, every_s: float | None) -> bool:
    """Read sources one after another, or a camera at an interval; True if one failed."""
    from digitreader.cli.read_every import read_every

    return read_all(specs, job) if every_s is None else read_every(specs, job, every_s)


def _is_endless(specs: list[str], frames: int | None) -> bool:
    return frames is None and any(is_camera(spec) or spec == DEMO for spec in specs)


def _check_folders(args: argparse.Namespace, more: OutputSettings | None) -> None:
    """Refuse outputs whose folders do not exist, or make the folders if the user asked for it."""
    from digitreader.output.conflicts import check_folders
    from digitreader.output.settings import Place

    folders = [Place("pictures", str(each.expanduser())) for each in (args.annotate, args.history) if each is not None]
    check_folders([*(more.places if more else ()), *folders], make=args.make_folders)


def _history_pictures(args: argparse.Namespace, rules: NumberRules | None, inputs: list[str]) -> list[Sink]:
    """The output for pictures of doubtful numbers beside the history; empty if there is no history.

    Raises:
        UsageError: no rule asks for a history.
        OutputError: its folder cannot be written to.
    """
    if args.history is None:
        return []
    if rules is None or not (rules.increasing or rules.per_hour is not None):
        raise UsageError("--history: no rule looks at earlier numbers; add --expect increasing or per-hour=0.5")
    from digitreader.output.annotate import DoubtfulPicturesSink
    from digitreader.output.full_disk import FaultTolerantSink

    folder = args.history.expanduser()
    return [FaultTolerantSink(DoubtfulPicturesSink(folder, inputs=inputs, keep_bytes=HISTORY_BYTES), str(folder))]


def _quiet_cameras(specs: list[str], until: ExitStack) -> None:
    """Keep messages of camera libraries off the terminal while a camera is read."""
    if all(map(is_camera, specs)):
        until.enter_context(quiet_libraries())
    if not specs or any(map(is_camera, specs)):
        until.enter_context(native_stderr_dropped())


def _job_of(
    args: argparse.Namespace,
    asked: _Asked,
    sinks: list[Sink],
    server: WebServer | None,
) -> ReadJob:
    """Load the model, add the outputs for systemd and the live page, and collect what all sources share."""
    with gc_frozen_after():
        from digitreader.reading.pipeline import FrameReader

        model = load_named_model(args)
    sinks += _heartbeat()  # this notifies systemd that the reader is ready
    if args.threshold is not None:
        model.set_threshold(args.threshold)
    reader = FrameReader(model, doubtful=asked.rules is not None)
    controls = None if server is None else _serve_page(server, args, reader, sinks)
    return ReadJob(
        reader,
        model.facts.acceptance,
        sinks,
        frames=args.frames,
        plain=args.format == "text",
        rules=asked.rules,
        camera=asked.camera,
        framing=framing(args),
        upright=rotates_automatically(args),
        live=live_settings(args),
        trust=trust(args),
        steady_s=args.steady,
        real_time=args.real_time,
        controls=controls,
        side_by_side=worker_settings(args, sinks),
        jobs=lambda pictures: jobs_for(pictures, args),
        history=None if args.history is None else args.history.expanduser(),
        region=_region_check(args, reader),
    )


def _region_check(args: argparse.Namespace, reader: FrameReader) -> RegionCheck | None:
    """The check for a region that cuts digits; None without a region, or if the live page shows it."""
    framed = framing(args)
    if framed is None or framed.region is None or args.web is not None:
        return None
    from digitreader.cli.region_check import RegionCheck

    return RegionCheck(framed.region, framed.rotate_deg, lambda: reader.last_found)


def _serve_page(server: WebServer, args: argparse.Namespace, reader: FrameReader, sinks: list[Sink]) -> Controls:
    """Serve the live page, which is one more sink; returns the controls that the page may change."""
    from digitreader.reading.number_rules import split_rules
    from digitreader.web.app import PageContext
    from digitreader.web.board import Board
    from digitreader.web.controls import Controls
    from digitreader.web.corrections import Corrections
    from digitreader.web.workbench import Workbench

    board = Board(lambda: reader.last_found)
    rules = [rule for argument in args.expect for rule in split_rules(argument)]
    controls = Controls(framing(args), reader.model, expect=rules, exposure_ms=args.exposure)
    sinks.append(board)
    served = PageContext(
        name=", ".join(map(printable, named_sources(args))) or "auto",
        model=args.model,
        board=board,
        open_workbench=lambda: Workbench(args.model, args.engine),
        corrections=Corrections(args.corrections.expanduser()),
        controls=controls,
        config=config_to_save_to(args),
    )
    server.start(served)
    return controls


def _with_activations(args: argparse.Namespace) -> bool:
    """Whether the ten activations of each digit are written; refused if no output can contain them."""
    lines = args.format == "jsonl" or any(place.startswith("jsonl:") for place in args.output)
    if args.activations and not lines:
        raise UsageError("--activations: only JSON Lines have them; add --format jsonl or --output jsonl:FILE")
    return bool(args.activations)


def _with_timestamps(args: argparse.Namespace) -> bool:
    """Whether lines of text begin with the time; refused if no output is text."""
    if args.timestamps and args.format != "text" and not any(place.startswith("text:") for place in args.output):
        raise UsageError("--timestamps: only text has them (events always have a time); add --output text:FILE")
    return bool(args.timestamps)


def _heartbeat() -> list[Sink]:
    """The sink that reports processed frames to systemd, if systemd started this process."""
    if "NOTIFY_SOCKET" not in os.environ:
        return []
    from digitreader.setup.service.watchdog import Heartbeat, notifier_from

    notifier = notifier_from(os.environ)
    return [] if notifier is None else [Heartbeat(notifier)]
