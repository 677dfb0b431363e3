"""`digitreader sheet`: draws the printable test sheet."""

from __future__ import annotations

import argparse
from pathlib import Path

from digitreader.errors import OutputError
from digitreader.measure.sheet.layout import MOST_SHEETS, PAPERS

PDF = b"%PDF-"

DESCRIPTION = """\
Draw a sheet to be printed: four corner marks, and numbers to be copied by hand into boxes. A photograph of it then
tells how well this camera, this light and this hand are read: digitreader score --sheet PICTURE.
"""

EXAMPLES = """\
examples:
  digitreader sheet out.pdf
  digitreader sheet out.pdf --paper letter
  digitreader sheet second.pdf --number 1       other numbers
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "sheet",
        help="a test sheet to print, fill in by hand and photograph",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("out", type=Path, metavar="OUT.pdf", help="the PDF to write")
    parser.add_argument("--paper", choices=PAPERS, default=PAPERS[0], help=f"its size (default: {PAPERS[0]})")
    parser.add_argument(
        "--number", type=_number, default=0, metavar="N", help=f"which sheet, 0 to {MOST_SHEETS - 1} (default: 0)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw the sheet.

    Raises:
        OutputError: it cannot be written.
    """
    from digitreader.host.files import write_atomically
    from digitreader.host.messages import print_info
    from digitreader.measure.sheet.layout import PrintedSheet, draw_sheet

    if args.out.is_dir():
        raise OutputError(f"{args.out}: is a folder; give the name of a file, as in {args.out / 'sheet.pdf'}")
    if not _may_be_replaced(args.out):
        raise OutputError(f"{args.out}: is there already and is no PDF; give another name, as in sheet.pdf")
    sheet = PrintedSheet(args.paper, args.number)
    write_atomically(args.out, draw_sheet(sheet))
    print_info(
        f"{args.out}: test sheet {sheet.name}; print it at 100 %, fill it in, then digitreader score --sheet PICTURE"
    )
    return 0


def _may_be_replaced(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(PDF)) in {PDF, b""}
    except OSError:  # it is not there; what else is wrong with its place is told by who writes it
        return True


def _number(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and int(text) < MOST_SHEETS):
        raise argparse.ArgumentTypeError(f"{text!r} is no sheet's number; give 0 to {MOST_SHEETS - 1}")
    return int(text)
