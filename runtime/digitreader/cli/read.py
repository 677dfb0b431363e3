"""`digitreader read`: its help text, its arguments, and their checks."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.arguments import add_model_arguments, add_threshold_argument
from digitreader.cli.config_arguments import add_config_arguments, add_source_arguments
from digitreader.cli.output_arguments import add_output_arguments, output_settings
from digitreader.cli.parser import Parser, add_message_arguments
from digitreader.cli.read_arguments import (
    add_camera_arguments,
    add_expect_argument,
    camera_settings,
    check_settable,
    expected_rules,
)
from digitreader.cli.read_every import add_every_argument, check_every
from digitreader.cli.read_many import add_many_arguments, check_many, named_sources, watched_folder
from digitreader.cli.web_arguments import add_web_arguments
from digitreader.host.messages import print_info
from digitreader.host.process import Terminated, termination_raised
from digitreader.output.settings import FORMATS

if TYPE_CHECKING:
    from digitreader.output.settings import OutputSettings


def check_read_arguments(args: argparse.Namespace) -> OutputSettings | None:
    """Refuse wrong arguments; nothing is opened or made, and no camera or broker is needed.

    Returns:
        The settings of the outputs beside the printed one.

    Raises:
        UsageError: a rule, source, setting or output is not valid, or the password cannot be read.
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
                check(place, settings)  # files are checked when they are opened
        check_twice(settings.places)
        check_files(settings.places, sources)
    return settings


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
                                                  a part of the picture of a camera that hangs upside down
  digitreader read inbox/ --watch                 the pictures in a folder, then each new one
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
    """Declare the command's options; a configuration file may set each of them too."""
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
    parser.add_argument("--watch", action="store_true", help="SOURCE is a folder: read its pictures, then each new one")
    parser.add_argument("--real-time", action="store_true", help="read videos at their own speed, like a camera")
    add_many_arguments(parser)
    add_camera_arguments(parser)
    add_every_argument(parser)
    add_output_arguments(parser)
    add_web_arguments(parser)
    add_config_arguments(parser)


def read_parser() -> Parser:
    """The parser of `digitreader read`, without the other commands."""
    parser = Parser(prog="digitreader read")
    add_arguments(parser)
    add_message_arguments(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Read every source in its order; a source that fails is reported, and the others are read.

    Returns:
        1 if a source failed or an output is incomplete; 143 for SIGTERM, 129 for a closed terminal; else 0.

    Raises:
        UsageError: a rule of --expect is not valid.
        OutputError: an output cannot be written to.
        ModelFormatError: the model is refused.
    """
    try:
        with termination_raised():
            # NumPy's OpenBLAS reads this when it is first imported; starting and ending threads that have no matrices
            # to multiply would take a fifth of the time for a picture
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            from digitreader.cli.read_run import read_as_asked

            return read_as_asked(args)
    except Terminated as end:
        print_info("terminated")
        return end.exit_status


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of frames; give 1 or more")
    return int(text)
