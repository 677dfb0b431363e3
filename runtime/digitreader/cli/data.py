"""`digitreader data`: describes labelled digits, and writes them in another form."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.host.messages import print_info

if TYPE_CHECKING:
    from digitreader.measure.data.own.digit_set import DigitSet

# a copy of `digitreader.measure.data.own.convert.FORM_NAMES`: importing that would import NumPy and OpenCV for --help
FORM_NAMES = ("folders", "csv", "npz", "idx")

DESCRIPTION = """\
Describe labelled digits in any usual form: how many of each class, in which sizes, dark on light or light on dark,
which are equal, and which files cannot be read. Train, evaluate and score hands use a set exactly as shown here. These
forms are taken:
  class folders   folders 0 to 9, and none for pictures without a digit, of any format; they may be in train/, val/ and
                  test/
  CSV             a label column and n x n pixel columns, with a header or without
  npz             x and y, x_train and y_train, images and labels ...: (N, H, W), (N, H, W, 1 or 3) or (N, n x n)
  IDX             images and labels of any name, gzipped or not
Pixels may be whole numbers of 8 or 16 bits, yes or no, or fractions from 0 to 1 or -1 to 1.
"""

EXAMPLES = """\
examples:
  digitreader data mine/                           describe the folders mine/0 to mine/9
  digitreader data mine/ --sheet mine.png          with a contact sheet: twenty pictures of each class
  digitreader data train.csv --to mine/            a CSV becomes class folders of PNG files
  digitreader data mine/ --to mine.npz             one file with x and y, or x_train, y_train, x_test ...
  digitreader data mine/ --to idx/ --as idx        IDX files
  digitreader data mine/ --format json | jq .parts
  digitreader train tiny --data mine/              what comes next

exit status: 0, or 1 if something was left out.
"""

MOST_LINES = 1_000
"""Beyond this many, things that were left out are only counted; JSON has them all."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "data",
        help="describe labelled digits, or write them in another form",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("source", type=Path, metavar="SOURCE", help="class folders, CSV, .npz, or IDX files")
    parser.add_argument("--to", type=Path, metavar="FILE|FOLDER", help="write the set as .csv, .npz or class folders")
    parser.add_argument(
        "--as", dest="form", choices=FORM_NAMES, help="the form to write (default: by the name of --to)"
    )
    parser.add_argument("--sheet", type=Path, metavar="FILE.png", help="draw a contact sheet")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Describe the digits, and write them in another form.

    Returns:
        0, or 1 if something was left out.

    Raises:
        DataError: the data are in no known form.
        UsageError: the form to write is not clear.
        OutputError: the set or the sheet cannot be written.
    """
    from digitreader.host.files import check_parent_folder
    from digitreader.measure.data.own.convert import form_of, write_set
    from digitreader.measure.data.own.describe import describe_set, set_text
    from digitreader.measure.data.own.load import load_digit_set
    from digitreader.measure.data.own.notices import tell_left_out

    for path in filter(None, (args.to, args.sheet)):
        check_parent_folder(path)
    form = form_of(args.to, args.form) if args.to is not None else None
    digits = load_digit_set(args.source)
    tell_left_out(digits, most=MOST_LINES)
    said = describe_set(digits)
    print(json.dumps(dataclasses.asdict(said)) if args.format == "json" else set_text(said))
    if args.sheet is not None:
        _write_sheet(args.sheet, digits)
    if args.to is not None and form is not None:
        for path in write_set(digits, args.to, form):
            print_info(f"{path}: written")
    return 1 if digits.left_out else 0


def _write_sheet(path: Path, digits: DigitSet) -> None:
    import cv2

    from digitreader.host.files import write_atomically
    from digitreader.measure.data.own.describe import draw_contact_sheet

    write_atomically(path, cv2.imencode(".png", draw_contact_sheet(digits))[1].tobytes())
    print_info(f"{path}: written")
