"""`digitreader snapshot`: saves one frame with a grid in pixels, to choose a --region."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.arguments import add_model_arguments
from digitreader.cli.read_arguments import add_framing_arguments, add_trust_arguments
from digitreader.errors import UsageError

if TYPE_CHECKING:
    from digitreader.values import Frame, Page

SUFFIXES = (".jpg", ".jpeg", ".png")
NAME = Path("snapshot.jpg")
SETTLING_FRAMES = 30
"""A camera needs a second to find its exposure."""

DESCRIPTION = """\
Take one frame, and save it with a grid in pixels and a box round each digit that is read. Each number is printed with a
--region that contains it. You can also find a region with the grid: X,Y is its upper left corner, W,H its width and
height. With --region, that region is drawn.
"""

EXAMPLES = """\
examples:
  digitreader snapshot 0                       camera 0: snapshot.jpg, or snapshot.1.jpg if there is one
  digitreader snapshot 0 --to desk.png         name the file
  digitreader snapshot 0 --rotate 180 --region 100,80,400,200 --to desk.png --force
                                               see whether a region is right
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "snapshot",
        help="take a picture with a grid, to choose a region",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument(
        "source", nargs="?", metavar="SOURCE", help="as read takes it (default: the first camera that works)"
    )
    parser.add_argument("--to", type=Path, metavar="FILE", help=f"file to write, .jpg or .png (default: {NAME})")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    add_model_arguments(parser)
    group = parser.add_argument_group("cameras")
    add_framing_arguments(group)
    add_trust_arguments(group)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Take the picture, write it, and print a region for each number.

    Raises:
        UsageError: the file's suffix or a camera setting is not valid.
        OutputError: the picture cannot be written, or would replace one.
        SourceError: no picture could be taken, or the region lies outside of it.
        ModelFormatError: the model is refused.
    """
    to = _place(args)
    frame = _taken(args)

    import cv2

    from digitreader.cli.arguments import load_named_model
    from digitreader.host.files import write_atomically
    from digitreader.host.messages import print_info
    from digitreader.output.snapshot import draw_snapshot, grid_step
    from digitreader.reading.pipeline import FrameReader
    from digitreader.values import Box

    reader = FrameReader(load_named_model(args))
    page = reader.read(frame)
    drawn = draw_snapshot(frame, page, None if args.region is None else Box(*args.region))
    write_atomically(to, cv2.imencode(to.suffix, drawn)[1].tobytes())
    width, height = _size_of(frame)
    print_info(f"{to}: {width}x{height} pixels, a grid line every {grid_step(max(width, height))}")
    print("\n".join(_regions(page, (width, height))) or "no digits found")
    return 0


def _place(args: argparse.Namespace) -> Path:
    """Where the picture goes; refused before a camera is opened."""
    from digitreader.host.files import check_new_file
    from digitreader.output.rotating_file import free_name

    if args.to is None:
        return free_name(NAME) if NAME.exists() else NAME
    to: Path = args.to.expanduser()
    if to.suffix.lower() not in SUFFIXES:
        raise UsageError(f"--to {to}: the name of the picture must end in {' or '.join(SUFFIXES)}")
    check_new_file(to, force=args.force)
    return to


def _taken(args: argparse.Namespace) -> Frame:
    """The last of some frames of a stream, or the first page of a file, turned as asked for."""
    from collections import deque
    from itertools import islice

    from digitreader.camera.framing import Framing, apply_framing
    from digitreader.camera.opening import AUTO, is_camera, open_camera_source, open_source
    from digitreader.camera.source import expand_home, printable
    from digitreader.cli.read_arguments import camera_settings, check_settable, framing, trust
    from digitreader.cli.region_check import outside_text
    from digitreader.errors import SourceError
    from digitreader.host.messages import print_warning

    spec = AUTO if args.source is None else expand_home(args.source)
    settings = camera_settings(args)
    check_settable(spec, settings)
    trusted = trust(args)
    source = (
        open_camera_source(spec, settings, trust=trusted)
        if is_camera(spec)
        else open_source(spec, paced=False, trust=trusted)
    )
    with source:
        frames = deque(islice(source.frames(), SETTLING_FRAMES if source.live else 1), maxlen=1)
    if not frames:
        raise SourceError(f"{printable(spec)}: gives no picture")
    framed = framing(args) or Framing()
    frame = apply_framing(frames[0], Framing(framed.rotate_deg))
    if framed.region is not None:
        apply_framing(frame, Framing(0, framed.region))  # refuses a region outside of the picture
        if outside := outside_text(framed.region, _size_of(frame)):
            print_warning(f"warning: {frame.source}: {outside}")
    return frame


def _size_of(frame: Frame) -> tuple[int, int]:
    """Width and height in pixels as it was taken."""
    height, width = (round(side * frame.scale) for side in frame.image.shape[:2])
    return width, height


def _regions(page: Page, size_wh: tuple[int, int]) -> list[str]:
    """For each line of writing a line with a region that contains it, and one for all of them."""
    from digitreader.output.snapshot import region_round

    rows = [(line.text, [reading.box for reading in line.readings]) for line in page.lines]
    digits = [box for _, boxes in rows for box in boxes]
    if len(rows) > 1:
        rows.append(("all of it", digits))
    width = max((len(text) for text, _ in rows), default=0)
    regions = [region_round(boxes, size_wh, [box for box in digits if box not in boxes]) for _, boxes in rows]
    return [
        f"{text:<{width}}  --region {box.x},{box.y},{box.width},{box.height}"
        for (text, _), box in zip(rows, regions, strict=True)
    ]
