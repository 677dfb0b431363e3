from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from digitreader.errors import DataError
from digitreader.measure.data import DataPlace, LabelledImages, glyphs
from digitreader.measure.data import glyphs as polarity
from digitreader.model.glyph import normalise
from digitreader_train import digits as module
from digitreader_train.digits import cache_key, load_training_digits, normalise_cached, split_places


def test_5_000_of_60_000_validate_and_the_split_is_always_the_same() -> None:
    train, validation = split_places(60_000)
    assert (len(train), len(validation)) == (55_000, 5_000)
    assert not set(train) & set(validation)
    np.testing.assert_array_equal(split_places(60_000)[1], validation)


def test_of_few_images_a_sixth_validates() -> None:
    assert [len(part) for part in split_places(60)] == [50, 10]


def test_too_few_images_are_refused() -> None:
    with pytest.raises(DataError, match="12 images with ink are too few"):
        split_places(12)


def test_a_limit_takes_fewer_of_the_same_split(drawn_place: DataPlace) -> None:
    everything = load_training_digits(drawn_place)
    some = load_training_digits(drawn_place, limit=120)
    np.testing.assert_array_equal(some.train.labels, everything.train.labels[:120])
    np.testing.assert_array_equal(some.validation.labels, everything.validation.labels[-20:])


@pytest.fixture
def images() -> LabelledImages:
    drawn = np.zeros((2, 30, 20), np.uint8)
    drawn[:, 5:25, 8:12] = 255
    return LabelledImages(drawn, np.array([1, 1], np.uint8), "bars")


def test_glyphs_are_taken_from_the_cache_the_second_time(
    images: LabelledImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = normalise_cached(images, tmp_path)
    monkeypatch.setattr(module, "normalise_images", lambda *_, **__: pytest.fail("normalised again"))
    np.testing.assert_array_equal(normalise_cached(images, tmp_path), first)


@pytest.mark.parametrize("content", [b"", b"nothing of numpy's", b"\x93NUMPY\x01\x00"])
def test_a_damaged_cache_is_made_anew(images: LabelledImages, tmp_path: Path, content: bytes) -> None:
    first = normalise_cached(images, tmp_path)
    [cached] = tmp_path.rglob("*.npz")
    cached.write_bytes(content)
    np.testing.assert_array_equal(normalise_cached(images, tmp_path), first)
    assert cached.stat().st_size > len(content)


def test_other_images_have_another_place_in_the_cache(images: LabelledImages, tmp_path: Path) -> None:
    normalise_cached(images, tmp_path)
    normalise_cached(LabelledImages(images.images[:, ::-1].copy() // 2, images.labels, "others"), tmp_path)
    assert len(list(tmp_path.rglob("*.npz"))) == 2


def test_a_cache_that_cannot_be_written_costs_only_time(images: LabelledImages, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert normalise_cached(images, tmp_path / "file").shape == (2, 28, 28)


@pytest.mark.parametrize("step", [glyphs, normalise, polarity])
def test_another_way_to_make_glyphs_is_another_place_in_the_cache(
    images: LabelledImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: ModuleType
) -> None:
    before = cache_key(images.images)
    copied = Path(shutil.copy(str(step.__file__), tmp_path))
    monkeypatch.setattr(step, "__file__", str(copied))
    assert cache_key(images.images) == before
    with copied.open("a") as file:
        file.write("# changed\n")
    assert cache_key(images.images) != before
