"""`digitreader score`: measures how well a model reads, and makes a page with pictures of the errors."""

from __future__ import annotations

import argparse
import json
import os
import shlex
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.errors import OutputError, UsageError

if TYPE_CHECKING:
    from digitreader.measure.report import PartResult
    from digitreader.model import Model

PARTS = ("scenes", "finding", "photos", "corruptions", "hands", "negatives", "video", "meter", "sheet")
"""Each is a module of `digitreader.cli.score_parts` with ``add_parser`` and ``score(args, model)``."""

DESCRIPTION = """\
Measure how well a model reads: figures as text or JSON, and with --report one HTML page with pictures of the errors, by
cause.
"""

EXAMPLES = """\
examples:
  digitreader score scenes --difficulty hard --report hard.html
  digitreader score finding --count 100         kinds of pictures on which digits are hard to find
  digitreader score photos photos/ --model accurate
  digitreader score corruptions --limit 1000 --format json
  digitreader score corruptions --as-frames     the same digits laid on paper, and found and read as in a frame
  digitreader score hands semeion.npz --report hands.html
  digitreader score negatives omniglot.npz --keep 0.99
  digitreader score video --minutes 10
  digitreader score meter --hours 24            a water meter: wrong numbers and late ones
  digitreader score --sheet photo.jpg           a printed test sheet (digitreader sheet) that was filled in
  digitreader score PART --help                 the options of a part, with examples
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's parts, each with its own arguments."""
    parser = subparsers.add_parser(
        "score",
        help="measure how well a model reads, with pictures of the errors",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        arrange=sheet_first,
    )
    parts = parser.add_subparsers(title="parts", metavar="PART")
    for name in PARTS:
        import_module(f"digitreader.cli.score_parts.{name}").add_parser(parts)
    parser.add_argument("--sheet", metavar="SOURCE", help="as the part sheet")
    parser.set_defaults(run=run, score=None)


def sheet_first(words: list[str]) -> list[str]:
    """The words, with ``--sheet SOURCE`` (at any place) changed to the part ``sheet``."""
    for place, word in enumerate(words):
        if word in {*PARTS, "--"}:
            break
        if word == "--sheet" or word.startswith("--sheet="):
            return ["sheet", *words[:place], *word.split("=", 1)[1:], *words[place + 1 :]]
    return words


def run(args: argparse.Namespace) -> int:
    """Measure one part, print it, and write the page if one is asked for.

    Raises:
        OutputError: the page cannot be written.
        UsageError: an argument is not valid.
        DataError: the data cannot be read.
        ModelFormatError: the model is refused.
    """
    if args.score is None:
        raise UsageError("score: which PART is missing; see digitreader score --help")
    # NumPy's OpenBLAS reads this when it is first imported, and one thread is the fastest for such small matrices
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if args.report is not None:
        _check_place(args.report)
    from digitreader.cli.arguments import load_named_model
    from digitreader.model.sealed_json import to_plain

    model = load_named_model(args)
    result: PartResult = args.score(args, model)
    if args.report is not None:
        _write_page(args.report, result, model)
    print(json.dumps(to_plain(result.figures)) if args.format == "json" else result.text)
    return int(result.failed)


def _check_place(path: Path) -> None:
    """Refuse a path for the page before the measurement, which takes minutes."""
    from digitreader.host.files import check_parent_folder
    from digitreader.output.annotate import writable_folder

    if path.is_dir():
        raise OutputError(f"{path}: is a folder; give the name of a file, as in {path / 'report.html'}")
    check_parent_folder(path)
    writable_folder(path.parent)


def _write_page(path: Path, result: PartResult, model: Model) -> None:
    import sys

    from digitreader.host.files import write_atomically
    from digitreader.host.messages import print_info
    from digitreader.measure.report import Heading, page_of

    facts = model.facts
    subtitle = f"{facts.name} ({'-'.join(map(str, facts.layers))} neurons, {facts.variant}), run by {model.engine.name}"
    command = shlex.join(["digitreader", *sys.argv[1:]])
    page = page_of(Heading(result.title, subtitle, command), result.sections())
    write_atomically(path, page.encode())
    print_info(f"{path}: {len(page):,} bytes")
