"""Compares the variants of a finder in one table: size, losses, digits found and time."""

from __future__ import annotations

import csv
import io
import json
import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from digitreader.errors import UsageError
from digitreader.host.files import write_all_atomically
from digitreader.host.progress import with_progress
from digitreader.measure.data import DataPlace
from digitreader_export.finder.convert import LoadedFinderRun, prepare_finder, to_dynamic_range, to_float32, to_int8
from digitreader_export.finder.export import figures_of
from digitreader_export.finder.lite_network import LiteNetwork
from digitreader_train.finder.look import judge_network
from digitreader_train.finder.scene import SIDE_PX

FRAME_HEIGHT_PX, FRAME_WIDTH_PX = 256, 320
TIMES = 30

VARIANTS: Mapping[str, Callable[[LoadedFinderRun], bytes]] = {
    "float32": lambda loaded: to_float32(loaded.network),
    "dynamic": lambda loaded: to_dynamic_range(loaded.network),
    "int8": lambda loaded: to_int8(loaded.network, loaded.calibration),
}
"""In the order of the table; int8 is the one that is exported."""


@dataclass(frozen=True, slots=True)
class FinderRow:
    """What one variant costs and reaches on the validation scenes.

    Attributes:
        variant: its name.
        file_bytes: of the .tflite.
        maps_loss: mean loss of the maps.
        geometry_loss: of the geometry.
        recall: the share of the digits that are found, 0..1.
        precision: the share of the told centres that are right.
        frame_ms: milliseconds of one frame of 320x256 on one thread: the median of 30, the variants in turn.
    """

    variant: str
    file_bytes: int
    maps_loss: float
    geometry_loss: float
    recall: float
    precision: float
    frame_ms: float


def compare_finder(folder: Path, place: DataPlace, variants: tuple[str, ...] = ()) -> tuple[FinderRow, ...]:
    """Measure the variants of a run and leave the table in its folder, as ``compare/compare.csv`` and ``.md``.

    Args:
        folder: the run folder.
        place: where the data is.
        variants: which; all if there are none.

    Raises:
        UsageError: there is no such variant.
        DataError: the run is incomplete, or the data is not what its scenes were drawn with.
        OutputError: the run folder cannot be written to.
    """
    for name in variants:
        if name not in VARIANTS:
            raise UsageError(f"{name}: no such variant of a finder; choose from {', '.join(VARIANTS)}")
    loaded = prepare_finder(folder, place)
    files = {name: make(loaded) for name, make in VARIANTS.items() if not variants or name in variants}
    times = _time_all(files)
    listed = with_progress(files.items(), label="measuring", total=len(files))
    rows = tuple(_measure(loaded, name, content, times[name]) for name, content in listed)
    tables = {"compare.csv": to_csv(rows).encode(), "compare.md": to_markdown(rows).encode()}
    write_all_atomically({folder / "compare" / name: content for name, content in tables.items()})
    return rows


def to_text(rows: tuple[FinderRow, ...]) -> str:
    """The table for a terminal."""
    names = f"{'loss of maps':>13} {'of geometry':>12} {'found':>8} {'right':>8} {'320x256 ms':>11}"
    lines = [f"{'variant':8} {'bytes':>10} {names}"]
    lines += [
        f"{row.variant:8} {row.file_bytes:10,} {row.maps_loss:13.3f} {row.geometry_loss:12.3f} {row.recall:8.2%} "
        f"{row.precision:8.2%} {row.frame_ms:11.2f}"
        for row in rows
    ]
    return "\n".join(lines)


def to_markdown(rows: tuple[FinderRow, ...]) -> str:
    """The table for a document."""
    lines = [
        "| variant | bytes | loss of maps | loss of geometry | digits found | centres right | ms per 320x256 frame |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.variant} | {row.file_bytes:,} | {row.maps_loss:.3f} | {row.geometry_loss:.3f} | {row.recall:.2%} "
        f"| {row.precision:.2%} | {row.frame_ms:.2f} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def to_csv(rows: tuple[FinderRow, ...]) -> str:
    """One line a variant under a line of names; shares are 0..1."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(asdict(rows[0])), lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    return text.getvalue()


def to_json(rows: tuple[FinderRow, ...]) -> str:
    """The rows as a JSON array."""
    return json.dumps([asdict(row) for row in rows])


def _measure(loaded: LoadedFinderRun, name: str, content: bytes, frame_ms: float) -> FinderRow:
    judged, _ = judge_network(LiteNetwork(content, SIDE_PX, SIDE_PX), loaded.judged)
    return FinderRow(name, len(content), *figures_of(judged), round(frame_ms, 3))


def _time_all(files: Mapping[str, bytes]) -> dict[str, float]:
    """Median milliseconds of each; in turn, so that what else the machine does falls on all alike."""
    networks = {name: LiteNetwork(content, FRAME_HEIGHT_PX, FRAME_WIDTH_PX) for name, content in files.items()}
    frame = np.random.default_rng(1).integers(0, 256, (FRAME_HEIGHT_PX, FRAME_WIDTH_PX, 3), np.uint8)
    rounds = [{name: network.time_ms(frame) for name, network in networks.items()} for _ in range(TIMES)]
    return {name: statistics.median(each[name] for each in rounds) for name in networks}
