"""`digitreader read`: pictures, videos and cameras in, digits out."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.commands.camera_arguments import (
    AUTO,
    add_camera_arguments,
    camera_settings,
    check_settable,
    framing,
    live_settings,
)
from digitreader.commands.config_arguments import add_config_arguments
from digitreader.commands.expect_arguments import add_expect_argument, expected_rules
from digitreader.commands.model_arguments import add_model_arguments, load_named_model
from digitreader.commands.output_arguments import add_output_arguments, output_settings
from digitreader.commands.read_checks import named_sources, watched_folder
from digitreader.errors import UsageError
from digitreader.lasting import kept_to_the_end
from digitreader.live.quieting import native_stderr_dropped, quiet_libraries
from digitreader.live.stopping import Terminated, termination_raised
from digitreader.outputs import FORMATS, closed_at_the_end, open_sinks
from digitreader.reading import Job, read_all, read_new_pictures
from digitreader.sources import expand, is_folder
from digitreader.sources.opening import is_camera, is_url
from digitreader.talk import say

if TYPE_CHECKING:
    from digitreader.outputs.sink import Sink

DESCRIPTION = """\
Find the handwritten digits in pictures, videos and cameras, and read them.

SOURCE is one or more of
  photo.jpg            a JPEG, PNG, GIF, BMP, WebP or TIFF picture; of a TIFF every page, of an animation every frame
  scans/               a folder: each of its pictures, 2.jpg before 10.jpg
  clip.mp4             a video file
  0, /dev/video0       a camera by its number or its node, or by /dev/v4l/by-id/NAME, which stays the same
  picamera             a Raspberry Pi's own camera, through Picamera2
  rtsp://host/stream   a network camera (http, https, rtsp)
  -                    a picture on stdin
  auto                 the first camera that works
  demo                 a built-in camera that shows handwritten numbers
Without SOURCE, the first camera that works is read, or else the demo.
A picture is read the way up in which it reads best; a stream is read as it is.

Of a camera the newest picture is read. When it is unplugged, hangs or shows nothing, that is said once, nothing is told
meanwhile, and it is connected again until it works.
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
  digitreader read auto --region 100,80,400,200 --rotate 180
                                                  a part of what a camera sees that hangs upside down
  digitreader read inbox/ --watch                 each picture that is put into a folder
  digitreader read scans/ --rotate 0              pictures as they are; else each is read the way up that reads best
  curl -s URL | digitreader read -                a picture from stdin

exit status: 0, 1 where a source could not be read (the others are) or an output has missed something, 2 for a wrong
command line, 130 for Ctrl-C, 143 for SIGTERM, 129 where its terminal was closed.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "read",
        help="read the digits in pictures, videos and cameras",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    add_arguments(parser)
    parser.set_defaults(run=run)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options, each of which a configuration file may hold too."""
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="what to read; see above")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to print it (default: text)")
    parser.add_argument("--activations", action="store_true", help="JSON Lines hold each digit's ten activations too")
    add_expect_argument(parser)
    add_model_arguments(parser)
    parser.add_argument("--annotate", type=Path, metavar="DIR", help="save pictures with boxes, digits and confidence")
    parser.add_argument("--frames", type=_count, metavar="N", help="stop each stream after N frames")
    parser.add_argument("--watch", action="store_true", help="SOURCE is a folder: read each new picture that comes in")
    parser.add_argument("--real-time", action="store_true", help="read videos at their own speed, as a camera's")
    parser.add_argument("--source", action="append", default=[], metavar="SOURCE", help="the same as SOURCE")
    add_camera_arguments(parser)
    add_output_arguments(parser)
    add_config_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Read every source in its order; one that fails is told of, and the others are read.

    Returns:
        1 where a source failed or an output has missed something; 143 for SIGTERM, 129 for a closed terminal; else 0.

    Raises:
        UsageError: a rule that cannot be expected.
        OutputError: a place for what is read cannot be written to.
        ModelFormatError: the model is refused.
    """
    try:
        with termination_raised():
            return _run(args)
    except Terminated as end:
        say("terminated")
        return end.exit_status


def _run(args: argparse.Namespace) -> int:
    # NumPy's OpenBLAS reads this when it is first imported; to start threads that have no matrices to multiply, and to
    # end them, takes a fifth of the time in which a picture is read
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    rules = expected_rules(args)
    sources = named_sources(args)
    watched = watched_folder(sources) if args.watch else None
    specs = [] if watched else [part for spec in sources for part in expand(spec)]
    _say_endless(specs, args.frames)
    camera = camera_settings(args)
    for spec in specs:
        check_settable(spec, camera)
    # first what costs little and may be refused: nothing is read when there is nowhere to put it
    named = len(sources) > 1 or any(map(is_folder, sources))
    more = output_settings(args)
    expecting = rules is not None
    sinks = open_sinks(
        args.format,
        args.annotate,
        inputs=specs,
        named=named,
        expecting=expecting,
        activations=_with_activations(args),
        more=more,
    )
    with ExitStack() as quieted:
        quieted.enter_context(closed_at_the_end(sinks, args.timeout))
        if not watched and all(map(is_camera, specs)):
            quieted.enter_context(quiet_libraries())
        if not watched and (not specs or any(map(is_camera, specs))):
            quieted.enter_context(native_stderr_dropped())
        with kept_to_the_end():
            from digitreader.pipeline import Reader

            model = load_named_model(args)
        sinks += _heartbeat()
        reader = Reader(model, doubtful=expecting)
        job = Job(
            reader,
            model.facts.acceptance,
            sinks,
            frames=args.frames,
            plain=args.format == "text",
            rules=rules,
            camera=camera,
            framing=framing(args),
            upright=args.rotate == AUTO,
            live=live_settings(args),
            steady_s=args.steady,
            real_time=args.real_time,
        )
        failed = read_new_pictures(watched, job) if watched else read_all(specs or [None], job)
    return int(failed or any(sink.missed for sink in sinks))


def _with_activations(args: argparse.Namespace) -> bool:
    """Whether the ten activations of each digit are told; only where something tells them."""
    lines = args.format == "jsonl" or any(place.startswith("jsonl:") for place in args.output)
    if args.activations and not lines:
        raise UsageError("--activations: only JSON Lines hold them; add --format jsonl or --output jsonl:FILE")
    return bool(args.activations)


def _say_endless(specs: list[str], frames: int | None) -> None:
    """Warn of sources that have no turn, since the one before has no end."""
    endless = next((spec for spec in specs[:-1] if is_camera(spec) and not is_url(spec)), None)
    if endless is not None and frames is None:
        say(f"warning: {endless}: a camera has no end, and what is named after it waits; start a digitreader for each")


def _heartbeat() -> list[Sink]:
    """What tells systemd of processed frames, where it has started this process and listens."""
    if "NOTIFY_SOCKET" not in os.environ:
        return []
    from digitreader.service.heartbeat import Heartbeat
    from digitreader.service.notify import notifier_from

    notifier = notifier_from(os.environ)
    return [] if notifier is None else [Heartbeat(notifier)]


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of frames; give 1 or more")
    return int(text)
