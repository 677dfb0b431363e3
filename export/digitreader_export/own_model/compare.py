"""Models of a user's own beside each other, on digits that chose nothing; the others are compared with the first."""

from __future__ import annotations

import csv
import io
import json
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.errors import UsageError
from digitreader.measure.data import DataPlace
from digitreader.measure.evaluation import judge
from digitreader.model.own.card import OwnCard
from digitreader.model.own.checks import OWN_CHECKS, OwnInspection
from digitreader.model.own.engine import OwnEngine
from digitreader.model.tflite.read import read_graph
from digitreader.values import Glyphs
from digitreader_export.comparison.measuring import arithmetic_of
from digitreader_export.comparison.statistics import mcnemar_p, wilson_interval
from digitreader_export.own_model.digits import load_own_digits

ROUNDS = 50
DECIMALS = 6

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class OwnSubject:
    """A model that passed its checks."""

    path: Path
    card: OwnCard
    engine: OwnEngine
    content: bytes


def own_models_of(named: Sequence[Path]) -> list[Path]:
    """The .tflite files that are meant: those named, or those that were exported of a Keras model.

    Raises:
        UsageError: of the Keras model none was exported.
    """
    found: list[Path] = []
    for path in named:
        if path.suffix.lower() == ".tflite":
            found.append(path)
            continue
        made = sorted(export_folder(path).glob(f"{path.stem}-*.tflite"))
        if not made:
            raise UsageError(f"{path}: nothing was exported of it yet; first: digitreader export {path} --all")
        found += sorted(made, key=lambda each: not each.stem.endswith("-float32"))
    return found


def export_folder(model: Path) -> Path:
    """Where the models of a Keras model go where nothing else is said: beside it."""
    return model.with_name(f"{model.stem}-export")


def compare_own(paths: Sequence[Path], place: DataPlace) -> list[Record]:
    """Measure models on the same test images, each by its own centring.

    Raises:
        ModelFormatError: one has no card, or a check refuses it.
        DataError: there are no digits.
    """
    subjects = [_opened(path) for path in paths]
    digits = load_own_digits(place)
    labels, records = digits.test.labels, list[Record]()
    reference: npt.NDArray[np.intp] | None = None
    times = _times(subjects, digits.test_glyphs("mass-20"))
    for subject in subjects:
        glyphs = digits.test_glyphs(subject.card.centring)
        activations = subject.engine.activations_of(subject.engine.integers(glyphs))
        judged = judge(activations, labels, subject.card.acceptance)
        read = activations.argmax(axis=1)
        reference = read if reference is None else reference
        lost = int(((reference == labels) & (read != labels)).sum())
        gained = int(((reference != labels) & (read == labels)).sum())
        interval = wilson_interval(int((read == labels).sum()), len(labels))
        records.append(
            {
                "model": subject.card.name,
                "variant": subject.card.variant,
                "accuracy": round(judged.accuracy, DECIMALS),
                "accuracy_low": round(interval.low, DECIMALS),
                "accuracy_high": round(interval.high, DECIMALS),
                "agreement": round(float((read == reference).mean()), DECIMALS),
                "ece": round(judged.ece, DECIMALS),
                "bytes": len(subject.content),
                "compressed_bytes": len(zlib.compress(subject.content, 9)),
                "in_integers": str(arithmetic_of(read_graph(subject.content, str(subject.path)))),
                "us_1": round(times[subject.path], 3),
                "us_1_ratio": round(times[subject.path] / times[subjects[0].path], 3),
                "lost": lost,
                "gained": gained,
                "mcnemar_p": float(f"{mcnemar_p(lost, gained):.4g}"),
            }
        )
    return records


def _opened(path: Path) -> OwnSubject:
    inspection = OwnInspection(path)
    for check in OWN_CHECKS.values():
        check(inspection)
    return OwnSubject(path, inspection.card, inspection.engine, inspection.content)


def _times(subjects: Sequence[OwnSubject], glyphs: Glyphs) -> Mapping[Path, float]:
    """Microseconds of one glyph: all models in turn, the quickest of many rounds, since noise only ever adds."""
    quickest = {subject.path: float("inf") for subject in subjects}
    for place in range(ROUNDS):
        for subject in subjects:
            glyph = glyphs[place % len(glyphs)][None]
            begun = time.perf_counter_ns()
            subject.engine.integers(glyph)
            quickest[subject.path] = min(quickest[subject.path], (time.perf_counter_ns() - begun) / 1e3)
    return quickest


def to_json(records: Sequence[Record]) -> str:
    """One object, with the models as in the CSV."""
    return json.dumps({"models": list(records)}, indent=1)


def to_csv(records: Sequence[Record]) -> str:
    """One line a model under a line of names; shares are 0..1."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


HEAD = ("model", "accuracy", "interval (95 %)", "as first", "ECE", "bytes", "in integers", "time", "lost / gained", "p")


def to_markdown(records: Sequence[Record]) -> str:
    """A table of Markdown."""
    rows = [HEAD, ["---"] * len(HEAD), *map(_cells, records)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def to_text(records: Sequence[Record]) -> str:
    """A table for a terminal."""
    rows = [list(HEAD), *map(_cells, records)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


def _cells(record: Record) -> list[str]:
    return [
        record["model"],
        f"{record['accuracy']:.2%}",
        f"{record['accuracy_low']:.2%} to {record['accuracy_high']:.2%}",
        f"{record['agreement']:.2%}",
        f"{record['ece']:.2%}",
        f"{record['bytes']:,}",
        record["in_integers"],
        f"{record['us_1_ratio']:.2f}",
        f"{record['lost']} / {record['gained']}",
        f"{record['mcnemar_p']:.2g}",
    ]


FORMATS: Mapping[str, Callable[[Sequence[Record]], str]] = {
    "text": to_text,
    "csv": to_csv,
    "markdown": to_markdown,
    "json": to_json,
}
