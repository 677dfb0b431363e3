"""Bench: the figures as lines."""

from __future__ import annotations

from digitreader.bench.engine import EngineBench, Pair
from digitreader.bench.frame import FrameBench
from digitreader.bench.live import LiveBench
from digitreader.bench.start import StartBench


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
    outputs = [
        f"  {name:<14}{had:6d} of its own; {lost} lost, {extra} doubled or wrong"
        for name, (had, lost, extra) in measured.outputs.items()
    ]
    wrong = f"{measured.lost} lost, {measured.extra} doubled or wrong"
    return "\n".join(
        [
            f"a film of {measured.frames} frames with {sum(measured.faults.values())} faults, read on one thread",
            *faults,
            "processor time of a frame",
            f"  ten digits    {measured.digits_ms:6.2f} ms (median), told too: {measured.frames_per_s:.0f} frames/s",
            f"  all frames    {measured.cpu_ms:6.2f} ms read, {measured.telling_ms:.2f} ms told (means)",
            f"  the demo's    {measured.drawing_ms:6.2f} ms, for drawing it (mean), not counted",
            "announced",
            f"  after         {measured.latency_ms:6.0f} ms in which the paper lay still, undisturbed (median)",
            f"                {measured.slowest_ms:6.0f} ms at the most",
            f"  right         {measured.right:6d} of {measured.sheets} sheets, once and as written",
            f"  numbers       {measured.announced:6d}; by faults {wrong}",
            "outputs",
            *outputs,
            *(f"  not tried     {why}" for why in measured.missing),
            f"memory          {measured.memory_grew_mb:+6.1f} MB since it had settled",
            "survived" if measured.survived else "NOT SURVIVED",
        ]
    )


def _row(pair: Pair) -> str:
    return f"{pair.litert_us:9.2f} us{pair.numpy_us:9.2f} us{pair.ratio:8.2f}"
