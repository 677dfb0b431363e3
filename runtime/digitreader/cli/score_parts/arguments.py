"""The arguments that the parts of `digitreader score` share."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path

from digitreader.cli.arguments import add_model_arguments

LEAST_SIDE_PX = 64


def add_part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    *,
    brief: str,
    description: str,
    examples: str,
) -> argparse.ArgumentParser:
    """Declare a part."""
    return parts.add_parser(
        name,
        help=brief,
        description=description,
        epilog=examples,
    )


def add_report_arguments(parser: argparse.ArgumentParser, *, pictures: int | None = None) -> None:
    """Declare ``--model``, ``--engine``, ``--format``, ``--report`` and, with a default, ``--pictures``."""
    add_model_arguments(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write one HTML page with pictures of the errors")
    if pictures is not None:
        parser.add_argument(
            "--pictures",
            type=whole_number("pictures", least=0),
            default=pictures,
            metavar="N",
            help=f"show at most N pictures of each cause (default: {pictures})",
        )


def add_seed_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--seed``."""
    parser.add_argument(
        "--seed",
        type=whole_number("seed", least=0),
        default=0,
        metavar="N",
        help="number that chooses what is drawn (default: 0)",
    )


def add_as_frames_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--as-frames``."""
    parser.add_argument(
        "--as-frames",
        action="store_true",
        help="lay the digits on paper, and find and read them as in a camera's frame; also counts lost digits",
    )


def add_size_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--size``."""
    parser.add_argument("--size", type=size_wh, default=(640, 480), metavar="WxH", help="of a frame (default: 640x480)")


def whole_number(what: str, *, least: int) -> Callable[[str], int]:
    """A parser of whole numbers."""

    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number of {what}; give {least} or more")
        return int(text)

    return parse


def number_between(what: str, least: float, most: float) -> Callable[[str], float]:
    """A parser of numbers that lie above one limit and not above another."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least < value <= most:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a {what}; give a number above {least:g}, at most {most:g}"
            )
        return value

    return parse


def size_wh(text: str) -> tuple[int, int]:
    """A parser of ``640x480``."""
    width, cross, height = text.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and min(int(width), int(height)) >= LEAST_SIDE_PX):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size; give WIDTHxHEIGHT of at least {LEAST_SIDE_PX}x{LEAST_SIDE_PX}, as in 640x480"
        )
    return int(width), int(height)
