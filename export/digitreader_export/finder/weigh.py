"""Fits the weights of a candidate's features and evidence, and prints the constants.

    python -m digitreader_export.finder.weigh models/finder.tflite

It draws pictures of each kind and of each difficulty, of a seed that nothing is reported on, finds in them and reads
with `accurate`, and fits two logistic regressions: `HEAT_WEIGHTS` (find/coarse_to_fine.py) and `FOUND_WEIGHTS`
(model/accept.py). To be run after a finder was trained and exported.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from digitreader.drawing import Scene
from digitreader.errors import DigitReaderError
from digitreader.find.coarse_to_fine import HEAT_WEIGHTS, Features, best_seen, cut_out, run_at_all_scales
from digitreader.find.finder import best_candidates, straighten, tilt_of_lines
from digitreader.find.non_max_suppression import corners_of, non_max_suppression, overlap_of
from digitreader.host.progress import ProgressBar
from digitreader.measure.score.finding.kinds import KINDS, draw_kind
from digitreader.measure.score.scenes import PRESETS, ScenesPlan, draw_scenes
from digitreader.model.accept import FOUND_WEIGHTS, evidence_of
from digitreader.model.engine.choice import make_map_engine
from digitreader.model.engine.map_engine import MapEngine
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.model.load import Model, load_model
from digitreader.values import Box

SEED = 100
DIGITS, EMPTY, SCENES = 60, 30, 40
"""Digits of each kind (about), pictures of each kind without digits, and scenes of each difficulty."""
LARGE = ("red-felt", "digit-sheet", "turned")
"""Kinds that are left out: two for their time, and pages that are turned are read as they are here."""
ALIKE = 0.5
"""A candidate is of a digit where they share this much of their union."""
SUREST = 1e-9

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CandidateSample:
    """The N candidates of a picture.

    Attributes:
        kind: of the picture.
        features: (N, 4), what the network sees of each.
        evidence: (N, 10), what speaks for each digit.
        digits: (N,) int, what is there; -1 if no digit is.
        best: (N,) bool, those that are left of the candidates for the same ink.
    """

    kind: str
    features: Features
    evidence: Numbers
    digits: npt.NDArray[np.int64]
    best: npt.NDArray[np.bool_]


def weigh_picture(engine: MapEngine, model: Model, kind: str, shown: Scene) -> CandidateSample | None:
    """Find and read in one picture; None if nothing is found."""
    parts = [cut_out(each) for each in best_seen(run_at_all_scales(engine, shown.image))]
    found = [candidate for part in parts for candidate in part.candidates]
    if not found:
        return None
    tilt_rad = tilt_of_lines(best_candidates(found))
    upright = [straighten(each.ink, tilt_rad=tilt_rad) for each in found]
    evidence = evidence_of(model.activations(normalise_glyphs(upright)), model.facts.acceptance)
    worth = np.array([each.heat for each in found]) * (1 + evidence.max(axis=1))
    best = np.zeros(len(found), bool)
    best[non_max_suppression([each.box for each in found], worth)] = True
    features = np.concatenate([np.zeros((0, len(HEAT_WEIGHTS))), *(part.features for part in parts)])
    digits = digits_at([each.box for each in found], shown)
    return CandidateSample(kind, features, evidence, digits, best)


def fit_heat(weighed: Sequence[CandidateSample]) -> tuple[float, ...]:
    """The weights of `Features`, for the log odds that a candidate is a digit."""
    features, digits = [each.features[:, 1:] for each in weighed], [each.digits >= 0 for each in weighed]
    return regression(features, digits, _kinds_of(weighed))


def fit_found(weighed: Sequence[CandidateSample], heat: Sequence[float]) -> tuple[float, ...]:
    """What a constant, the log odds of evidence and of heat and a likely 1 count, that a reading is right."""
    signs, right = [], []
    for each in weighed:
        odds, evidence = each.features[each.best] @ np.array(heat), each.evidence[each.best]
        most, told = np.clip(evidence.max(axis=1), SUREST, 1 - SUREST), evidence.argmax(axis=1)
        signs.append(np.stack([np.log(most / (1 - most)), odds, most * (told == 1)], axis=1))
        right.append(told == each.digits[each.best])
    return regression(signs, right, _kinds_of(weighed))


def _kinds_of(weighed: Sequence[CandidateSample]) -> list[str]:
    return [each.kind for each in weighed]


def digits_at(found: Sequence[Box], shown: Scene) -> npt.NDArray[np.int64]:
    """The digit that is really in each of N boxes, (N,) int64; -1 if none is."""
    if not shown.boxes:
        return np.full(len(found), -1, np.int64)
    shared = overlap_of(corners_of(found), corners_of([each.box for each in shown.boxes]))
    digits = np.array([each.digit for each in shown.boxes], np.int64)
    return np.where(shared.max(axis=1) > ALIKE, digits[shared.argmax(axis=1)], -1)


def regression(
    signs: Sequence[Numbers], is_so: Sequence[npt.NDArray[np.bool_]], kinds: Sequence[str]
) -> tuple[float, ...]:
    """A constant and the weight of each sign, by pictures; 0 for all if there is nothing to learn from."""
    from sklearn.linear_model import LogisticRegression

    answers = np.concatenate(is_so)
    if not answers.any() or answers.all():
        return (0.0,) * (1 + int(signs[0].shape[1]))
    weights = weights_of(kinds, [len(part) for part in signs])
    fitted: Any = LogisticRegression(C=100.0, max_iter=2_000)
    fitted.fit(np.concatenate(signs), answers, sample_weight=weights)
    return (round(float(fitted.intercept_[0]), 2), *(round(float(weight), 2) for weight in fitted.coef_[0]))


def weights_of(kinds: Sequence[str], counts: Sequence[int]) -> Numbers:
    """A kind with many candidates counts more than one with few, but not as many times more."""
    of_kind: dict[str, int] = {}
    for kind, count in zip(kinds, counts, strict=True):
        of_kind[kind] = of_kind.get(kind, 0) + count
    joined = np.concatenate(
        [np.full(count, max(1, of_kind[kind]) ** -0.5) for kind, count in zip(kinds, counts, strict=True)]
    )
    return np.asarray(joined / joined.mean())


def drawn_pictures(tenths: int) -> list[tuple[str, int, Iterator[Scene]]]:
    """Each kind and difficulty, how many pictures are drawn of it, and the pictures.

    Kinds that differ with the typefaces of a machine are left out.
    """
    digits, empty, scenes = (max(1, count * tenths // 10) for count in (DIGITS, EMPTY, SCENES))
    fitted = [kind for kind in KINDS.values() if kind.name not in LARGE and not kind.typefaces]
    kinds = [(kind, kind.pictures(digits, empty=empty)) for kind in fitted]
    drawn = [(kind.name, count, draw_kind(kind, count, seed=SEED)) for kind, count in kinds]
    plans = [ScenesPlan(difficulty, name, count=scenes, seed=SEED) for name, difficulty in PRESETS.items()]
    return drawn + [(plan.name, scenes, draw_scenes(plan)) for plan in plans]


def main(arguments: Sequence[str]) -> None:
    """Weigh a finder.

    Args:
        arguments: of the command line, without the program's name.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("finder", type=Path)
    parser.add_argument("--few", action="store_true", help="a tenth of the pictures, to see that it works")
    asked = parser.parse_args(arguments)
    try:
        engine, model = make_map_engine(asked.finder.read_bytes(), str(asked.finder)), load_model("accurate")
    except (OSError, DigitReaderError) as error:
        parser.exit(1, f"{asked.finder}: cannot be weighed ({error}); give a finder.tflite\n")
    drawn, weighed = drawn_pictures(1 if asked.few else 10), list[CandidateSample | None]()
    with ProgressBar("finding and reading", sum(count for _, count, _ in drawn)) as bar:
        for kind, _, pictures in drawn:
            for shown in pictures:
                weighed.append(weigh_picture(engine, model, kind, shown))
                bar.advance()
    found = [each for each in weighed if each is not None]
    heat = fit_heat(found)
    print(f"HEAT = {heat}  # now {HEAT_WEIGHTS}")
    print(f"FOUND = {fit_found(found, heat)}  # now {FOUND_WEIGHTS}")


if __name__ == "__main__":
    main(sys.argv[1:])
