"""Fits the networks that decide between a digit and its strokes, and writes `reading/whole_weights.py`.

    python -m digitreader_export.finder.weigh_wholes --data mnist

It draws the scenes that the finder practises with, lines in MNIST's hands, print, displays and counters, and the
pictures of `weigh`, all of a seed that nothing is reported on. It finds and reads with the shipped finder and
`accurate`, and fits small networks. Run it after `weigh`, with its constants in force, and before `weigh_marks`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from digitreader.drawing import DigitBox, Scene
from digitreader.host.progress import ProgressBar
from digitreader.measure.data import DataPlace, find_mnist
from digitreader.measure.score.finding.kinds import KINDS, draw_kind
from digitreader.model.load import load_model
from digitreader.reading import whole_weights as fitted
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.whole_digits import COUNT
from digitreader.values import Box, Frame
from digitreader_export.finder.small_networks import Numbers, Plan, fit_networks, written_weights
from digitreader_export.finder.weigh import digits_at, drawn_pictures
from digitreader_export.finder.weigh_marks import mnist_lines, printed_pictures
from digitreader_train.finder.characters import Characters
from digitreader_train.finder.material import load_material
from digitreader_train.finder.scene import draw_finder_scene

SEED = 300
SCENES, LINES, PRINTED = 10_000, 1_000, 800
"""Scenes that the finder practises with, pictures of lines in MNIST's hands, and of print, displays and counters."""
MORE = {
    "open-strokes": 150, "spacing-0.05": 100, "spacing-0": 50, "words": 60, "scribbles": 80, "textures": 40,
    "signs": 80, "slashes": 60, "words-and-digits": 40,
}  # fmt: skip
"""Pictures of kinds in which strokes and letters are near digits, besides those of `weigh`."""
LEAST_PX = 20
"""What is lower is so coarse that nobody could tell a whole from parts; nothing is learned from it."""
FIT = Plan(hidden=16, decay=0.5, epochs=60)
WHOLLY, PARTLY = 0.9, -2
"""A digit of a scene is to be read if at least so much of it is seen; nothing is learned from others, whose digit is
the second value."""


class JudgedWholes(NamedTuple):
    """The wholes of one picture: (N, COUNT) features, and (N,) whether each is a digit and read right."""

    features: Numbers
    right: np.ndarray


def judge_picture(reader: FrameReader, shown: Scene) -> JudgedWholes:
    """Find and read in one picture; a whole that is a digit and misread is left out."""
    wholes, digits, boxes = reader.read_wholes(Frame(shown.image, "drawn"))
    there = digits_at(boxes, shown)
    counted = [at for at, box in enumerate(boxes) if there[at] in (-1, digits[at]) and box.height >= LEAST_PX]
    features = np.array([wholes[at].features for at in counted], np.float64).reshape(-1, COUNT)
    return JudgedWholes(features, np.array([there[at] >= 0 for at in counted], bool))


def practised_scenes(place: DataPlace, count: int, *, seed: int) -> Iterator[Scene]:
    """Draw the scenes that the finder practises with, with digits that it does not learn from."""
    material = load_material(place).judged
    characters = Characters(material.digits, material.labels, material.letters, seed=1, typefaces=material.typefaces)
    for number in range(count):
        drawn = draw_finder_scene(characters, np.random.default_rng((seed, number)))
        told = drawn.digits
        digits = np.where(told.seen > WHOLLY, told.labels.astype(int), PARTLY).tolist()
        places = [Box(*box) for box in told.boxes.round().astype(int).tolist()]
        boxes = tuple(DigitBox(digit, box, 0) for digit, box in zip(digits, places, strict=True))
        yield Scene(drawn.image, boxes, "")


def all_pictures(place: DataPlace, share: float) -> list[tuple[str, int, Iterator[Scene]]]:
    """Each kind, how many pictures are drawn of it, and the pictures."""
    scenes, lines, printed = (max(1, round(share * count)) for count in (SCENES, LINES, PRINTED))
    more = {kind: max(1, round(share * count)) for kind, count in MORE.items()}
    return [
        ("scenes", scenes, practised_scenes(place, scenes, seed=SEED)),
        ("mnist", lines, mnist_lines(find_mnist(place).read("train"), lines, seed=SEED)),
        ("printed", printed, printed_pictures(printed, seed=SEED)),
        *((kind, count, draw_kind(KINDS[kind], count, seed=SEED)) for kind, count in more.items()),
        *drawn_pictures(max(1, round(10 * share))),
    ]


def main(arguments: Sequence[str]) -> None:
    """Weigh whole digits against their strokes.

    Args:
        arguments: of the command line, without the program's name.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with MNIST's files (default: $DIGITREADER_DATA)")
    parser.add_argument("--few", action="store_true", help="a fiftieth of the pictures, to see that it works")
    parser.add_argument("--out", type=Path, default=Path(str(fitted.__file__)), help="where to write the weights")
    parser.add_argument("--features", type=Path, help="keep the features in this .npz; if it is there, draw nothing")
    asked = parser.parse_args(arguments)
    if asked.features and asked.features.exists():
        kept = np.load(asked.features)
        judged = JudgedWholes(kept["features"], kept["right"])
    else:
        data = asked.data or (Path(os.environ["DIGITREADER_DATA"]) if "DIGITREADER_DATA" in os.environ else None)
        place = DataPlace(data, Path.home() / ".cache" / "digitreader")
        kinds, judged = judge_drawn(place, 0.02 if asked.few else 1.0)
        if asked.features:
            np.savez(asked.features, features=judged.features, right=judged.right, kinds=kinds)
    weights = fit_networks(judged.features, judged.right.astype(np.int64), len(("parts", "whole")), FIT)
    asked.out.write_text(written_weights(str(fitted.__doc__), weights))


def judge_drawn(place: DataPlace, share: float) -> tuple[list[str], JudgedWholes]:
    """Draw all pictures, or a share of them, and read them with a progress bar: the kind of each whole, and all."""
    reader, drawn = FrameReader(load_model("accurate")), all_pictures(place, share)
    kinds, judged = list[str](), list[JudgedWholes]()
    with ProgressBar("finding and reading", sum(count for _, count, _ in drawn)) as bar:
        for kind, _, pictures in drawn:
            for shown in pictures:
                judged.append(judge_picture(reader, shown))
                kinds += [kind] * len(judged[-1].right)
                bar.advance()
    features, right = zip(*judged, strict=True)
    return kinds, JudgedWholes(np.concatenate(features), np.concatenate(right))


if __name__ == "__main__":
    main(sys.argv[1:])
