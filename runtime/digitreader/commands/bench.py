"""`digitreader bench`: what reading costs on this machine, beside a yardstick measured in the same run."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digitreader.bench.frame import FrameBench
    from digitreader.bench.start import StartBench

DESCRIPTION = """\
Measure what reading costs here. Times on a busy machine mean little, so each figure stands beside a yardstick that is
run in turn with it, and the ratio of the two is what to compare.

  frame    one 640x480 frame with ten digits, beside OpenCV's bare gray + adaptive threshold + connected components
  start    `digitreader read one.png` from start to exit, beside a Python that only imports numpy, cv2 and LiteRT and
           allocates the model; and its peak memory
"""

EXAMPLES = """\
examples:
  digitreader bench frame
  digitreader bench frame --size 1280x720 --runs 200
  digitreader bench start --format json
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
    parser.add_argument("what", choices=("frame", "start"), help="what to measure")
    parser.add_argument("--model", default="tiny", metavar="NAME|PATH", help="the model to read with (default: tiny)")
    parser.add_argument("--size", type=_size, default=(640, 480), metavar="WxH", help="of the frame (default: 640x480)")
    parser.add_argument("--runs", type=_runs, metavar="N", help="counted runs (default: 100 frames, 10 starts)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print the figures to stdout.

    Raises:
        ModelFormatError: the model cannot be used.
    """
    measured: FrameBench | StartBench
    if args.what == "frame":
        from digitreader.bench.frame import bench_frame
        from digitreader.model.load import load_model
        from digitreader.pipeline import Reader

        reader = Reader(load_model(args.model))
        measured = bench_frame(reader, size_wh=args.size, text=TEN_DIGITS, runs=args.runs or 100)
        text = describe_frame(measured)
    else:
        from digitreader.bench.start import bench_start
        from digitreader.model.load import load_model

        load_model(args.model)
        measured = bench_start(args.model, text=TEN_DIGITS, runs=args.runs or 10)
        text = describe_start(measured)
    print(json.dumps(dataclasses.asdict(measured)) if args.format == "json" else text)
    return 0


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


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isdigit() and height.isdigit() and min(int(width), int(height)) >= 64):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; give WIDTHxHEIGHT of at least 64x64, as in 640x480")
    return int(width), int(height)


def _runs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs; give 1 or more")
    return int(text)
