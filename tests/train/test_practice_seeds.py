"""Practice glyphs depend on their seed and nothing else, and hold every kind of negative."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.demo import write_glyph
from digitreader.normalise import normalise_glyphs
from digitreader.values import Ink
from digitreader_train.practice import NO_DIGIT, Practice, make_practice
from digitreader_train.practice import practice as module
from digitreader_train.practice.negatives import KINDS, Kind, draw_negative
from digitreader_train.practice.practice import negative_chunk, vary_chunk

Images = npt.NDArray[np.uint8]

LABELS = np.arange(30, dtype=np.uint8) % 10


@pytest.fixture(scope="module")
def images() -> Images:
    """Thirty digits of the demo's hands, in frames of 28x28."""
    rng = np.random.default_rng(5)
    frames = np.zeros((len(LABELS), 28, 28), np.uint8)
    for frame, digit in zip(frames, LABELS, strict=True):
        ink = write_glyph(int(digit), rng, height_px=18)[:28, :28]
        frame[: ink.shape[0], : ink.shape[1]] = ink
    return frames


def practise(images: Images, cache: Path, *, seed: int = 31, variants: int = 2, negatives: float = 1.0) -> Practice:
    glyphs = normalise_glyphs(list(images))
    return make_practice(images, glyphs, LABELS, variants=variants, negatives=negatives, cache=cache, seed=seed)


def test_the_same_seed_gives_the_same_glyphs(images: Images, tmp_path: Path) -> None:
    one, other = (practise(images, tmp_path / name) for name in ("one", "other"))
    np.testing.assert_array_equal(one.glyphs, other.glyphs)


def test_another_seed_gives_other_variants_and_negatives_of_the_same_digits(images: Images, tmp_path: Path) -> None:
    one, other = (practise(images, tmp_path, seed=seed) for seed in (1, 2))
    np.testing.assert_array_equal(one.glyphs[:30], other.glyphs[:30])
    assert all((one.glyphs[at] != other.glyphs[at]).any() for at in range(30, 120))


def test_each_variant_of_a_digit_is_another(images: Images, tmp_path: Path) -> None:
    glyphs = practise(images, tmp_path).glyphs
    assert all((glyphs[at] != glyphs[at + 30]).any() for at in range(60))


def test_labels_are_those_of_the_digits_and_of_none(images: Images, tmp_path: Path) -> None:
    practice = practise(images, tmp_path, negatives=0.5)
    assert practice.labels.dtype == np.uint8
    assert practice.labels.tolist() == [*LABELS.tolist() * 3, *[NO_DIGIT] * 15]


def test_many_processes_give_what_one_gives(images: Images, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "CHUNK", 10)  # three chunks a kind, which are drawn in processes of their own
        by_many = practise(images, tmp_path, seed=31, variants=1)
    starts = range(0, 30, 10)
    np.testing.assert_array_equal(
        by_many.glyphs[30:60], np.concatenate([vary_chunk(images, [31, 0], start, 10) for start in starts])
    )
    np.testing.assert_array_equal(
        by_many.glyphs[60:], np.concatenate([negative_chunk(images, [31, 2**32 - 1], start, 10) for start in starts])
    )


def test_chunks_of_one_seed_differ(images: Images) -> None:
    first, second = (negative_chunk(images, [3, 0], start, 5) for start in (0, 1000))
    assert (first != second).any()
    assert len(vary_chunk(images, [3, 0], 20, 100)) == 10  # the last chunk ends with the images


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


def test_negatives_are_not_the_digits_that_they_are_made_of(images: Images) -> None:
    digits = normalise_glyphs(list(images)).astype(int)
    negatives = negative_chunk(images, [3, 0], 0, 60)
    assert all(np.abs(digits - negative).mean(axis=(1, 2)).min() > 2 for negative in negatives)
