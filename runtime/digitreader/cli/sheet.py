"""`digitreader sheet`: draws the printable test sheet."""

from __future__ import annotations

import argparse
from pathlib import Path

from digitreader.errors import UsageError
from digitreader.measure.sheet.layout import MOST_SHEETS, PAPERS

PDF = ".pdf"

DESCRIPTION = """\
Draw a sheet to be printed: four corner marks, and numbers to be copied by hand into boxes. A photograph of it shows how
well your camera, light and handwriting are read: digitreader score --sheet PICTURE.
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
        help="make a test sheet to print, fill in by hand and photograph",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("out", type=Path, metavar="OUT.pdf", help="the PDF to write")
    parser.add_argument("--paper", choices=PAPERS, default=PAPERS[0], help=f"its size (default: {PAPERS[0]})")
    parser.add_argument(
        "--number", type=_number, default=0, metavar="N", help=f"which sheet, 0 to {MOST_SHEETS - 1} (default: 0)"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw the sheet.

    Raises:
        OutputError: it cannot be written, or would replace a file.
        UsageError: its name is not a PDF's.
    """
    from digitreader.host.files import check_new_file, write_atomically
    from digitreader.host.messages import print_info
    from digitreader.measure.sheet.layout import PrintedSheet, draw_sheet

    check_new_file(args.out, force=args.force)
    if args.out.suffix.lower() != PDF:
        raise UsageError(f"{args.out}: the sheet is a PDF; give a name that ends in {PDF}, as in sheet{PDF}")
    sheet = PrintedSheet(args.paper, args.number)
    write_atomically(args.out, draw_sheet(sheet))
    print_info(
        f"{args.out}: test sheet {sheet.name}; print it at 100 %, fill it in, then digitreader score --sheet PICTURE"
    )
    return 0


def _number(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and int(text) < MOST_SHEETS):
        raise argparse.ArgumentTypeError(f"{text!r} is not the number of a sheet; give 0 to {MOST_SHEETS - 1}")
    return int(text)
