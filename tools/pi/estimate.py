"""From counted instructions to what a Raspberry Pi may reach: an estimate, with all that it assumes.

`python -m tools.pi.estimate` prints the two tables of docs/pi.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.pi.budget import STAGES, Counts, read_table


@dataclass(frozen=True, slots=True)
class Board:
    """What is assumed of a Raspberry Pi.

    Attributes:
        core: its core, as counted.
        clock_ghz: its usual greatest clock.
        per_cycle: instructions that it finishes in a cycle, at least and at most, in code like ours. The core could
            begin 2 (Cortex-A53), 3 (A72) or 4 (A76), and waits for memory.
    """

    core: str
    clock_ghz: float
    per_cycle: tuple[float, float]

    def milliseconds(self, instructions: float) -> tuple[float, float]:
        """How long so many instructions take, at least and at most."""
        least, most = (1e-6 * instructions / (self.clock_ghz * each) for each in reversed(self.per_cycle))
        return least, most


BOARDS = {
    "Zero 2 W": Board("cortex-a53", 1.0, (0.4, 0.8)),
    "3 B+": Board("cortex-a53", 1.4, (0.4, 0.8)),
    "4 B": Board("cortex-a72", 1.8, (0.7, 1.4)),
    "5": Board("cortex-a76", 2.4, (1.2, 2.4)),
}


def counts(table: Mapping[str, Counts]) -> str:
    """The counted instructions as a table of Markdown.

    Args:
        table: instructions of each stage by core, as `read_table` gives them.
    """
    rows = [[stage, meaning, *(f"{table[core][stage]:,}" for core in table)] for stage, meaning in STAGES.items()]
    return _markdown(["stage", "part of the work for a frame with ten digits", *table], rows)


def estimate(table: Mapping[str, Counts]) -> str:
    """The estimate as a table of Markdown; the argument is that of `counts`."""
    heads = ["Raspberry Pi", "core", "GHz", "instructions in a cycle", "frames a second, everything moved"]
    heads += ["nothing moved", "one digit, normalised and classified"]
    rows = []
    for name, board in BOARDS.items():
        stages, (low, high) = table[board.core], board.per_cycle
        frames = [_rates(board, stages[stage] + stages["track"]) for stage in ("frame changed", "frame unchanged")]
        fast, slow = board.milliseconds(stages["normalise"] + stages["classify"])
        digit = f"{_two_figures(1000 * fast)} to {_two_figures(1000 * slow)} us"
        rows.append([name, board.core, f"{board.clock_ghz}", f"{low} to {high}", *frames, digit])
    return _markdown(heads, rows)


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows))


def _rates(board: Board, instructions: float) -> str:
    fast, slow = board.milliseconds(instructions)
    return f"{_two_figures(1000 / slow)} to {_two_figures(1000 / fast)}"


def _two_figures(value: float) -> str:
    """A number rounded to two figures, because an estimate has no more."""
    return f"{float(f'{value:.2g}'):,.10g}"


if __name__ == "__main__":
    print(counts(read_table()), estimate(read_table()), sep="\n\n")
