"""`digitreader verify`: proves a model file against its card, check by check."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digitreader.errors import ModelFormatError

State = Literal["pass", "FAIL", "not tried"]

DESCRIPTION = """\
Prove a model: its card is sealed and unchanged, the file is the one the card describes, it was trained through the
normalisation that is installed here, takes a glyph and gives ten numbers, and answers its golden glyphs to the
integer, on this machine. Every command that reads makes the same checks when it loads a model.
"""

EXAMPLES = """\
examples:
  digitreader verify tiny                         a shipped model
  digitreader verify runs/tiny/export/tiny.tflite
  digitreader verify tiny --format json

exit status: 0 where every check passes, else 1.
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the receipt: what was checked, what came of it, and why."""

    check: str
    state: State
    detail: str


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "verify",
        help="prove a model file against its card",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", nargs="?", default="tiny", metavar="MODEL", help="shipped model or .tflite")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the receipt.

    Returns:
        0 where every check passed, else 1.

    Raises:
        ModelFormatError: there is no such model.
    """
    from digitreader.model.load import locate_model

    path = locate_model(args.model)
    receipt = verify(path)
    verified = all(line.state == "pass" for line in receipt)
    if args.format == "json":
        checks = {line.check: {"state": line.state.lower(), "detail": line.detail} for line in receipt}
        print(json.dumps({"model": str(path), "verified": verified, "checks": checks}))
    else:
        print("\n".join([str(path), *(f"  {line.state:9}  {line.check:13}  {line.detail}" for line in receipt)]))
        print("verified" if verified else "NOT verified: do not use this model")
    return 0 if verified else 1


def verify(path: Path) -> tuple[Checked, ...]:
    """Make all checks in their order; those behind the first failure are not tried."""
    from digitreader.model.checks import CHECKS, Inspection

    inspection = Inspection(path)
    receipt: list[Checked] = []
    for name, check in CHECKS.items():
        if receipt and receipt[-1].state != "pass":
            receipt.append(Checked(name, "not tried", ""))
            continue
        try:
            receipt.append(Checked(name, "pass", check(inspection)))
        except ModelFormatError as error:
            receipt.append(Checked(name, "FAIL", str(error)))
    return tuple(receipt)
