"""`digitreader doctor`: checks this machine, its camera and its picture, and says what to do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.arguments import add_model_arguments, cache_folder
from digitreader.errors import OutputError
from digitreader.host.messages import is_coloured

if TYPE_CHECKING:
    from digitreader.setup.doctor.facts import Facts, LoadedModelFacts, PictureFacts, PythonFacts

DESCRIPTION = """\
Check everything that reading needs on this machine: cameras, the rights to open them, programs that use them,
Picamera2, NumPy, OpenCV, the engine, the model, heat, power and disk. Then take a picture and judge which way is up,
its light, glare, focus, contrast and the digits' size, and show what was read in it. Each line states a finding; if
something is wrong, the line below says what to do. Only one file is written: the picture with its digits marked.
"""

EXAMPLES = """\
examples:
  digitreader doctor                  this machine and its first camera, with a sheet of digits under it
  digitreader doctor 2                the same with camera 2
  digitreader doctor photo.jpg        judge a picture that you already have; no camera is opened
  digitreader doctor 0 --to seen.jpg  write the picture with its digits marked there
  digitreader doctor --json > me.json
                                      for the person who helps you; it has no network name, no password, and only the
                                      user's name

exit status: 0, or 1 if something prevents reading.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "doctor",
        help="find what is wrong with this machine, its camera and its picture",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument(
        "source", nargs="?", metavar="SOURCE", help="take the picture from it, as read does (default: the first camera)"
    )
    add_model_arguments(parser)
    parser.add_argument("--no-picture", action="store_true", help="take no picture")
    parser.add_argument(
        "--to", type=Path, metavar="FILE.jpg", help="the picture with its digits marked (default: in the cache folder)"
    )
    parser.add_argument("--json", action="store_true", help="print findings and facts as one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Gather the facts, judge them and print the findings.

    Returns:
        1 if something prevents reading, else 0.

    Raises:
        OutputError: there is no folder for the picture.
    """
    from digitreader.setup.doctor.hardware_checks import worst
    from digitreader.setup.doctor.report import examine, to_json, to_text

    if args.to is not None and (args.to.is_dir() or not args.to.parent.is_dir()):
        raise OutputError(f"--to {args.to}: name a file in a folder that exists, as in seen.jpg")
    facts = _gather(args)
    findings = examine(facts)
    read = None if facts.picture.reading is None else facts.picture.reading.text
    print(to_json(facts, findings) if args.json else to_text(findings, read=read, coloured=is_coloured(sys.stdout)))
    return int(worst(findings) == "fail")


def _gather(args: argparse.Namespace) -> Facts:
    from digitreader.camera.opening import is_camera, is_url
    from digitreader.setup.doctor.facts import Facts
    from digitreader.setup.doctor.gather_hardware import gather_board, gather_cameras
    from digitreader.setup.doctor.gather_model_and_picture import source_to_look_at
    from digitreader.setup.doctor.gather_python import gather_python

    is_elsewhere = args.source is not None and (is_url(args.source) or not is_camera(args.source))
    cameras = None if is_elsewhere else gather_cameras()
    python, board = gather_python(), gather_board(Path.cwd())
    spec = args.source or ("" if cameras is None else source_to_look_at(cameras, python))
    spec = "" if args.no_picture else spec
    return Facts(cameras, python, _model(args, python), board, _picture(spec, args, python))


def _model(args: argparse.Namespace, python: PythonFacts) -> LoadedModelFacts:
    if not python.module("numpy").works:  # loading the model would make this process fail or crash
        from digitreader.setup.doctor.facts import LoadedModelFacts

        return LoadedModelFacts(args.model, "", ("cannot be tried without NumPy",))
    from digitreader.setup.doctor.gather_model_and_picture import gather_model

    return gather_model(args.model, args.engine)


def _picture(spec: str, args: argparse.Namespace, python: PythonFacts) -> PictureFacts:
    if spec and not (python.module("numpy").works and python.module("cv2").works):
        from digitreader.camera.source import printable
        from digitreader.setup.doctor.facts import PictureFacts

        return PictureFacts(printable(spec), error=f"{printable(spec)}: cannot be opened without OpenCV")
    from digitreader.setup.doctor.gather_model_and_picture import gather_picture

    return gather_picture(spec, args.model, args.engine, to=args.to or cache_folder() / "doctor.jpg")
