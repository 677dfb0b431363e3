"""digitreader read."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.camera import is_folder
from digitreader.camera.opening import AUTO, DEMO, is_camera, is_url
from digitreader.camera.source import expand_home, printable
from digitreader.cli.arguments import add_model_arguments, add_threshold_argument, load_named_model
from digitreader.cli.config_arguments import add_config_arguments, add_source_arguments
from digitreader.cli.output_arguments import add_output_arguments, bounded, output_settings
from digitreader.cli.parser import Parser, add_message_arguments
from digitreader.cli.read_arguments import (
    add_camera_arguments,
    add_expect_argument,
    camera_settings,
    check_settable,
    expected_rules,
    framing,
    live_settings,
    rotates_automatically,
    trust,
)
from digitreader.cli.read_every import add_every_argument, check_every
from digitreader.cli.read_many import (
    SourceList,
    add_many_arguments,
    check_many,
    jobs_for,
    list_sources,
    pictures_waiting,
    summary_printed,
    without_done,
    worker_settings,
)
from digitreader.cli.read_notices import print_sources
from digitreader.cli.web_arguments import add_web_arguments, config_to_save_to, open_server
from digitreader.errors import UsageError
from digitreader.host.messages import print_info, print_warning
from digitreader.host.native_stderr import native_stderr_dropped, quiet_libraries
from digitreader.host.process import Terminated, gc_frozen_after, termination_raised
from digitreader.output.settings import FORMATS

if TYPE_CHECKING:
    from digitreader.camera.source import CameraSettings
    from digitreader.cli.read_loop import ReadJob
    from digitreader.cli.region_check import RegionCheck
    from digitreader.output.settings import OutputSettings
    from digitreader.output.sink import Sink
    from digitreader.reading.number_rules import NumberRules
    from digitreader.reading.pipeline import FrameReader
    from digitreader.web.controls import Controls
    from digitreader.web.server import WebServer


def named_sources(args: argparse.Namespace) -> list[str]:
    """The sources, as the user named them."""
    return [expand_home(spec) for spec in args.sources]


def watched_folder(sources: list[str]) -> Path:
    """The folder that ``--watch`` means.

    Raises:
        UsageError: what is named is not one folder that exists.
    """
    if len(sources) != 1 or not is_folder(sources[0]):
        given = ", ".join(map(printable, sources)) or "nothing"
        raise UsageError(f"--watch needs one folder that exists as SOURCE, not {given}")
    return Path(sources[0])


def check_read_arguments(args: argparse.Namespace) -> OutputSettings | None:
    """Refuse arguments that read would refuse; nothing is opened or made, and no camera or broker is needed.

    Returns:
        What is asked for beside what is printed.

    Raises:
        UsageError: rules, sources, settings or outputs that cannot be meant, or a password that cannot be read.
        ModelFormatError: there is no such model.
        OutputError: a file would be read and written to, or trusted certificates cannot be read.
    """
    from digitreader.model.locate import locate_model

    expected_rules(args)
    sources = named_sources(args)
    if args.watch:
        watched_folder(sources)
    camera = camera_settings(args)
    if camera is not None and not args.watch:
        for spec in sources:
            check_settable(spec, camera)
    locate_model(args.model)
    if args.web is not None:
        from digitreader.web.address import parse_web_address

        parse_web_address(args.web)
    settings = output_settings(args)
    check_many(args, sources, settings)
    check_every(args, sources)
    if settings is not None:
        from digitreader.output.conflicts import check_files, check_twice
        from digitreader.output.kinds import kind_of

        for place in settings.places:
            if (check := kind_of(place).check) is not None:
                check(place, settings)  # files are checked by what opens them
        check_twice(settings.places)
        check_files(settings.places, sources)
    return settings


HISTORY_BYTES = 100 << 20
"""The most that the pictures of doubtful numbers may take."""

DESCRIPTION = """\
Find the handwritten digits in pictures, videos and cameras, and read them.

SOURCE is one or more of
  photo.jpg            a JPEG, PNG, GIF, BMP, WebP or TIFF picture; every page of a TIFF, every frame of an animation
  scans/               a folder: each of its pictures and videos, 2.jpg before 10.jpg
  "scans/*.png"        a pattern: all files that match it; ** stands for any number of folders
  clip.mp4             a video file
  0, /dev/video0       a camera by its number or device file; /dev/v4l/by-id/NAME never changes
  picamera             a Raspberry Pi's own camera, through Picamera2
  rtsp://host/stream   a network camera (http, https, rtsp)
  -                    a picture on stdin
  auto                 the first camera that works
  demo                 a built-in camera that shows handwritten numbers
Without SOURCE the first camera that works is read. If no camera works, that is an error. Pictures are turned the way up
in which they read best; cameras and videos are read as they are.

A camera is read at its newest picture. When it is unplugged, hangs or shows nothing, you see one message; nothing is
announced meanwhile, and the camera is connected again as soon as it works.
"""

EXAMPLES = """\
examples:
  digitreader read photo.jpg                      the digits, line by line
  digitreader read scans/ --format csv > all.csv  one row for each digit, with its confidence and box
  digitreader read 0                              each new number held under the camera, once it is steady
  digitreader read 0 --format jsonl | ./program   one JSON object for each frame
  digitreader read demo --frames 300 --annotate out
                                                  300 frames of the demo, and a picture of each number in out/
  digitreader read 0 --expect digits=5,increasing
                                                  a meter: five digits, and it never runs backwards
  digitreader read 0 --every 60s --expect digits=8,point=3,wheels,increasing --output mqtt://broker.local --meter water
                                                  a water meter for Home Assistant, read once a minute
  digitreader read auto --region 100,80,400,200 --rotate 180
                                                  a part of what a camera sees that hangs upside down
  digitreader read inbox/ --watch                 the pictures in a folder, then each that is put into it
  digitreader read scans/ --recursive --output jsonl:all.jsonl --resume
                                                  100,000 scans; start it again after a break, until all are read
  digitreader read scans/ --rotate 0              do not turn pictures the way up that reads best
  digitreader read 0 --web 8080                   the same, and a live page at http://127.0.0.1:8080/
  curl -s URL | digitreader read -                a picture from stdin

exit status: 0, 1 if a source could not be read (the others are read) or an output is incomplete, 2 for a wrong command
line, 130 for Ctrl-C, 143 for SIGTERM, 129 if its terminal was closed.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "read",
        help="read the digits in pictures, videos and cameras",
        usage="%(prog)s [options] [SOURCE ...]",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    add_arguments(parser)
    parser.set_defaults(run=run)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options, each of which a configuration file may hold too."""
    add_source_arguments(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to print it (default: text)")
    parser.add_argument("--activations", action="store_true", help="add each digit's ten activations to JSON Lines")
    parser.add_argument("--timestamps", action="store_true", help="begin each line of text with the time")
    add_expect_argument(parser)
    add_model_arguments(parser)
    add_threshold_argument(parser)
    parser.add_argument("--annotate", type=Path, metavar="DIR", help="save pictures with boxes, digits and confidence")
    parser.add_argument(
        "--frames",
        type=_count,
        metavar="N",
        help="stop each stream after N frames, and each folder or list after N pictures",
    )
    parser.add_argument(
        "--watch", action="store_true", help="SOURCE is a folder: read what is in it, then each picture that comes in"
    )
    parser.add_argument("--real-time", action="store_true", help="read videos at their own speed, like a camera")
    add_many_arguments(parser)
    add_camera_arguments(parser)
    add_every_argument(parser)
    add_output_arguments(parser)
    add_web_arguments(parser)
    add_config_arguments(parser)


def read_parser() -> Parser:
    """The parser of `digitreader read` by itself, without the other commands."""
    parser = Parser(prog="digitreader read")
    add_arguments(parser)
    add_message_arguments(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Read every source in its order; one that fails is reported, and the others are read.

    Returns:
        1 if a source failed or an output has missed something; 143 for SIGTERM, 129 for a closed terminal; else 0.

    Raises:
        UsageError: a rule that cannot be expected.
        OutputError: a place for what is read cannot be written to.
        ModelFormatError: the model is refused.
    """
    try:
        with termination_raised():
            return _run(args)
    except Terminated as end:
        print_info("terminated")
        return end.exit_status


def _read_named(specs: Sequence[str], job: ReadJob, every_s: float | None) -> bool:
    """Read sources one after another, or a camera at an interval; True if one failed."""
    from digitreader.cli.read_every import read_every
    from digitreader.cli.read_loop import read_all

    return read_all(specs, job) if every_s is None else read_every(specs, job, every_s)


def _run(args: argparse.Namespace) -> int:
    # NumPy's OpenBLAS reads this when it is first imported; to start threads that have no matrices to multiply, and to
    # end them, takes a fifth of the time in which a picture is read
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from digitreader.cli.read_loop import read_new_pictures
    from digitreader.output.opening import closing_sinks, open_sinks

    rules = expected_rules(args)
    sources = named_sources(args)
    watched = watched_folder(sources) if args.watch else None
    more = output_settings(args)
    check_many(args, sources, more)
    check_every(args, sources)
    listed = SourceList([]) if watched else list_sources(sources, args)
    specs = pictures_waiting(watched) if watched and args.resume else listed.specs
    if args.every is None:
        _say_endless(specs, args.frames)
    if not watched:
        print_sources(specs)
    camera = camera_settings(args)
    for spec in specs:
        check_settable(spec, camera)
    _check_folders(args, more)
    more, told = bounded(more, args, endless=_is_endless(specs or [AUTO] * (not listed.named), args.frames))
    if told:
        print_info(told)
    # open the outputs first: they are cheap and may be refused before any frame is read
    sinks = open_sinks(
        args.format,
        args.annotate,
        inputs=specs,
        named=len(sources) > 1 or listed.is_many or listed.skipped is not None or watched is not None,
        expecting=rules is not None,
        activations=_with_activations(args),
        resume=args.resume,
        more=more,
        timestamps=_with_timestamps(args),
    )
    sinks += _history_pictures(args, rules, specs)
    specs, done = without_done(specs, sinks) if args.resume else (specs, frozenset[str]())
    with ExitStack() as at_the_end:
        server = at_the_end.enter_context(open_server(args.web, args)) if args.web is not None else None
        at_the_end.enter_context(closing_sinks(sinks, args.timeout))
        if not watched:
            _quiet_cameras(specs, at_the_end)
        job = _job_of(args, rules, camera, sinks, server)
        at_the_end.enter_context(summary_printed(listed, sinks, len(done)))
        if rules is not None:
            from digitreader.cli.refused_numbers import refusals_printed

            at_the_end.enter_context(refusals_printed(sinks))
        if job.region is not None:
            sinks.append(job.region)
        if watched:
            failed = read_new_pictures(watched, job, new_only=args.new_only, done=done)
        else:
            failed = _read_named(specs if specs or listed.named else [AUTO], job, args.every)
        nothing_read = failed and len(specs) == 1
        if server is not None and args.frames is None and not nothing_read:
            print_info("everything is read; the page stays open until Ctrl-C")
            threading.Event().wait()
    return int(failed or any(sink.missed for sink in sinks))


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
    rules: NumberRules | None,
    camera: CameraSettings | None,
    sinks: list[Sink],
    server: WebServer | None,
) -> ReadJob:
    """Load the model, add the outputs for systemd and the live page, and collect what all sources share."""
    from digitreader.cli.read_loop import ReadJob

    with gc_frozen_after():
        from digitreader.reading.pipeline import FrameReader

        model = load_named_model(args)
    sinks += _heartbeat()  # now systemd may be told that the reader is ready
    if args.threshold is not None:
        model.set_threshold(args.threshold)
    reader = FrameReader(model, doubtful=rules is not None)
    controls = None if server is None else _serve_page(server, args, reader, sinks)
    return ReadJob(
        reader,
        model.facts.acceptance,
        sinks,
        frames=args.frames,
        plain=args.format == "text",
        rules=rules,
        camera=camera,
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
    """Whether the ten activations of each digit are written; only if an output can hold them."""
    lines = args.format == "jsonl" or any(place.startswith("jsonl:") for place in args.output)
    if args.activations and not lines:
        raise UsageError("--activations: only JSON Lines hold them; add --format jsonl or --output jsonl:FILE")
    return bool(args.activations)


def _with_timestamps(args: argparse.Namespace) -> bool:
    """Whether lines of text begin with the time; only where some are written."""
    if args.timestamps and args.format != "text" and not any(place.startswith("text:") for place in args.output):
        raise UsageError("--timestamps: only text has them (events have times of their own); add --output text:FILE")
    return bool(args.timestamps)


def _say_endless(specs: list[str], frames: int | None) -> None:
    """Warn about sources that are never read, because the source before them has no end."""
    endless = next((spec for spec in specs[:-1] if is_camera(spec) and not is_url(spec)), None)
    if endless is not None and frames is None:
        print_warning(
            f"warning: {endless}: a camera has no end, so the sources after it are never read; start digitreader "
            f"once for each"
        )


def _heartbeat() -> list[Sink]:
    """The sink that reports processed frames to systemd, if systemd started this process."""
    if "NOTIFY_SOCKET" not in os.environ:
        return []
    from digitreader.setup.service.watchdog import Heartbeat, notifier_from

    notifier = notifier_from(os.environ)
    return [] if notifier is None else [Heartbeat(notifier)]


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of frames; give 1 or more")
    return int(text)
