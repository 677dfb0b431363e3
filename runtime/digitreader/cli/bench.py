"""`digitreader bench`: speed and memory of reading on this machine, with a reference measured in the same run."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from digitreader.cli.arguments import add_model_arguments
from digitreader.errors import UsageError

if TYPE_CHECKING:
    from digitreader.measure.bench.engine import EngineBench
    from digitreader.measure.bench.fleet import FleetBench
    from digitreader.measure.bench.frame import FrameBench
    from digitreader.measure.bench.glyph import GlyphBench
    from digitreader.measure.bench.many import ManyBench
    from digitreader.measure.bench.peers import PeersBench
    from digitreader.measure.bench.start_and_memory import MemoryBench, StartBench
    from digitreader.measure.soak import LiveBench
    from digitreader.web.bench_web import WebBench

    Measured = (
        FrameBench | StartBench | EngineBench | ManyBench | LiveBench | WebBench | FleetBench | GlyphBench | MemoryBench
        | PeersBench
    )  # fmt: skip
    Measure = Callable[[argparse.Namespace], tuple[Measured, str]]

DESCRIPTION = """\
Measure the time and memory that reading takes on this machine. Times vary on a busy machine. So each figure is measured
in turns with a reference; compare the ratio of the two.

  frame    one 640x480 frame with ten digits, beside OpenCV's bare gray + adaptive threshold + connected components
  start    `digitreader read one.png` from start to exit, beside a Python that only imports numpy, cv2 and LiteRT and
           allocates the model; and its peak memory
  engine   the model alone on 1 and on 32 glyphs, with LiteRT and with NumPy
  many     a folder of 640x480 pictures with ten digits: pictures a second of one process, of two, and of two workers of
           Dask and Ray where they are installed
  live     a film of 640x480 with ten digits, with a fault every 500 frames: the camera unplugged, black, hanging,
           frozen, of another size, with empty pictures or an error of its driver; the webhook or the broker gone,
           silent, answering junk or failing; the disk full. It writes to every output that works here. Exit status 1
           if a number or an event was lost, doubled or wrong, if memory grows, or if a fault had no report for 2 s
  web      the reader at full speed without the live page, with one viewer and with 20 in turn; the age of the values
           that they get; how soon a viewer that reads nothing is dropped; and, if Chromium is installed, its first
           paint, the page's size and the age of the values that it shows. Needs the extra [web]
  fleet    `digitreader watch` of simulated readers at a Mosquitto that is restarted: events lost or doubled, and load
  glyph    one digit from its ink to its ten numbers, stage by stage, beside the network alone
  memory   peak memory of a process that reads a film, beside a Python that only imports numpy, cv2 and LiteRT; and the
           room that the installed package takes
  peers    other readers, if they are installed, on the same drawn scenes with the same score: Tesseract, RapidOCR, a
           threshold with contours as in tutorials; and the network in plain NumPy and in ONNX Runtime

Name several to measure them one after another in one run: as JSON, one object has each by its name, and the machine.
"""

EXAMPLES = """\
examples:
  digitreader bench frame
  digitreader bench frame --size 1280x720 --runs 200
  digitreader bench start --format json
  digitreader bench engine --model accurate
  digitreader bench many --runs 2000
  digitreader bench live --frames 50000         an hour-long soak, played fast
  digitreader bench web --format json
  digitreader bench fleet --readers 1000        five events a second of each, for a minute
  digitreader bench peers --runs 20             beside other readers, with the same score
  digitreader bench glyph frame start memory engine peers --format json
"""

TEN_DIGITS = "12345\n67890"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "bench",
        help="measure the speed and memory of reading on this machine",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument(
        "what",
        nargs="+",
        choices=("frame", "start", "engine", "many", "live", "web", "fleet", "glyph", "memory", "peers"),
        help="what to measure; several are measured one after another",
    )
    add_model_arguments(parser)
    parser.add_argument("--size", type=_size, default=(640, 480), metavar="WxH", help="of the frame (default: 640x480)")
    parser.add_argument(
        "--runs",
        type=_runs,
        metavar="N",
        help="counted runs (default: 100 frames, 10 starts, 100 for engine and glyph, 5 for memory and web), many's "
        "pictures (default: 1000), or peers' scenes of each difficulty (default: 10)",
    )
    parser.add_argument("--frames", type=_runs, default=3000, metavar="N", help="of live's film (default: 3000)")
    parser.add_argument("--readers", type=_runs, default=1000, metavar="N", help="of fleet (default: 1000)")
    parser.add_argument("--seconds", type=_runs, default=60, metavar="N", help="that fleet lasts (default: 60)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print the figures to stdout.

    Returns:
        1 if ``bench live`` or ``bench fleet`` did not survive a fault, or ``bench live`` did not report one in time;
        else 0.

    Raises:
        UsageError: ``bench engine`` with one engine.
        ModelFormatError: the model cannot be used.
        MissingExtraError: an engine is not installed.
    """
    if not {"start", "many", "memory"}.issuperset(args.what):  # these start processes, which set their own threads
        # NumPy's OpenBLAS reads this when it is first imported; LiteRT and OpenCV are measured on one thread as well
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    benches: dict[str, Measure] = {
        "frame": _frame,
        "start": _start,
        "engine": _engine,
        "many": _many,
        "live": _live,
        "web": _web,
        "fleet": _fleet,
        "glyph": _glyph,
        "memory": _memory,
        "peers": _peers,
    }
    if len(args.what) == 1:
        measured, text = benches[args.what[0]](args)
        print(json.dumps(dataclasses.asdict(measured)) if args.format == "json" else text)
        return _status(measured)
    return _measure_all({what: benches[what] for what in args.what}, args)


def _measure_all(benches: dict[str, Measure], args: argparse.Namespace) -> int:
    """Measure one after another; text is printed after each, JSON at the end."""
    from digitreader.measure.bench.machine import describe_machine, measured_on

    machine = measured_on()
    results: dict[str, object] = {"machine": dataclasses.asdict(machine)}
    if args.format == "text":
        print(describe_machine(machine))
    status = 0
    for what, bench in benches.items():
        measured, text = bench(args)
        results[what], status = dataclasses.asdict(measured), max(status, _status(measured))
        if args.format == "text":
            print(f"\n{text}", flush=True)
    if args.format == "json":
        print(json.dumps(results))
    return status


def _status(measured: Measured) -> int:
    return int(getattr(measured, "survived", True) is False or getattr(measured, "was_silent", False))


def _frame(args: argparse.Namespace) -> tuple[FrameBench, str]:
    from digitreader.measure.bench.frame import bench_frame, describe_frame
    from digitreader.model.load import load_model
    from digitreader.reading.pipeline import FrameReader

    reader = FrameReader(load_model(args.model, args.engine))
    measured = bench_frame(reader, size_wh=args.size, text=TEN_DIGITS, runs=args.runs or 100)
    return measured, describe_frame(measured)


def _start(args: argparse.Namespace) -> tuple[StartBench, str]:
    from digitreader.measure.bench.start_and_memory import bench_start, describe_start
    from digitreader.model.load import load_model

    load_model(args.model, args.engine)
    measured = bench_start(args.model, args.engine, text=TEN_DIGITS, runs=args.runs or 10)
    return measured, describe_start(measured)


def _engine(args: argparse.Namespace) -> tuple[EngineBench, str]:
    if args.engine != "auto":
        raise UsageError("bench engine measures both engines; leave --engine out")
    from digitreader.measure.bench.engine import bench_engine, describe_engine
    from digitreader.model.load import load_model
    from digitreader.model.locate import locate_model

    load_model(args.model)
    measured = bench_engine(locate_model(args.model), runs=args.runs or 100)
    return measured, describe_engine(measured)


def _many(args: argparse.Namespace) -> tuple[ManyBench, str]:
    from digitreader.measure.bench.many import bench_many, describe_many
    from digitreader.model.load import load_model

    load_model(args.model, args.engine)
    measured = bench_many(args.model, args.engine, text=TEN_DIGITS, size_wh=args.size, pictures=args.runs or 1000)
    return measured, describe_many(measured)


def _live(args: argparse.Namespace) -> tuple[LiveBench, str]:
    from digitreader.measure.soak import bench_live, describe_live
    from digitreader.model.load import load_model
    from digitreader.reading.pipeline import FrameReader

    measured = bench_live(FrameReader(load_model(args.model, args.engine)), frames=args.frames, size_wh=args.size)
    return measured, describe_live(measured)


def _web(args: argparse.Namespace) -> tuple[WebBench, str]:
    from digitreader.cli.web_arguments import check_web_modules

    check_web_modules()
    from digitreader.model.load import load_model
    from digitreader.reading.pipeline import FrameReader
    from digitreader.web.bench_web import bench_web, describe_web

    reader = FrameReader(load_model(args.model, args.engine))
    measured = bench_web(reader, args.model, args.engine, turns=args.runs or 5, size_wh=args.size)
    return measured, describe_web(measured)


EVENTS_PER_S = 5.0


def _fleet(args: argparse.Namespace) -> tuple[FleetBench, str]:
    from digitreader.measure.bench.fleet import bench_fleet, describe_fleet

    measured = bench_fleet(readers=args.readers, per_s=EVENTS_PER_S, seconds=args.seconds)
    return measured, describe_fleet(measured)


def _glyph(args: argparse.Namespace) -> tuple[GlyphBench, str]:
    from digitreader.measure.bench.glyph import bench_glyph, describe_glyph
    from digitreader.model.load import load_model
    from digitreader.reading.pipeline import FrameReader

    reader = FrameReader(load_model(args.model, args.engine))
    measured = bench_glyph(reader, text=TEN_DIGITS, runs=args.runs or 100)
    return measured, describe_glyph(measured)


def _memory(args: argparse.Namespace) -> tuple[MemoryBench, str]:
    from digitreader.measure.bench.start_and_memory import bench_memory, describe_memory
    from digitreader.model.load import load_model

    load_model(args.model, args.engine)
    measured = bench_memory(args.model, args.engine, text=TEN_DIGITS, size_wh=args.size, runs=args.runs or 5)
    return measured, describe_memory(measured)


def _peers(args: argparse.Namespace) -> tuple[PeersBench, str]:
    from digitreader.measure.bench.peers import bench_peers, describe_peers
    from digitreader.model.load import load_model
    from digitreader.reading.pipeline import FrameReader

    reader = FrameReader(load_model(args.model, args.engine))
    measured = bench_peers(reader, args.model, size_wh=args.size, scenes=args.runs or 10)
    return measured, describe_peers(measured)


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isdigit() and height.isdigit() and min(int(width), int(height)) >= 64):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; give WIDTHxHEIGHT of at least 64x64, as in 640x480")
    return int(width), int(height)


def _runs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of runs; give 1 or more")
    return int(text)
