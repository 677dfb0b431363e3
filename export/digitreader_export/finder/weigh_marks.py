"""Fits what the features of a thing in a line of digits count for each kind of mark: writes `reading/mark_weights.py`.

    python -m digitreader_export.finder.weigh_marks --data mnist

It draws lines with and without marks, in MNIST's and in the demo's hands, and pages of other kinds, all of a seed that
nothing is reported on; finds and reads with the shipped finder and `accurate`, and fits small networks. To be run after
`weigh` and `weigh_company`, with their constants in force.
"""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.drawing import Scene
from digitreader.find.lines import lay_out
from digitreader.find.non_max_suppression import corners_of, overlap_of, shared_area
from digitreader.host.progress import ProgressBar
from digitreader.measure.data.mnist import DataPlace, find_mnist
from digitreader.measure.score.finding.kinds import KINDS, draw_kind
from digitreader.measure.score.scenes import PRESETS, ScenesPlan, draw_scenes
from digitreader.model.load import load_model
from digitreader.reading import mark_weights as fitted
from digitreader.reading.mark_features import LEAST_COMPANY, LineItem, MeasuredLine, features_of, measure_line
from digitreader.reading.marks import DIGIT, NOTHING, items_in_lines, scaled_features
from digitreader.reading.pipeline import Reader
from digitreader.values import SIGNS, UNSURE, Box, Frame, boxes_of
from digitreader_export.finder.mark_lines import mnist_lines

SEED = 200
MNIST_PICTURES = 340
PICTURES = {"slashes": 60, "signs": 120, "words-and-digits": 60, "ones": 60}
OTHERS = {
    "dark-rules": 8, "pressure": 8, "form-row": 8, "table-rows": 8, "small-13": 6, "small-16": 6, "spacing-0": 12,
    "hairlines": 10, "open-strokes": 10, "coloured": 10, "sudoku": 4, "meter": 8,
}  # fmt: skip
SCENES = 25
CLASSES = (DIGIT, NOTHING, *SIGNS, UNSURE)
ALIKE, WITHIN = 0.5, 0.6
"""A thing is a digit or a mark where they share this much of their union, and a part of it where this much of it lies
in the other's box."""
UNKNOWN = -1
NETWORKS, HIDDEN, DECAY, EPOCHS = 3, 12, 0.3, 60
NEVER, SAME = -20.0, 1e-3
"""The log odds of a class of which nothing was drawn; and what differs by less is the same everywhere."""

Numbers = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Net = tuple[Numbers, Numbers]


class Judged(NamedTuple):
    """(N, COUNT) features of things, and (N,) their classes."""

    features: Numbers
    classes: Labels


class Fitted(NamedTuple):
    """What `reading/mark_weights.py` has."""

    means: Numbers
    spreads: Numbers
    networks: list[Net]


def judge_picture(reader: Reader, shown: Scene) -> list[Judged]:
    """Read one picture, and say of everything in its lines what it is: as the neighbours read, and as they are."""
    threshold = reader.model.facts.acceptance.threshold
    kept, findings = reader.read_things(Frame(shown.image, "drawn"))
    layout = lay_out(boxes_of([each.box for each in kept]))
    told: list[Judged] = []
    for _, things in items_in_lines(kept, layout.lines, findings.pieces, threshold=threshold):
        row = measure_line(tuple(thing for thing, _ in things), layout.tilt_rad)
        classes = classes_of(row.things, shown, threshold)
        accepted = np.array([each.evidence if each.evidence >= threshold else 0.0 for each in row.things])
        told.append(_in_company(row, classes, accepted))
        told.append(_in_company(row, classes, accepted * (classes == CLASSES.index(DIGIT))))
    return told


def _in_company(row: MeasuredLine, classes: Labels, sure: Numbers) -> Judged:
    features, strength = features_of(row, sure)
    counted = (classes != UNKNOWN) & (strength >= LEAST_COMPANY)
    return Judged(features[counted], classes[counted])


def classes_of(things: Sequence[LineItem], shown: Scene, threshold: float) -> Labels:
    """What each thing really is, by its number in `CLASSES`; `UNKNOWN` for what nothing is learned from."""
    boxes = [each.box for each in things]
    digits, inside = _alike(boxes, [each.box for each in shown.boxes])
    marks, within = _alike(boxes, [each.box for each in shown.marks])
    classes = np.full(len(things), CLASSES.index(NOTHING), np.int64)
    for at, thing in enumerate(things):
        is_digit, in_digit = digits[at].max(initial=0) > ALIKE, inside[at].max(initial=0) > WITHIN
        on_mark = np.maximum(marks[at], within[at] * (within[at] > WITHIN))
        if is_digit and digits[at].max() >= on_mark.max(initial=0):
            classes[at] = CLASSES.index(DIGIT)
        elif on_mark.max(initial=0) > ALIKE:
            sign = shown.marks[int(on_mark.argmax())].sign
            classes[at] = CLASSES.index(sign if sign in SIGNS else UNSURE)
        elif in_digit or digits[at].max(initial=0) > 0.1:
            classes[at] = UNKNOWN if thing.evidence >= threshold else CLASSES.index(NOTHING)
    return classes


def _alike(some: Sequence[Box], others: Sequence[Box]) -> tuple[Numbers, Numbers]:
    """(N, M) intersection over union, and the share of each of the N that lies in each of the M."""
    mine, theirs = corners_of(some), corners_of(others)
    areas = np.maximum((mine[:, 2:] - mine[:, :2]).prod(axis=1), 1)
    return overlap_of(mine, theirs), shared_area(mine[:, None], theirs[None]) / areas[:, None]


def fit_marks(judged: Judged) -> Fitted:
    """Fit small networks that differ by how they begin alone; the mean of what they say errs less than one."""
    from sklearn.neural_network import MLPClassifier

    means, spreads = judged.features.mean(axis=0), judged.features.std(axis=0)
    spreads = np.where(spreads < SAME, 1.0, spreads)
    shown = scaled_features(judged.features, means, spreads)
    nets: list[Net] = []
    for number in range(NETWORKS):
        model: Any = MLPClassifier(
            (HIDDEN,), alpha=DECAY, learning_rate_init=3e-3, batch_size=200, max_iter=EPOCHS, random_state=number
        )
        with warnings.catch_warnings(action="ignore"):  # it is not to go on until nothing changes
            model.fit(shown, judged.classes)
        inner = np.concatenate([model.coefs_[0], model.intercepts_[0][None]]).T
        outer = np.zeros((len(CLASSES), HIDDEN + 1))
        outer[:, -1] = NEVER
        outer[model.classes_] = np.concatenate([model.coefs_[1], model.intercepts_[1][None]]).T
        nets.append((inner.round(3), outer.round(3)))
    return Fitted(means.round(4), spreads.round(4), nets)


def drawn_pictures(place: DataPlace, share: float) -> list[tuple[str, int, Iterator[Scene]]]:
    """Each kind, how many pictures are drawn of it, and the pictures."""
    counts = {name: max(1, round(share * count)) for name, count in (PICTURES | OTHERS).items()}
    drawn = [(name, count, draw_kind(KINDS[name], count, seed=SEED)) for name, count in counts.items()]
    scenes, lines = max(1, round(share * SCENES)), max(1, round(share * MNIST_PICTURES))
    plans = [ScenesPlan(PRESETS[name], name, count=scenes, seed=SEED) for name in ("easy", "medium")]
    drawn += [(plan.name, scenes, draw_scenes(plan)) for plan in plans]
    return [*drawn, ("mnist", lines, mnist_lines(find_mnist(place).read("train"), lines, seed=SEED))]


def written_weights(fitted_now: Fitted) -> str:
    """The module `reading/mark_weights.py` with other numbers."""
    nets = "".join(f"    (\n{_rows(inner)}{_rows(outer)}    ),\n" for inner, outer in fitted_now.networks)
    names = ", ".join(f'"{name}"' for name in CLASSES)
    return (
        (
            f'"""{fitted.__doc__}"""\n\n# fmt: off\nCLASSES = ({names})\n'
            f"MEANS = {_row(fitted_now.means)[4:]}SPREADS = {_row(fitted_now.spreads)[4:]}NETWORKS = (\n{nets})\n"
        )
        .replace("),\nSPREADS", ")\nSPREADS")
        .replace("),\nNETWORKS", ")\nNETWORKS")
    )


def _rows(numbers: Numbers) -> str:
    return f"        (\n{''.join(_row(row) for row in numbers)}        ),\n"


def _row(numbers: Numbers) -> str:
    told = ", ".join(f"{value:g}" for value in numbers.tolist())
    return textwrap.fill(f"({told}),", 112, initial_indent="    ", subsequent_indent="    ") + "\n"


def main(arguments: Sequence[str]) -> None:
    """Weigh the features of marks.

    Args:
        arguments: of the command line, without the program's name.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with MNIST's files (default: $DIGITREADER_DATA)")
    parser.add_argument("--few", action="store_true", help="a fiftieth of the pictures, to see that it works")
    parser.add_argument("--out", type=Path, default=Path(str(fitted.__file__)), help="where to write the weights")
    parser.add_argument("--features", type=Path, help="keep the features in this .npz; where it is there, draw nothing")
    asked = parser.parse_args(arguments)
    if asked.features and asked.features.exists():
        kept = np.load(asked.features)
        judged = Judged(kept["features"], kept["classes"])
    else:
        data = asked.data or (Path(os.environ["DIGITREADER_DATA"]) if "DIGITREADER_DATA" in os.environ else None)
        judged = judge_drawn(DataPlace(data, Path.home() / ".cache" / "digitreader"), 0.02 if asked.few else 1.0)
        if asked.features:
            np.savez(asked.features, features=judged.features, classes=judged.classes)
    asked.out.write_text(written_weights(fit_marks(judged)))


def judge_drawn(place: DataPlace, share: float) -> Judged:
    """Draw all pictures, or a share of them, and read them with a progress bar."""
    reader, drawn, judged = Reader(load_model("accurate")), drawn_pictures(place, share), list[Judged]()
    with ProgressBar("finding and reading", sum(count for _, count, _ in drawn)) as bar:
        for _, _, pictures in drawn:
            for shown in pictures:
                judged += judge_picture(reader, shown)
                bar.advance()
    return together(judged)


def together(judged: Sequence[Judged]) -> Judged:
    """The things of many pictures as those of one."""
    features, classes = zip(*judged, strict=True)
    return Judged(np.concatenate(features), np.concatenate(classes))


if __name__ == "__main__":
    main(sys.argv[1:])
