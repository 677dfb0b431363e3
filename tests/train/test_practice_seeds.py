"""Practice depends on its seed and nothing else, and holds every kind of negative as often as said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.drawing import write_glyph
from digitreader.values import Ink
from digitreader_train.practice.camera import photograph_digits
from digitreader_train.practice.hands import write_digits
from digitreader_train.practice.letters import write_letters
from digitreader_train.practice.negatives import KINDS, Kind, draw_negative, draw_negatives
from digitreader_train.practice.pens import vary_digits, vary_wildly
from digitreader_train.practice.scenes import cut_from_scenes
from digitreader_train.practice.task import NO_DIGIT, Draw, Task

Images = npt.NDArray[np.uint8]

LABELS = np.arange(30, dtype=np.uint8) % 10
DRAWS: tuple[Draw, ...] = (
    vary_digits,
    vary_wildly,
    write_digits,
    photograph_digits,
    draw_negatives,
    write_letters,
    cut_from_scenes,
)


@pytest.fixture(scope="module")
def images() -> Images:
    """Thirty digits of the demo's hands, in frames of 28x28."""
    rng = np.random.default_rng(5)
    frames = np.zeros((len(LABELS), 28, 28), np.uint8)
    for frame, digit in zip(frames, LABELS, strict=True):
        ink = write_glyph(int(digit), rng, height_px=18)[:28, :28]
        frame[: ink.shape[0], : ink.shape[1]] = ink
    return frames


@pytest.mark.parametrize("draw", DRAWS)
def test_the_same_seed_gives_the_same_practice(images: Images, draw: Draw) -> None:
    one, other = (draw(Task(images, LABELS, (4, 1))) for _ in range(2))
    np.testing.assert_array_equal(one.glyphs, other.glyphs)
    np.testing.assert_array_equal(one.labels, other.labels)


@pytest.mark.parametrize("draw", DRAWS)
def test_another_seed_gives_other_practice(images: Images, draw: Draw) -> None:
    one, other = (draw(Task(images, LABELS, (4, seed))) for seed in (1, 2))
    count = min(len(one), len(other))
    assert (one.glyphs[:count] != other.glyphs[:count]).any(axis=(1, 2)).all()


@pytest.mark.parametrize("draw", [vary_digits, vary_wildly])
def test_variants_keep_the_labels(images: Images, draw: Draw) -> None:
    np.testing.assert_array_equal(draw(Task(images, LABELS, (4, 1))).labels, LABELS)


@pytest.mark.parametrize("draw", [draw_negatives, write_letters])
def test_negatives_are_labelled_as_none(images: Images, draw: Draw) -> None:
    practice = draw(Task(images, LABELS, (4, 1)))
    assert len(practice) == len(LABELS)
    assert (practice.labels == NO_DIGIT).all()


def test_other_hands_write_every_digit(images: Images) -> None:
    practice = write_digits(Task(np.repeat(images, 4, axis=0), np.repeat(LABELS, 4), (4, 1)))
    assert set(practice.labels.tolist()) == set(range(10))


def test_all_kinds_of_negatives_are_drawn_about_as_often_as_said(
    images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def recording(name: str, kind: Kind) -> Kind:
        def draw(rng: np.random.Generator, digits: Sequence[Ink]) -> Ink:
            drawn.append(name)
            return kind.draw(rng, digits)

        return Kind(draw, kind.share)

    for name, kind in list(KINDS.items()):
        monkeypatch.setitem(KINDS, name, recording(name, kind))
    rng = np.random.default_rng(0)
    for _ in range(600):
        draw_negative(rng, list(images))
    for name, kind in KINDS.items():
        # five deviations of a count in 600, and the kinds that are too small at times are drawn once more
        assert drawn.count(name) / len(drawn) == pytest.approx(kind.share, abs=5 * (kind.share / 600) ** 0.5)
