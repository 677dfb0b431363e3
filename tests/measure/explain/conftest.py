"""Pictures of written digits, and one of them explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.drawing import scene
from digitreader.measure.explain.explanation import Explanation, explain_digit
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import ColourImage, Frame

WRITTEN = "47"

Explain = Callable[..., Explanation]


@pytest.fixture(scope="session")
def image() -> ColourImage:
    """Two digits on paper."""
    return scene(WRITTEN, size_wh=(480, 320), rng=np.random.default_rng(4)).image


@pytest.fixture
def picture(image: ColourImage, tmp_path: Path) -> Path:
    """The same as a file."""
    path = tmp_path / "written.png"
    cv2.imwrite(str(path), image)
    return path


@pytest.fixture(scope="session")
def explain(image: ColourImage) -> Explain:
    """Explains one digit of the picture with a shipped model."""

    def explained(model: str = "tiny", *, number: int | None = None, against: int | None = None) -> Explanation:
        return explain_digit(
            FrameReader(load_model(model)), Frame(image, "image"), model=model, number=number, against=against
        )

    return explained
