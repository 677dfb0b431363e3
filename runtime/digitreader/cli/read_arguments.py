"""Arguments about the camera and the numbers to expect."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.camera.source import LiveSettings
from digitreader.errors import UsageError
from digitreader.reading.settings import TrackerSettings

if TYPE_CHECKING:
    from digitreader.camera.framing import Framing
    from digitreader.camera.source import CameraSettings, TrustSettings
    from digitreader.reading.number_rules import NumberRules

AUTO = "auto"
TURNS = (AUTO, 0, 90, 180, 270)
STEADY_S, PATIENCE_S = TrackerSettings().steady_s, LiveSettings().patience_s


def add_framing_arguments(group: argparse._ArgumentGroup) -> None:
    """Declare the camera's settings, and which part of its picture is read."""
    group.add_argument("--size", type=_size, metavar="WxH", help="of the camera's pictures, as in 1280x720")
    group.add_argument("--fps", type=_positive, metavar="N", help="pictures a second that the camera takes")
    group.add_argument(
        "--exposure", type=_positive, metavar="MS", help="in milliseconds; switches automatic exposure off"
    )
    group.add_argument(
        "--focus",
        type=_zero_or_more,
        metavar="N",
        help="in dioptres (picamera) or the camera's own scale; switches autofocus off",
    )
    group.add_argument(
        "--rotate",
        type=_turn,
        choices=TURNS,
        default=AUTO,
        help="turn pictures clockwise; auto turns single pictures the way up that reads best, but not streams "
        "(default: auto)",
    )
    group.add_argument(
        "--region", type=_region, metavar="X,Y,W,H", help="read only this part of the turned picture, in pixels"
    )


def add_camera_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group("cameras")
    add_framing_arguments(group)
    group.add_argument(
        "--steady",
        type=_zero_or_more,
        default=STEADY_S,
        metavar="SECONDS",
        help="announce a number that stays the same for this long, and for 5 frames (default: %(default)s)",
    )
    group.add_argument(
        "--patience",
        type=_positive,
        default=PATIENCE_S,
        metavar="SECONDS",
        help="report a fault when the camera gave no picture, black pictures or the same picture for this long "
        "(default: %(default)s)",
    )
    group.add_argument(
        "--give-up", type=_positive, metavar="SECONDS", help="end when a fault lasts this long (default: never)"
    )
    group.add_argument(
        "--wait-for-camera",
        action="store_true",
        help="if a named camera is missing at the start, wait for it instead of ending with an error",
    )
    add_trust_arguments(group)


def add_trust_arguments(group: argparse._ArgumentGroup) -> None:
    """Declare the arguments for trusted certificates of cameras."""
    group.add_argument(
        "--ca", type=Path, metavar="FILE", help="trust only these certificates (PEM) for https and rtsps cameras"
    )
    group.add_argument(
        "--insecure",
        action="store_true",
        help="do not check certificates of cameras; then anybody can send pictures in place of the camera",
    )


def trust(args: argparse.Namespace) -> TrustSettings:
    """The trusted certificates of cameras; prints a warning if none is checked."""
    from digitreader.camera.source import TrustSettings
    from digitreader.host.messages import print_warning

    if args.insecure:
        print_warning(
            "warning: --insecure: no camera's certificate is checked; anybody in the network may send other pictures"
        )
    return TrustSettings(args.ca, insecure=args.insecure)


def camera_settings(args: argparse.Namespace) -> CameraSettings | None:
    """The camera's settings; None if no option sets one."""
    if all(requested_value is None for requested_value in (args.size, args.fps, args.exposure, args.focus)):
        return None
    from digitreader.camera.source import CameraSettings

    return CameraSettings(size_wh=args.size, fps=args.fps, exposure_ms=args.exposure, focus=args.focus)


def rotates_automatically(args: argparse.Namespace) -> bool:
    """Whether single pictures are turned the way up in which they read best."""
    return bool(args.rotate == AUTO)


def framing(args: argparse.Namespace) -> Framing | None:
    """How to turn and cut pictures; None if they are left as they are."""
    rotate_deg = 0 if args.rotate == AUTO else args.rotate
    if args.region is None and not rotate_deg:
        return None
    from digitreader.camera.framing import Framing
    from digitreader.values import Box

    return Framing(rotate_deg, None if args.region is None else Box(*args.region))


def live_settings(args: argparse.Namespace) -> LiveSettings | None:
    """How patient to be with a camera; None for the standard."""
    if args.patience == PATIENCE_S and args.give_up is None and not args.wait_for_camera:
        return None
    from digitreader.camera.source import LiveSettings

    give_up_s = math.inf if args.give_up is None else args.give_up
    return LiveSettings(patience_s=args.patience, give_up_s=give_up_s, from_the_start=args.wait_for_camera)


def check_settable(spec: str, camera: CameraSettings | None) -> None:
    """Refuse camera settings for sources that have none.

    Raises:
        UsageError: there are camera settings for a URL, a file or the demo.
    """
    from digitreader.camera.opening import is_camera, is_url
    from digitreader.camera.source import printable

    if camera is not None and (is_url(spec) or not is_camera(spec)):
        options = ", ".join(f"--{name}" for name in camera.named())
        raise UsageError(f"{printable(spec)}: {options} can be set only for a camera of this machine; leave it out")


def _turn(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and min(int(width), int(height)) >= 32):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; give WIDTHxHEIGHT of at least 32x32, as in 1280x720")
    return int(width), int(height)


def _region(text: str) -> tuple[int, int, int, int]:
    parts = text.split(",")
    if len(parts) != 4 or not all(part.strip().isdecimal() for part in parts) or "0" in {p.strip() for p in parts[2:]}:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a region; give X,Y,WIDTH,HEIGHT in pixels, as in 100,80,400,200"
        )
    x, y, width, height = map(int, parts)
    return x, y, width, height


def _positive(text: str) -> float:
    number = _number(text, needed="more than 0")
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is too small; give more than 0")
    return number


def _zero_or_more(text: str) -> float:
    number = _number(text, needed="0 or more")
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is too small; give 0 or more")
    return number


def _number(text: str, *, needed: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number; give {needed}") from None
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number; give {needed}")
    return number


RULES = """\
Rules that every number keeps. The digits of a number are then chosen together, as is most probable under the rules:
  digits=4              it has four digits; digits=3..5: three to five
  range=0..9999         its smallest and its greatest value
  increasing            in a stream: no smaller than the number announced before it in its place, as on a meter
  per-hour=0.5          in a stream: it grows by at most this much in an hour
  point=3               this many digits stand behind the point, seen or not: 12345 is announced as 12.345
  decimal, clock, date  a point or comma, a colon, or slashes belong to it: 12.05, 12:05, 24/12
  signed                a minus before it belongs to it
  wheels                its digits stand on wheels; a last digit that is still turning counts as the digit before it
  regex=20[0-9]{2}      the whole number matches this regular expression; you may also write /20[0-9]{2}/
A digit that is not sure is printed as a question mark, 4?7, and a number that breaks the rules as question marks only;
neither is announced in a stream. In JSON such a digit is null and has "alternatives", and each line has "numbers". In a
stream a number is doubtful if it is less than the one before it or grew too fast: stderr, events, brokers and
--annotate report it as doubtful, and the number before it stays.
"""


def add_expect_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--expect``."""
    parser.add_argument_group("rules of numbers", RULES).add_argument(
        "--expect",
        action="append",
        default=[],
        metavar="RULE",
        help="a rule, or several with commas between them (regex= comes last, as commas belong to it); may be repeated",
    )
    parser.add_argument(
        "--history",
        type=Path,
        metavar="FOLDER",
        help="keep a meter's last number in this folder, so that increasing and per-hour= know it after a restart, and "
        "pictures of doubtful numbers; delete its numbers.json when the meter is replaced",
    )


def expected_rules(args: argparse.Namespace) -> NumberRules | None:
    """The rules that ``--expect`` names; None if it was not given.

    Raises:
        UsageError: a rule is not known or not valid.
    """
    if not args.expect:
        return None
    from digitreader.reading.number_rules import parse_rules

    return parse_rules(args.expect)
