# ruff: noqa: INP001  a script, no package
"""Measure this machine and write it into docs/benchmarks.md: `python docs/benchmarks.py [FILE.json of a bench]`.

Times of a busy machine mean little, so where more processes want a core than there are cores, only scores are written.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_suffix(".md")
PLOT = Path(__file__).with_name("benchmarks.svg")
BEGIN, END = "<!-- written by docs/benchmarks.py -->", "<!-- end -->"
BENCHES = ("glyph", "frame", "start", "memory", "engine", "peers")
COLOURS = ("#56b4e9", "#0072b2", "#d55e00")
"""Okabe and Ito's, told apart by colour-blind eyes too; one for each difficulty."""

Told = dict[str, Any]
"""What `digitreader bench ... --format json` prints."""


def measure() -> Told:
    """Run the benches here, one after another."""
    command = [sys.executable, "-m", "digitreader", "bench", *BENCHES, "--format", "json"]
    told: Told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)  # noqa: S603
    return told


def is_busy(told: Told) -> bool:
    """Whether more processes wanted a core than there are."""
    load, cores = told["machine"]["load"], told["machine"]["cores"]
    return load is not None and load > cores


def block_of(told: Told) -> str:
    """The machine and its tables, as Markdown."""
    busy = is_busy(told)
    parts = [_machine(told["machine"])]
    if busy:
        parts.append("The machine was busy, so its times are not given here; the scores do not depend on that.")
    if not busy:
        parts.append(_table(("what", "median", "middle half", "beside", "ratio"), _rows(told)))
    if "peers" in told:
        parts += [
            "### Beside other readers",
            _peers(told["peers"], with_times=not busy),
            f"![Score of each reader]({PLOT.name})",
        ]
    return "\n\n".join(parts)


def _machine(seen: Told) -> str:
    machine = seen["machine"]
    load = "" if seen["load"] is None else f" Load before: {seen['load']:.1f}."
    return (
        f"{seen['date']}, {machine['board']}, {seen['processor']}, {seen['cores']} cores.{load} {machine['system']}; "
        f"Python {machine['python']}, digitreader {seen['digitreader']}, NumPy {machine['numpy']}, "
        f"OpenCV {machine['opencv']}, LiteRT {machine['litert']}."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _half(half: Sequence[float], digits: int = 1) -> str:
    return f"{half[0]:.{digits}f} to {half[1]:.{digits}f}"


def _rows(told: Told) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    if glyph := told.get("glyph"):
        beside = f"{glyph['network_us']:.1f} us, the network alone"
        all_us = f"{glyph['stages_us']['all']:.1f} us"
        rows.append(("one digit, ink to answer", all_us, _half(glyph["half_us"]), beside, f"{glyph['ratio']:.2f}"))
    if frame := told.get("frame"):
        size = "x".join(map(str, frame["size_wh"]))
        half, read = _half(frame["read_half_ms"]), f"{frame['read_ms']:.1f} ms"
        name = f"a frame of {size}, ten digits"
        rows.append(
            (
                name,
                read,
                half,
                f"{frame['network_ms']:.1f} ms, the finder's network alone",
                f"{frame['network_ratio']:.2f}",
            )
        )
        rows.append((name, read, half, f"{frame['bare_ms']:.1f} ms, bare OpenCV", f"{frame['ratio']:.2f}"))
        rows.append(("the same, nothing moved", f"{frame['still_ms']:.2f} ms", "", "", ""))
    if start := told.get("start"):
        beside = f"{start['bare_ms']:.0f} ms, bare imports and model"
        rows.append(
            (
                "start to exit, one picture",
                f"{start['read_ms']:.0f} ms",
                _half(start["read_half_ms"], 0),
                beside,
                f"{start['ratio']:.2f}",
            )
        )
    if memory := told.get("memory"):
        beside, beyond = f"{memory['bare_mb']:.1f} MB, bare imports", f"{memory['beyond_mb']:+.1f} MB"
        rows.append(("peak memory, a film", f"{memory['reader_mb']:.1f} MB", _half(memory["half_mb"]), beside, beyond))
    if (engine := told.get("engine")) and engine["one"]["numpy_us"] is not None:
        one = engine["one"]
        beside = f"{one['litert_us']:.1f} us, LiteRT"
        rows.append(
            (
                "one glyph, NumPy engine",
                f"{one['numpy_us']:.1f} us",
                _half(one["numpy_half_us"]),
                beside,
                f"{one['ratio']:.2f}",
            )
        )
    return rows


def _peers(peers: Told, *, with_times: bool) -> str:
    levels = list(peers["readers"][0]["accuracy"])
    head = ["reader", *levels, "scenes without error"] + (
        ["a scene", "middle half", "times ours"] if with_times else []
    )
    rows = []
    for each in peers["readers"]:
        row = [each["name"], *(f"{100 * each['accuracy'][level]:.1f} %" for level in levels), str(each["exact"])]
        row += [f"{each['ms']:.1f} ms", _half(each["half_ms"]), f"{each['times']:.2f}"] if with_times else []
        rows.append(row)
    size = "x".join(map(str, peers["size_wh"]))
    said = (
        f"{peers['scenes']} drawn scenes of each difficulty, {size}, {peers['digits']} digits, seed {peers['seed']}. "
        "A score is 1 - errors / digits by edit distance, as `digitreader score scenes` counts."
    )
    notes = [f"- {each['name']}: {each['note']}." for each in peers["readers"] if each["note"]]
    missing = [f"- {name} was not installed there." for name in peers["missing"]]
    return "\n\n".join([said, _table(head, rows), "\n".join([*notes, *missing])])


def draw(told: Told) -> None:
    """Draw each reader's scores, and its times where they count."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "benchmarks"
    import matplotlib.pyplot as plt

    readers, busy = told["peers"]["readers"][::-1], is_busy(told)
    levels = list(readers[0]["accuracy"])
    figure, axes = plt.subplots(1, 1 if busy else 2, figsize=(9, 3.6), squeeze=False, layout="constrained")
    scores, height = axes[0][0], 0.8 / len(levels)
    for at, level in enumerate(levels):
        places = [row + 0.4 - height * (at + 0.5) for row in range(len(readers))]
        shares = [max(0.0, 100 * each["accuracy"][level]) for each in readers]
        scores.barh(places, shares, height, label=level, color=COLOURS[at % len(COLOURS)])
    scores.set_yticks(range(len(readers)), [each["name"] for each in readers])
    scores.set_xlabel("digits right, less what was invented, in %")
    figure.legend(loc="outside upper right", ncols=len(levels), frameon=False)
    if not busy:
        times = axes[0][1]
        times.barh(range(len(readers)), [each["ms"] for each in readers], 0.6, color="#8a8f98")
        times.set_xscale("log")
        times.set_yticks(range(len(readers)), [""] * len(readers))
        times.set_xlabel("milliseconds a scene, one thread")
    for axis in axes[0]:
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(PLOT, metadata={"Date": None})


def main() -> None:
    """Measure or take what was measured, and write the page's block and its plot."""
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")) if len(sys.argv) > 1 else measure()
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{block_of(told)}\n{END}{after}", encoding="utf-8")
    if "peers" in told:
        draw(told)


if __name__ == "__main__":
    main()
