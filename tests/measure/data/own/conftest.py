"""Drawn digits, and writers of the forms in which people keep theirs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.drawing import write_glyph

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8]
Write = Callable[..., Path]


@pytest.fixture(scope="session")
def digits() -> tuple[Images, Labels]:
    """Sixty digits of 28x28, white on black, six of each, in a shuffled order."""
    rng = np.random.default_rng(3)
    labels = rng.permutation(np.arange(60, dtype=np.uint8) % 10)
    images = np.zeros((60, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        ink = write_glyph(int(label), rng, height_px=18)[:28, :28]
        top, left = (28 - ink.shape[0]) // 2, (28 - ink.shape[1]) // 2
        image[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return images, labels


@pytest.fixture
def write_folders() -> Write:
    """Writes class folders of PNG files, called by their places."""

    def write(folder: Path, images: Images, labels: Labels, suffix: str = ".png") -> Path:
        for place, (image, label) in enumerate(zip(images, labels, strict=True)):
            path = folder / ("none" if label == 10 else str(label)) / f"{place}{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            assert cv2.imwrite(str(path), image)
        return folder

    return write


@pytest.fixture
def write_csv() -> Write:
    """Writes a CSV as Kaggle has it: the label, then the pixels."""

    def write(path: Path, images: Images, labels: Labels, *, header: bool = True) -> Path:
        rows = np.column_stack([labels, images.reshape(len(images), -1)])
        names = ",".join(["label", *(f"pixel{place}" for place in range(images[0].size))])
        np.savetxt(path, rows, "%d", ",", header=names if header else "", comments="")
        return path

    return write
