"""The NumPy engine beside LiteRT on all 10,000 test images of MNIST."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.measure.data import DataPlace, find_mnist
from digitreader.measure.data.glyphs import normalise_images
from digitreader.model.engine.numpy_engine import NumpyEngine
from digitreader.model.locate import shipped_models
from digitreader.values import Glyphs

READERS = sorted(shipped_models().keys() - {"finder"})

Ask = Callable[[bytes, Glyphs, str], npt.NDArray[Any]]


@pytest.fixture(scope="module")
def test_glyphs(mnist_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Glyphs:
    """MNIST's test images as the network sees them."""
    digits = find_mnist(DataPlace(mnist_dir, tmp_path_factory.mktemp("cache"))).read("test")
    return normalise_images(digits.images, label="test")[0]


@pytest.mark.parametrize("name", READERS)
def test_every_answer_of_a_shipped_model_is_litert_s(test_glyphs: Glyphs, litert_answers: Ask, name: str) -> None:
    content = shipped_models()[name].read_bytes()
    mine = NumpyEngine(content, name).integers(test_glyphs)
    assert len(mine) == 10_000
    np.testing.assert_array_equal(mine, litert_answers(content, test_glyphs, "AUTO"))


@pytest.mark.parametrize("name", READERS)
def test_by_reference_every_answer_is_the_reference_kernels(
    test_glyphs: Glyphs, litert_answers: Ask, name: str
) -> None:
    content = shipped_models()[name].read_bytes()
    mine = NumpyEngine(content, name, rounding="reference").integers(test_glyphs)
    np.testing.assert_array_equal(mine, litert_answers(content, test_glyphs, "BUILTIN_REF"))
