"""Fits the weights of a reading's neighbours, and prints the constant.

    python -m digitreader_export.finder.weigh_company

It draws the pictures of `weigh`, reads each digit by itself with the shipped finder and `accurate`, and fits `COMPANY`
(company.py). To be run after `weigh`, with its constants in force.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitreader.drawing import Scene
from digitreader.host.progress import ProgressBar
from digitreader.model.load import load_model
from digitreader.reading.neighbours import NEIGHBOUR_WEIGHTS, signs_of
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Frame
from digitreader_export.finder.weigh import Numbers, digits_at, drawn_pictures, weights_of

SUREST = 1e-6
STEPS = 100
"""Newton's method is done after a few."""


class JudgedReadings(NamedTuple):
    """The readings of one picture: (N, 2) signs, (N,) log odds alone, and (N,) whether each is right or no digit."""

    signs: Numbers
    odds: Numbers
    right: npt.NDArray[np.bool_]


def judge_picture(reader: FrameReader, shown: Scene) -> JudgedReadings:
    """Read one picture; what is a digit and is misread is left out."""
    readings, others = reader.read_alone(Frame(shown.image, "drawn"))
    if not readings:
        return JudgedReadings(np.zeros((0, len(NEIGHBOUR_WEIGHTS))), np.zeros(0), np.zeros(0, bool))
    there = digits_at([each.box for each in readings], shown)
    right = there == np.array([each.digit for each in readings])
    counted = right | (there < 0)
    evidence = np.clip([each.evidence for each in readings], SUREST, 1 - SUREST)
    odds = np.log(evidence / (1 - evidence))
    return JudgedReadings(signs_of(readings, others)[counted], odds[counted], right[counted])


def fit_company(judged: Sequence[JudgedReadings], weights: Numbers) -> tuple[float, ...]:
    """What each sign adds to the log odds; a logistic regression without a constant.

    Args:
        judged: of every picture.
        weights: (N,), how much each reading of all pictures counts.
    """
    signs, odds, right = (np.concatenate(parts) for parts in zip(*judged, strict=True))
    count = np.zeros(len(NEIGHBOUR_WEIGHTS))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-(odds + signs @ count)))
        slope = signs.T @ (weights * (chance - right)) / len(odds)
        bend = (signs * (weights * chance * (1 - chance))[:, None]).T @ signs / len(odds)
        count -= np.linalg.solve(bend + 1e-6 * np.eye(len(count)), slope)
    return tuple(round(float(value), 2) for value in count)


def main(arguments: Sequence[str]) -> None:
    """Weigh the company of readings.

    Args:
        arguments: of the command line, without the program's name.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", action="store_true", help="a tenth of the pictures, to see that it works")
    asked = parser.parse_args(arguments)
    reader, drawn = FrameReader(load_model("accurate")), drawn_pictures(1 if asked.few else 10)
    kinds, judged = list[str](), list[JudgedReadings]()
    with ProgressBar("finding and reading", sum(count for _, count, _ in drawn)) as bar:
        for kind, _, pictures in drawn:
            for shown in pictures:
                kinds.append(kind)
                judged.append(judge_picture(reader, shown))
                bar.advance()
    weights = weights_of(kinds, [len(each.odds) for each in judged])
    print(f"COMPANY = {fit_company(judged, weights)}  # now {NEIGHBOUR_WEIGHTS}")


if __name__ == "__main__":
    main(sys.argv[1:])
