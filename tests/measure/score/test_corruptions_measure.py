"""Reading spoiled digits: every corruption is counted on the same images, as `evaluate` counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from digitreader.measure.data import LabelledImages, read_labelled_images
from digitreader.measure.evaluation import evaluate
from digitreader.measure.score.corruption_kinds import CORRUPTIONS
from digitreader.measure.score.corruptions import CLEAN, corruptions_sections, corruptions_text, score_corruptions
from digitreader.model.load import Model, load_model
from digitreader.values import GrayImage

Draw = Callable[[int], GrayImage]


@pytest.fixture(scope="module")
def mnist(mnist_dir: Path) -> LabelledImages:
    """The first forty test images of MNIST."""
    suffix = next(path.name.removeprefix("t10k-images-idx3-ubyte") for path in mnist_dir.glob("t10k-images*"))
    pair = (mnist_dir / f"{stem}-ubyte{suffix}" for stem in ("t10k-images-idx3", "t10k-labels-idx1"))
    whole = read_labelled_images(*pair, name="MNIST test images")
    return LabelledImages(whole.images[:40], whole.labels[:40], whole.name)


@pytest.fixture
def drawn(digit_image: Draw) -> LabelledImages:
    images = np.stack([digit_image(digit) for digit in (7, 7, 3)])
    return LabelledImages(images, np.array([7, 7, 3], np.uint8), "drawn")


def test_clean_digits_are_read_as_evaluate_reads_them(mnist: LabelledImages) -> None:
    model = load_model("tiny")
    score, _ = score_corruptions(model, mnist)
    assert score.clean.accuracy == evaluate(model, mnist).accuracy
    assert score.n == 40


def test_spoiled_digits_are_read_worse_than_clean_ones(mnist: LabelledImages) -> None:
    score, _ = score_corruptions(load_model("tiny"), mnist)
    assert score.mean < score.clean.accuracy


def test_every_corruption_is_counted_once_and_the_mean_leaves_the_clean_out(
    drawn: LabelledImages, lit_model: Callable[..., Model]
) -> None:
    # clean: all right; the first corruption: one of three right; the others: none
    answers = [(7, 0.9), (7, 0.9), (3, 0.9), (7, 0.9), (1, 0.9), (8, 0.2)] + 14 * 3 * [(0, 0.9)]
    score, _ = score_corruptions(lit_model(*answers), drawn)
    assert (score.clean.name, score.clean.accuracy) == (CLEAN, 1.0)
    assert [each.name for each in score.corruptions] == list(CORRUPTIONS)
    first = score.corruptions[0]
    assert [first.accuracy, first.accepted] == pytest.approx([1 / 3, 2 / 3])
    assert first.accuracy_accepted == 0.5
    assert score.mean == pytest.approx(1 / 3 / 15)


def test_an_image_without_ink_is_misread(lit_model: Callable[..., Model]) -> None:
    blank = LabelledImages(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8), "blank")
    score, samples = score_corruptions(lit_model(*(16 * [(0, 0.9)])), blank)
    assert (score.clean.accuracy, score.clean.accepted) == (0.0, 0.0)
    assert samples[CLEAN][0].read is None


def test_there_is_a_sample_of_each_digit_and_what_was_read_of_it(
    drawn: LabelledImages, lit_model: Callable[..., Model]
) -> None:
    _, samples = score_corruptions(lit_model(*(48 * [(7, 0.9)])), drawn)
    assert list(samples) == [CLEAN, *CORRUPTIONS]
    for kept in samples.values():
        assert [(sample.label, sample.read) for sample in kept] == [(3, 7), (7, 7)]
    assert np.array_equal(samples[CLEAN][1].image, drawn.images[0])
    assert not np.array_equal(samples["stripe"][1].image, drawn.images[0])


def test_another_seed_spoils_otherwise(drawn: LabelledImages, lit_model: Callable[..., Model]) -> None:
    answers = 48 * [(7, 0.9)]
    sheets = [score_corruptions(lit_model(*answers), drawn, seed=seed)[1] for seed in (0, 0, 1)]
    noisy = [kept["shot_noise"][0].image.tobytes() for kept in sheets]
    assert noisy[0] == noisy[1] != noisy[2]


def test_the_figures_stand_in_the_lines_and_on_the_page(drawn: LabelledImages, lit_model: Callable[..., Model]) -> None:
    score, samples = score_corruptions(lit_model(*(48 * [(7, 0.9)])), drawn)
    text = corruptions_text(score, "a model")
    page = "".join(corruptions_sections(score, samples))
    for name in (CLEAN, *CORRUPTIONS):
        assert f"  {name} " in text
        assert f"<td>{name}</td>" in page
    assert "66.67%" in text
    assert page.count("data:image/png") == 16
