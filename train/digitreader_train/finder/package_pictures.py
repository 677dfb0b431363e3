"""Pictures without digits that come with Python packages."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from digitreader.values import ColourImage

PICTURES = {
    "skimage": (
        "astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "coffee.png", "coins.png", "grass.png",
        "gravel.png", "horse.png", "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png", "retina.jpg",
    ),
    "sklearn": ("china.jpg", "flower.jpg"),
    "matplotlib": ("grace_hopper.jpg",),
}  # fmt: skip
"""Names of the pictures by package; none shows a digit."""
FOLDERS = {"skimage": "data", "sklearn": "datasets/images", "matplotlib": "mpl-data/sample_data"}


@cache
def package_pictures() -> tuple[ColourImage, ...]:
    """The pictures of the packages that are installed: (H, W, 3) uint8 each; not to be written to."""
    files = [folder / name for package, names in PICTURES.items() for folder in _folders(package) for name in names]
    pictures = [cv2.imread(str(file), cv2.IMREAD_COLOR) for file in files if file.is_file()]
    return tuple(np.asarray(picture, np.uint8) for picture in pictures if picture is not None)


def _folders(package: str) -> list[Path]:
    """The folder of a package's pictures; empty where the package is not installed."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return []
    return [Path(spec.submodule_search_locations[0]) / FOLDERS[package]]
