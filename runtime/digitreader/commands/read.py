"""`digitreader read`: pictures, videos and cameras in, digits out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.commands.expect_arguments import add_expect_argument, expected_rules
from digitreader.commands.model_arguments import add_model_arguments, load_named_model
from digitreader.errors import SourceError
from digitreader.lasting import kept_to_the_end
from digitreader.outputs import FORMATS, open_sinks
from digitreader.sources import Source, expand, is_folder, open_default_source, open_source
from digitreader.sources.naming import printable
from digitreader.talk import complain, say

if TYPE_CHECKING:
    from digitreader.accept import AcceptanceRule
    from digitreader.expect.expectation import Expectation
    from digitreader.expect.rules import Rules
    from digitreader.outputs.sink import Sink
    from digitreader.pipeline import Reader
    from digitreader.values import Page

DESCRIPTION = """\
Find the handwritten digits in pictures, videos and cameras, and read them.

SOURCE is one or more of
  photo.jpg            a JPEG, PNG, BMP, WebP or TIFF picture
  scans/               a folder: each of its pictures, 2.jpg before 10.jpg
  clip.mp4             a video file
  0, /dev/video0       a camera by its number or its node
  picamera             a Raspberry Pi's own camera, through Picamera2
  rtsp://host/stream   a network camera (http, https, rtsp)
  -                    a picture on stdin
  demo                 a built-in camera that shows handwritten numbers
Without SOURCE, the first camera that works is read, or else the demo.
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
  curl -s URL | digitreader read -                a picture from stdin

exit status: 0, 1 where a source could not be read (the others are), 2 for a wrong command line, 130 for Ctrl-C.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "read",
        help="read the digits in pictures, videos and cameras",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="what to read; see above")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to print it (default: text)")
    add_expect_argument(parser)
    add_model_arguments(parser)
    parser.add_argument("--annotate", type=Path, metavar="DIR", help="save pictures with boxes, digits and confidence")
    parser.add_argument("--frames", type=_count, metavar="N", help="stop each stream after N frames")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read every source in its order; one that fails is told of, and the others are read.

    Returns:
        1 where a source failed, else 0.

    Raises:
        UsageError: a rule that cannot be expected.
        OutputError: the folder for annotated pictures cannot be written to.
        ModelFormatError: the model is refused.
    """
    # NumPy's OpenBLAS reads this when it is first imported; to start threads that have no matrices to multiply, and to
    # end them, takes a fifth of the time in which a picture is read
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    rules = expected_rules(args)
    specs = [part for spec in args.sources for part in expand(spec)]
    # first what costs little and may be refused: nothing is read when there is nowhere to put it
    named = len(args.sources) > 1 or any(map(is_folder, args.sources))
    sinks = open_sinks(args.format, args.annotate, inputs=specs, named=named, expecting=rules is not None)

    with kept_to_the_end():
        from digitreader.pipeline import Reader

        model = load_named_model(args)
    reader = Reader(model, doubtful=rules is not None)
    job = Job(reader, model.facts.acceptance, sinks, frames=args.frames, plain=args.format == "text", rules=rules)
    return int(read_all(specs or [None], job))


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What is the same for every source.

    Attributes:
        reader: reads a frame.
        rule: when averaged activations count as a digit.
        sinks: are told what was read.
        frames: how many frames of a stream to read; None is all.
        plain: a person reads along, and is told on stderr where there was nothing to read.
        rules: what is expected of numbers.
    """

    reader: Reader
    rule: AcceptanceRule
    sinks: Sequence[Sink]
    frames: int | None
    plain: bool
    rules: Rules | None = None

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
                    _read_source(source, job)
            except SourceError as error:
                failed = True
                complain(str(error))
                for sink in job.sinks:
                    sink.error(printable(spec or ""), str(error))
            advance()
    return failed


def _open(spec: str | None, job: Job) -> Source:
    # a demo of so many frames is a test or a benchmark, and waits for no clock
    paced = job.frames is None
    return open_default_source(paced=paced) if spec is None else open_source(spec, paced=paced)


def _read_source(source: Source, job: Job) -> None:
    found = _read_stream(source, job) if source.live else _read_picture(source, job)
    if job.plain and not found:
        say(f"{source.name}: no {'steady number' if source.live else 'digits'} found")


def _read_picture(source: Source, job: Job) -> bool:
    found, expectation = False, job.expectation()
    for frame in source.frames():
        page = _expected(job.reader.read(frame), expectation)
        found = found or bool(page.lines)
        for sink in job.sinks:
            sink.picture(page, frame)
    return found


def _read_stream(source: Source, job: Job) -> bool:
    from digitreader.follow import Follower

    found, expectation = False, job.expectation()
    follower = Follower(job.rule, expectation=expectation)
    with _progress(min(source.frame_count or 0, job.frames or sys.maxsize)) as advance:
        for frame in islice(source.frames(), job.frames):
            page = job.reader.read(frame)
            shown, steady = _expected(page, expectation), follower.update(page)
            found = found or steady is not None
            for sink in job.sinks:
                sink.frame(shown, frame)
                if steady is not None:
                    sink.change(steady, frame)
            advance()
    return found


def _expected(page: Page, expectation: Expectation | None) -> Page:
    return page if expectation is None else expectation.decode(page)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    # a bar on the terminal that the results go to would run through them
    if total < 2 or not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda: None
        return
    from digitreader.progress import ProgressBar

    with ProgressBar("reading", total) as bar:
        yield bar.advance


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of frames; give 1 or more")
    return int(text)
