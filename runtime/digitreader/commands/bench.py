"""`digitreader bench`: what reading costs on this machine, beside a yardstick measured in the same run."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from digitreader.commands.model_arguments import add_model_arguments
from digitreader.errors import UsageError

if TYPE_CHECKING:
    from digitreader.bench.engine import EngineBench, Pair
    from digitreader.bench.frame import FrameBench
    from digitreader.bench.live import LiveBench
    from digitreader.bench.start import StartBench

    Measure = Callable[[argparse.Namespace], tuple[FrameBench | StartBench | EngineBench | LiveBench, str]]

DESCRIPTION = """\
Measure what reading costs here. Times on a busy machine mean little, so each figure stands beside a yardstick that is
run in turn with it, and the ratio of the two is what to compare.

  frame    one 640x480 frame with ten digits, beside OpenCV's bare gray + adaptive threshold + connected components
  start    `digitreader read one.png` from start to exit, beside a Python that only imports numpy, cv2 and LiteRT and
           allocates the model; and its peak memory
  engine   the model alone on 1 and on 32 glyphs, with LiteRT and with NumPy
  live     a film of 640x480 with ten digits, read undisturbed and then with a fault every 500 frames: unplugged, black,
           hanging, frozen, another size, an error of the driver; exit status 1 where one was not survived
"""

EXAMPLES = """\
examples:
  digitreader bench frame
  digitreader bench frame --size 1280x720 --runs 200
  digitreader bench start --format json
  digitreader bench engine --model accurate
  digitreader bench live --frames 50000         an hour-long soak, played fast
"""

TEN_DIGITS = "12345\n67890"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "bench",
        help="measure what reading costs on this machine",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("frame", "start", "engine", "live"), help="what to measure")
    add_model_arguments(parser)
    parser.add_argument("--size", type=_size, default=(640, 480), metavar="WxH", help="of the frame (default: 640x480)")
    parser.add_argument(
        "--runs", type=_runs, metavar="N", help="counted runs (default: 100 frames, 10 starts, 100 for engine)"
    )
    parser.add_argument("--frames", type=_runs, default=3000, metavar="N", help="of live's film (default: 3000)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print the figures to stdout.

    Returns:
        1 where ``bench live`` did not survive a fault, else 0.

    Raises:
        UsageError: ``bench engine`` with one engine.
        ModelFormatError: the model cannot be used.
        MissingExtraError: an engine is not installed.
    """
    if args.what != "start":  # whose processes choose for themselves
        # NumPy's OpenBLAS reads this when it is first imported; LiteRT and OpenCV are measured on one thread as well
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    benches: dict[str, Measure] = {"frame": _frame, "start": _start, "engine": _engine, "live": _live}
    measured, text = benches[args.what](args)
    print(json.dumps(dataclasses.asdict(measured)) if args.format == "json" else text)
    return int(getattr(measured, "survived", True) is False)


def _frame(args: argparse.Namespace) -> tuple[FrameBench, str]:
    from digitreader.bench.frame import bench_frame
    from digitreader.model.load import load_model
    from digitreader.pipeline import Reader

    reader = Reader(load_model(args.model, args.engine))
    measured = bench_frame(reader, size_wh=args.size, text=TEN_DIGITS, runs=args.runs or 100)
    return measured, describe_frame(measured)


def _start(args: argparse.Namespace) -> tuple[StartBench, str]:
    from digitreader.bench.start import bench_start
    from digitreader.model.load import load_model

    load_model(args.model, args.engine)
    measured = bench_start(args.model, args.engine, text=TEN_DIGITS, runs=args.runs or 10)
    return measured, describe_start(measured)


def _engine(args: argparse.Namespace) -> tuple[EngineBench, str]:
    if args.engine != "auto":
        raise UsageError("bench engine measures both engines; leave --engine out")
    from digitreader.bench.engine import bench_engine
    from digitreader.model.load import load_model, locate_model

    load_model(args.model)
    measured = bench_engine(locate_model(args.model), runs=args.runs or 100)
    return measured, describe_engine(measured)


def _live(args: argparse.Namespace) -> tuple[LiveBench, str]:
    from digitreader.bench.live import bench_live
    from digitreader.model.load import load_model
    from digitreader.pipeline import Reader

    measured = bench_live(Reader(load_model(args.model, args.engine)), frames=args.frames, size_wh=args.size)
    return measured, describe_live(measured)


def describe_frame(measured: FrameBench) -> str:
    """The figures of `bench frame` as lines."""
    width, height = measured.size_wh
    stages = [f"  {name:<12}{spent:8.2f} ms" for name, spent in measured.stages_ms.items() if name != "total"]
    return "\n".join(
        [
            f"one frame of {width}x{height}, read {measured.runs} times on one thread (medians)",
            f"  shown       {measured.truth!r}",
            f"  read        {measured.text!r}",
            *stages,
            f"  {'all':<12}{measured.read_ms:8.2f} ms",
            f"  {'bare OpenCV':<12}{measured.bare_ms:8.2f} ms   gray + adaptive threshold + connected components",
            f"  {'ratio':<12}{measured.ratio:8.2f}",
        ]
    )


def describe_start(measured: StartBench) -> str:
    """The figures of `bench start` as lines."""
    return "\n".join(
        [
            f"digitreader read one.png, started {measured.runs} times (medians)",
            f"  start to exit {measured.read_ms:8.0f} ms",
            f"  bare Python   {measured.bare_ms:8.0f} ms   imports numpy, cv2 and LiteRT, allocates the model",
            f"  ratio         {measured.ratio:8.2f}",
            f"  peak memory   {measured.peak_mb:8.1f} MB",
        ]
    )


def describe_engine(measured: EngineBench) -> str:
    """The figures of `bench engine` as lines."""
    return "\n".join(
        [
            f"the model alone, {measured.runs} times with each engine in turn on one thread (medians)",
            f"  {'':<10}{'LiteRT':>12}{'NumPy':>12}{'ratio':>8}",
            f"  {'1 glyph':<10}{_row(measured.one)}",
            f"  {'32 glyphs':<10}{_row(measured.batch)}",
            f"  {'invoke':<10}{measured.invoke_us:9.2f} us   LiteRT on 1 glyph, no pixels handed in, no answer out",
        ]
    )


def describe_live(measured: LiveBench) -> str:
    """The figures of `bench live` as lines."""
    faults = [
        f"  {kind:<14}{measured.recovered.get(kind, 0):6d} of {came} noticed and over"
        for kind, came in measured.faults.items()
    ]
    return "\n".join(
        [
            f"a film of {measured.frames} frames, read undisturbed on one thread",
            f"  processor     {measured.cpu_ms:6.2f} ms a frame (median): {measured.frames_per_s:.0f} frames/s",
            f"  announced     {measured.latency_ms:6.0f} ms after the paper lay still (median)",
            f"                {measured.slowest_ms:6.0f} ms at the most",
            f"  right         {measured.right:6d} of {measured.sheets} sheets",
            f"the same with {sum(measured.faults.values())} faults",
            *faults,
            f"  announced     {measured.announced:6d} numbers; {measured.lost} lost, {measured.extra} doubled or wrong",
            f"  memory        {measured.memory_grew_mb:+6.1f} MB since it had settled",
            f"  {'survived' if measured.survived else 'NOT SURVIVED'}",
        ]
    )


def _row(pair: Pair) -> str:
    return f"{pair.litert_us:9.2f} us{pair.numpy_us:9.2f} us{pair.ratio:8.2f}"


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isdigit() and height.isdigit() and min(int(width), int(height)) >= 64):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; give WIDTHxHEIGHT of at least 64x64, as in 640x480")
    return int(width), int(height)


def _runs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs; give 1 or more")
    return int(text)
