"""Fits the networks that classify marks in a line of digits, and writes `reading/mark_weights.py`.

    python -m digitreader_export.finder.weigh_marks --data mnist

It draws lines with and without marks, in MNIST's and in the demo's hands, in print and on displays, and pages of other
kinds, all of a seed that nothing is reported on. It finds and reads with the shipped finder and `accurate`, and fits
small networks. Run it after `weigh` and `weigh_company`, with their constants in force.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from digitreader.drawing import PENS, Hand, Pen, Scene, Writing
from digitreader.drawing.pen import draw_ink, vary_pen
from digitreader.drawing.writing import WORD_GAP, Tile, digits_alone, mark_paths, paste
from digitreader.find.lines import lay_out
from digitreader.find.non_max_suppression import corners_of, overlap_of, shared_area
from digitreader.host.progress import ProgressBar
from digitreader.measure.data.idx import LabelledImages
from digitreader.measure.data.mnist import DataPlace, find_mnist
from digitreader.measure.score.finding.compose import empty_paper, page_of, photographed, straight_hand
from digitreader.measure.score.finding.handwriting import LINES, PLAIN, SIGNED, SLASHED, WORDED, text_of
from digitreader.measure.score.finding.kinds import KINDS, draw_kind
from digitreader.measure.score.scenes import PRESETS, ScenesPlan, draw_scenes
from digitreader.model.load import load_model
from digitreader.reading import mark_weights as fitted
from digitreader.reading.mark_features import LEAST_COMPANY, LineItem, MeasuredLine, features_of, measure_line
from digitreader.reading.marks import DIGIT, NOTHING, items_in_lines
from digitreader.reading.pipeline import FrameReader
from digitreader.values import SIGNS, UNSURE, Box, Frame, Ink, boxes_of
from digitreader_export.finder.small_networks import Labels, Numbers, Plan, fit_networks, written_weights
from digitreader_train.finder.ink import lengthen_end
from digitreader_train.practice.pens import Variety, trim, vary
from digitreader_train.practice.printed import draw_printed, practised_typefaces

SIZE_WH = (640, 480)
PATTERNS, SHARES = (SLASHED, SIGNED, WORDED, PLAIN), (0.25, 0.35, 0.15, 0.25)
SLOPES = 0.15, 0.2
"""How far hands lean to the right, and how much they differ, in digit heights."""
LOOKED_AT = 30
"""Images of a digit, of which the one is used whose slope fits the hand best."""
SEVEN_SHARE = 0.05
ONE_SHARES = (0.15, 0.15, 0.6)
"""Share of 1s that is added to those that come by chance."""
MARK_PEN = replace(PENS["felt"], width=0.105)
"""A mark is drawn about as wide as MNIST's strokes."""
WIDEST_PX = 540


class Form(NamedTuple):
    """How a person writes a digit.

    Attributes:
        ink: (h, w) uint8.
        tall: its height, in heights of the person's usual digits.
        hangs: what is more than one height of it reaches below the line, not above.
    """

    ink: Ink
    tall: float = 1.0
    hangs: bool = False


Forms = tuple[Form, ...]
"""One for each digit."""


STEMS_SHARE, LONG_STEMS = 0.3, 0.5
"""This share of the people write this share of their digits with one long end, as the stem of a 9."""


def mnist_lines(digits: LabelledImages, count: int, *, seed: int) -> Iterator[Scene]:
    """Draw pictures of three lines, each in one of MNIST's hands; it depends on the seed and its own number alone."""
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        chosen = PATTERNS[int(rng.choice(len(PATTERNS), p=SHARES))]
        one, slope = float(rng.choice(ONE_SHARES)), float(np.clip(rng.normal(*SLOPES), -0.4, 0.8))
        stems = LONG_STEMS if rng.random() < STEMS_SHARE else 0.0
        forms, pen, height_px = forms_of(digits, slope, stems, rng), vary_pen(MARK_PEN, rng), float(rng.uniform(28, 64))
        hand = replace(straight_hand(rng), slant=slope)
        texts = [text_of(str(rng.choice(chosen)), rng, one, SEVEN_SHARE) for _ in range(LINES)]
        writings = [_fitting(text, forms, hand, pen, rng, height_px=height_px) for text in texts]
        image = empty_paper(str(rng.choice(("white", "cream", "gray"))), rng, size_wh=SIZE_WH, digit_px=height_px)
        pitch_px = height_px * float(rng.uniform(1.8, 2.3))
        yield photographed(page_of(writings, rng, image=image, pen=pen, pitch_px=pitch_px), rng, size_wh=SIZE_WH)


def forms_of(digits: LabelledImages, slope: float, stems: float, rng: np.random.Generator) -> Forms:
    """One form for each digit, of those that lean about as one person's would; this share of them has one long end."""
    return tuple(_form_of(digits, digit, slope, stems, rng) for digit in range(10))


def _form_of(digits: LabelledImages, digit: int, slope: float, stems: float, rng: np.random.Generator) -> Form:
    images = digits.images[rng.choice(np.flatnonzero(digits.labels == digit), LOOKED_AT)]
    slopes = [-moments["mu11"] / max(moments["mu02"], 1.0) for moments in map(cv2.moments, images)]
    ink = np.asarray(images[int(np.abs(np.subtract(slopes, slope)).argmin())], np.uint8)
    if digit == 1 or rng.random() >= stems:  # a 1 that is taller than the other digits is like a bracket
        return Form(ink)
    usual = trim(ink)
    long, hangs = lengthen_end(usual, rng)
    return Form(long, long.shape[0] / usual.shape[0], hangs)


def _fitting(text: str, forms: Forms, hand: Hand, pen: Pen, rng: np.random.Generator, *, height_px: float) -> Writing:
    """Write a line, smaller if it would not fit."""
    seed = int(rng.integers(2**63))
    writing = _write(text, forms, hand, pen, np.random.default_rng(seed), height_px=height_px)
    if writing.ink.shape[1] <= WIDEST_PX:
        return writing
    height_px *= 0.95 * WIDEST_PX / writing.ink.shape[1]
    return _write(text, forms, hand, pen, np.random.default_rng(seed), height_px=height_px)


def _write(text: str, forms: Forms, hand: Hand, pen: Pen, rng: np.random.Generator, *, height_px: float) -> Writing:
    tiles, x = list[Tile](), 0.0
    for character in text:
        if character == " ":
            x += WORD_GAP * height_px
            continue
        if character.isdigit():
            tiles.append(_digit(int(character), forms, rng, x=x, height_px=height_px))
        else:
            tiles.append(_mark(character, hand, pen, rng, x=x, height_px=height_px))
        x = tiles[-1].x + tiles[-1].ink.shape[1] + height_px * (hand.spacing - 0.05) * float(np.exp(rng.normal(0, 0.3)))
    return paste(tiles, digits_alone(text), height_px=height_px)


def _digit(digit: int, forms: Forms, rng: np.random.Generator, *, x: float, height_px: float) -> Tile:
    form = forms[digit]
    ink = trim(vary(form.ink, rng, Variety(slant=0.05)))
    scale = form.tall * height_px * float(np.exp(rng.normal(0.0, 0.07))) / ink.shape[0]
    size_wh = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    ink = np.asarray(cv2.resize(ink, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
    foot = height_px * ((form.tall if form.hangs else 1.0) + float(rng.normal(0.0, 0.03)))
    return Tile(digit, 0, ink, round(x), round(foot - ink.shape[0]))


def _mark(sign: str, hand: Hand, pen: Pen, rng: np.random.Generator, *, x: float, height_px: float) -> Tile:
    paths = mark_paths(sign, hand, rng)
    shift = x / height_px - min(float(path[:, 0].min()) for path in paths)
    moved = [np.add(path, (shift, 0.0)) for path in paths]
    ink, (left, top) = draw_ink(moved, pen, rng, height_px=height_px, pressure=hand.pressure)
    return Tile(None, 0, ink, int(left), int(top), sign)


SEED = 200
MNIST_PICTURES = 520
PICTURES = {"slashes": 100, "signs": 400, "words-and-digits": 60, "ones": 60}
OTHERS = {
    "dark-rules": 8, "pressure": 8, "form-row": 8, "table-rows": 8, "small-13": 6, "small-16": 6, "spacing-0": 12,
    "hairlines": 10, "open-strokes": 10, "coloured": 10, "sudoku": 4, "meter": 8,
}  # fmt: skip
SCENES, PRINTED = 25, 320
CLASSES = (DIGIT, NOTHING, *SIGNS, UNSURE)
ALIKE, WITHIN = 0.5, 0.6
"""A thing is a digit or a mark where they share this much of their union, and a part of it where this much of it lies
in the other's box."""
UNKNOWN = -1
FIT = Plan(hidden=24, decay=0.5, epochs=80)


class LabelledThings(NamedTuple):
    """(N, COUNT) features of things, and (N,) their classes."""

    features: Numbers
    classes: Labels


def judge_picture(reader: FrameReader, shown: Scene) -> list[LabelledThings]:
    """Read one picture, and say of everything in its lines what it is: as the neighbours read, and as they are."""
    threshold = reader.model.facts.acceptance.threshold
    kept, pieces = reader.read_things(Frame(shown.image, "drawn"))
    layout = lay_out(boxes_of([each.box for each in kept]))
    told: list[LabelledThings] = []
    for _, things in items_in_lines(kept, layout.lines, pieces, threshold=threshold):
        row = measure_line(tuple(thing for thing, _ in things), layout.tilt_rad)
        classes = classes_of(row.things, shown, threshold)
        accepted = np.array([each.evidence if each.evidence >= threshold else 0.0 for each in row.things])
        told.append(_in_company(row, classes, accepted))
        told.append(_in_company(row, classes, accepted * (classes == CLASSES.index(DIGIT))))
    return told


def _in_company(row: MeasuredLine, classes: Labels, sure: Numbers) -> LabelledThings:
    features, strength = features_of(row, sure)
    counted = (classes != UNKNOWN) & (strength >= LEAST_COMPANY)
    return LabelledThings(features[counted], classes[counted])


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


def drawn_pictures(place: DataPlace, share: float) -> list[tuple[str, int, Iterator[Scene]]]:
    """Each kind, how many pictures are drawn of it, and the pictures."""
    counts = {name: max(1, round(share * count)) for name, count in (PICTURES | OTHERS).items()}
    drawn = [(name, count, draw_kind(KINDS[name], count, seed=SEED)) for name, count in counts.items()]
    scenes, lines = max(1, round(share * SCENES)), max(1, round(share * MNIST_PICTURES))
    plans = [ScenesPlan(PRESETS[name], name, count=scenes, seed=SEED) for name in ("easy", "medium")]
    drawn += [(plan.name, scenes, draw_scenes(plan)) for plan in plans]
    printed = max(1, round(share * PRINTED))
    drawn.append(("printed", printed, printed_pictures(printed, seed=SEED)))
    return [*drawn, ("mnist", lines, mnist_lines(find_mnist(place).read("train"), lines, seed=SEED))]


def printed_pictures(count: int, *, seed: int) -> Iterator[Scene]:
    """Draw printed pages, displays and counters in the typefaces and makes that the models practise with."""
    typefaces = practised_typefaces()
    return (draw_printed(np.random.default_rng((seed, number)), typefaces) for number in range(count))


def main(arguments: Sequence[str]) -> None:
    """Weigh the features of marks.

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
        judged = LabelledThings(kept["features"], kept["classes"])
    else:
        data = asked.data or (Path(os.environ["DIGITREADER_DATA"]) if "DIGITREADER_DATA" in os.environ else None)
        judged = judge_drawn(DataPlace(data, Path.home() / ".cache" / "digitreader"), 0.02 if asked.few else 1.0)
        if asked.features:
            np.savez(asked.features, features=judged.features, classes=judged.classes)
    weights = fit_networks(judged.features, judged.classes, len(CLASSES), FIT)
    asked.out.write_text(written_weights(str(fitted.__doc__), weights, CLASSES))


def judge_drawn(place: DataPlace, share: float) -> LabelledThings:
    """Draw all pictures, or a share of them, and read them with a progress bar."""
    reader, drawn, judged = FrameReader(load_model("accurate")), drawn_pictures(place, share), list[LabelledThings]()
    with ProgressBar("finding and reading", sum(count for _, count, _ in drawn)) as bar:
        for _, _, pictures in drawn:
            for shown in pictures:
                judged += judge_picture(reader, shown)
                bar.advance()
    return together(judged)


def together(judged: Sequence[LabelledThings]) -> LabelledThings:
    """The things of many pictures as those of one."""
    features, classes = zip(*judged, strict=True)
    return LabelledThings(np.concatenate(features), np.concatenate(classes))


if __name__ == "__main__":
    main(sys.argv[1:])
