"""Fixtures of the tests of `Reader`: a picture, and a model that reads it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

import digitreader
from digitreader.drawing import scene
from digitreader.values import ColourImage


@pytest.fixture(scope="session")
def paper() -> ColourImage:
    """A sheet with 27 and 380, all of it gray, so that every form of it is the same picture."""
    image = scene("27\n380", rng=np.random.default_rng(1)).image
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8)


@pytest.fixture(scope="session")
def png(paper: ColourImage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sheet as a file."""
    path = tmp_path_factory.mktemp("papers") / "paper.png"
    cv2.imwrite(str(path), paper)
    return path


@pytest.fixture(scope="session")
def reader() -> digitreader.Reader:
    """A reader with a small model."""
    return digitreader.Reader("tiny")
