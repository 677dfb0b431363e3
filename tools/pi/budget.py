"""How many instructions each stage of reading a frame executes on a Raspberry Pi's core, and that it is no more now.

`python -m tools.pi.budget` counts them in the emulator and compares them with the committed table; `--write` renews it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from tools.commands import ToolError, build_wheel, run
from tools.pi.guest import CORES, KEPT, Guest, make_guest

TABLE = Path(__file__).with_name("budget.json")
SUITE = "bookworm"
TEXTS = ("0123456789", "8642097531")
"""What is written in the frame that is read and in the one before it."""
MOST_GROWN = 0.10
"""A stage fails that executes by so much more than the table says."""
STAGES = {
    "look": "the finder's network alone, in all sizes in which it sees the frame",
    "find": "the rest of finding: the frame in those sizes, centres, ink",
    "normalise": "one ink becomes a glyph",
    "classify": "one glyph becomes ten activations, in a batch of all",
    "judge": "digits and their neighbours: choosing, lines, marks",
    "track": "following a number that was announced through one more frame",
    "frame changed": "a frame of a stream in which everything moved, without following it",
    "frame unchanged": "a frame of a stream in which nothing moved",
}
"""What is counted: a 640x480 frame with ten handwritten digits, read by `accurate` with LiteRT on one thread."""

Counts = Mapping[str, int]
"""Instructions by the names of `STAGES`."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A stage whose count is another than the table's.

    Attributes:
        core: whose.
        stage: its name.
        now: instructions counted now.
        before: instructions as the table says.
    """

    core: str
    stage: str
    now: int
    before: int

    @property
    def is_regression(self) -> bool:
        """Whether it has grown by more than is allowed."""
        return self.now > (1 + MOST_GROWN) * self.before

    def __str__(self) -> str:
        """One line that says by how much, and what to do."""
        change = 100 * (self.now / self.before - 1)
        advice = "make it cheaper, or say why and renew the table: make budget" if self.is_regression else "make budget"
        return (
            f"{self.core}: {self.stage} takes {self.now:,} instructions, {change:+.1f} % of {self.before:,}; {advice}"
        )


def count(guest: Guest, core: str, folder: Path) -> Counts:
    """Count the instructions of every stage in the emulator.

    Args:
        guest: where the product is installed.
        core: the core that is emulated.
        folder: for the frames and the marks.

    Raises:
        ToolError: the emulator fails, or the frame's digits are not all read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in zip(("first", "second"), frames(), strict=True):
        np.save(folder / f"{name}.npy", image)
    marks, script = folder / f"{core}.marks", Path(__file__).with_name("stages.py")
    said = guest.python(core, "-P", str(script), str(folder), plugin=f"{plugin()},to={marks}")
    told = json.loads(said)
    if told["text"].replace("\n", "").replace(" ", "") != TEXTS[0]:
        raise ToolError(f"{core}: read {told['text']!r} of a frame that shows {TEXTS[0]}; mend the reading first")
    totals = [int(line) for line in marks.read_text().split()]
    return stage_counts(totals, told["stages"], told["runs"], told["found"])


def frames() -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """The two frames, (480, 640, 3) uint8 BGR, drawn on this machine, so that the emulated one need not."""
    from digitreader.drawing import scene

    return [scene(text, rng=np.random.default_rng(3 + number)).image for number, text in enumerate(TEXTS)]


def stage_counts(totals: Sequence[int], names: Sequence[str], runs: int, found: int) -> Counts:
    """From the marks to the counts of `STAGES`.

    Args:
        totals: instructions executed at each mark; two marks for each run of each stage.
        names: of the stages that were run, in their order; "nothing" is what the marks themselves cost.
        runs: of each stage.
        found: so many things were normalised and classified.
    """
    if len(totals) != 2 * runs * len(names):
        raise ToolError(f"{len(totals)} marks of {runs} runs of {len(names)} stages; nothing else may call getppid")
    spans = np.array(totals).reshape(len(names), runs, 2)
    raw = {name: int(median(each)) for name, each in zip(names, (spans[..., 1] - spans[..., 0]).tolist(), strict=True)}
    net = {name: each - raw["nothing"] for name, each in raw.items()}
    return {
        "look": net["look"],
        "find": net["find"] - net["look"],
        "normalise": net["normalise"] // found,
        "classify": net["classify"] // found,
        "judge": net["read"] - net["find"] - net["normalise"] - net["classify"],
        "track": net["track"],
        "frame changed": net["changed"],
        "frame unchanged": net["unchanged"],
    }


def deviations(core: str, now: Counts, table: Mapping[str, Counts]) -> list[Deviation]:
    """The stages of a core that take by more than `MOST_GROWN` more or less than the table says."""
    before = table.get(core, {})
    if set(before) != set(now):
        raise ToolError(f"{TABLE.name} has no {core} with the stages {', '.join(now)}; renew it: make budget")
    both = [Deviation(core, stage, now[stage], before[stage]) for stage in now]
    return [each for each in both if abs(each.now - each.before) > MOST_GROWN * each.before]


def plugin() -> Path:
    """The counter of instructions, compiled for this machine."""
    source, built = Path(__file__).with_name("count.c"), KEPT / "count.so"
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        built.parent.mkdir(parents=True, exist_ok=True)
        run("cc", "-O2", "-shared", "-fPIC", "-o", str(built), str(source))
    return built


def read_table() -> Mapping[str, Counts]:
    """The committed table: counts by core."""
    table: Mapping[str, Counts] = json.loads(TABLE.read_text(encoding="utf-8"))["instructions"]
    return table


def write_table(table: Mapping[str, Counts]) -> None:
    """Renew the committed table."""
    about = f"Instructions on an emulated core, {SUITE}; written by `make budget`, explained in docs/pi.md."
    ordered = {core: table[core] for core in CORES if core in table}
    TABLE.write_text(json.dumps({"about": about, "instructions": ordered}, indent=1) + "\n", encoding="utf-8")


def describe(core: str, counts: Counts) -> str:
    """The counts of one core as lines."""
    lines = [f"  {stage:16}{number:14,}  {STAGES[stage]}" for stage, number in counts.items()]
    return "\n".join([f"{core} (Raspberry Pi {CORES[core].boards}), instructions", *lines])


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, and compare or renew.

    Returns:
        1 where a stage has grown too much or nothing could be counted, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.pi.budget", description=__doc__)
    parser.add_argument("--core", action="append", choices=CORES, help="count on this one alone (default: all)")
    parser.add_argument("--write", action="store_true", help="renew the committed table")
    args = parser.parse_args(arguments)
    try:
        guest = make_guest(SUITE, build_wheel(KEPT / "wheel"))
        counted = {}
        for core in args.core or CORES:
            counted[core] = count(guest, core, KEPT / "budget")
            print(describe(core, counted[core]), flush=True)
        if args.write:
            write_table({**(read_table() if TABLE.exists() else {}), **counted})
            return 0
        table = read_table()
        found = [each for core, counts in counted.items() for each in deviations(core, counts, table)]
    except ToolError as error:
        print(f"digitreader budget: {error}", file=sys.stderr)
        return 1
    print("\n".join(map(str, found)) or "no stage takes 10 % more or less than the table says")
    return int(any(each.is_regression for each in found))


if __name__ == "__main__":
    sys.exit(main())
