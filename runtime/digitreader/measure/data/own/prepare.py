"""Prepares the pictures of a set: white ink on black, no gray paper, not too large, one square size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from digitreader.errors import DataError
from digitreader.measure.data.glyphs import is_black_on_white
from digitreader.measure.data.own.digit_set import Images, Part, RawPart
from digitreader.measure.data.own.pixels import to_8_bits

LARGEST_SIDE_PX = 128
"""Larger pictures are made smaller: a glyph has 28 pixels, and many large ones would fill the memory."""
MOST_BYTES = 2 << 30
THUMB_PX = 28
PAPER_SHARE = 0.6
"""Pixels stronger than this share of the strongest ink are not paper, but ink that reaches the edge."""
GRAYNESS = 3 * 1.4826
"""How much darker than the paper's median its texture may be, in median deviations."""


Pictures = list[Images] | Images


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The prepared parts, and what was done to them; the fields are those of `DigitSet`."""

    parts: Mapping[str, Part]
    sizes: Mapping[tuple[int, int], int]
    black_on_white: bool
    gray_paper: bool


def prepare(raw: Mapping[str, RawPart], source: str) -> Prepared:
    """Prepare the pictures of all parts in one way; prepared pictures are not changed by doing it again.

    Raises:
        DataError: the pixels have no known range, or are too many for the memory.
    """
    sizes: Counter[tuple[int, int]] = Counter()
    for part in raw.values():
        sizes += _sizes_of(part.images)
    _check_bytes(sizes, source)
    if all(isinstance(part.images, np.ndarray) for part in raw.values()):
        numbers = to_8_bits([np.asarray(part.images) for part in raw.values()], source)
        shrunk: list[Pictures] = [_shrunk(images) for images in numbers]
    else:
        shrunk = [[shrink(image) for image in part.images] for part in raw.values()]
    thumbs = np.concatenate([_thumbs(images) for images in shrunk])
    turned = is_black_on_white(thumbs)
    if turned:
        peak = max(int(image.max()) for images in shrunk for image in images)
        shrunk = [_turned(images, peak) for images in shrunk]
    gray = _has_gray_paper(shrunk)
    if gray:
        shrunk = [[without_paper(image) for image in images] for images in shrunk]
    side = max(max(image.shape) for images in shrunk for image in images)
    parts = {
        name: Part(_stacked(images, side), part.labels)
        for (name, part), images in zip(raw.items(), shrunk, strict=True)
    }
    return Prepared(parts, dict(sizes.most_common()), turned, gray)


def shrink(image: Images) -> Images:
    """The picture, made smaller if a side is too long; the aspect ratio is kept."""
    scale = LARGEST_SIDE_PX / max(image.shape)
    if scale >= 1:
        return image
    size_wh = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def without_paper(image: Images) -> Images:
    """Remove the gray of the paper, which is found at the picture's edge, and stretch the remaining levels.

    Args:
        image: (H, W) uint8, white ink on darker paper.
    """
    level, peak = paper_level(image), int(image.max())
    if level <= 0 or level > PAPER_SHARE * peak:
        return image
    kept = (image.astype(np.float32) - np.float32(level)) * np.float32(255 / (peak - level))
    return np.asarray(np.clip(np.rint(kept), 0, 255), np.uint8)


def paper_level(image: Images) -> float:
    """The level up to which a picture's edge is paper."""
    edge = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]]).astype(np.float32)
    middle = float(np.median(edge))
    return middle + GRAYNESS * float(np.median(np.abs(edge - middle)))


def _sizes_of(images: Pictures) -> Counter[tuple[int, int]]:
    if isinstance(images, np.ndarray):
        return Counter({(images.shape[2], images.shape[1]): len(images)})
    return Counter((image.shape[1], image.shape[0]) for image in images)


def _check_bytes(sizes: Mapping[tuple[int, int], int], source: str) -> None:
    width, height = (min(LARGEST_SIDE_PX, max(size[axis] for size in sizes)) for axis in (0, 1))
    count = sum(sizes.values())
    if count * width * height > MOST_BYTES:
        raise DataError(
            f"{source}: has {count:,} pictures of up to {width}x{height} pixels, more than fit the memory; "
            "give smaller or fewer ones"
        )


def _shrunk(images: Images) -> Pictures:
    if max(images.shape[1:]) <= LARGEST_SIDE_PX:
        return images
    return np.stack([shrink(image) for image in images])


def _thumbs(images: Pictures) -> Images:
    """All pictures in one small size, to find their polarity."""
    if isinstance(images, np.ndarray) and images.shape[1:] == (THUMB_PX, THUMB_PX):
        return images
    size_wh = (THUMB_PX, THUMB_PX)
    return np.stack([np.asarray(cv2.resize(each, size_wh, interpolation=cv2.INTER_AREA), np.uint8) for each in images])


def _turned(images: Pictures, peak: int) -> Pictures:
    if isinstance(images, np.ndarray):
        return np.asarray(peak - images, np.uint8)
    return [np.asarray(peak - image, np.uint8) for image in images]


def _has_gray_paper(parts: Sequence[Pictures]) -> bool:
    medians = []
    for images in parts:
        if isinstance(images, np.ndarray):
            edges = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
            medians.append(np.median(np.concatenate(edges, axis=1), axis=1))
        else:
            medians.append(np.array([_edge_median(image) for image in images]))
    peak = max(int(image.max()) for images in parts for image in images)
    return 0 < float(np.median(np.concatenate(medians))) <= PAPER_SHARE * peak


def _edge_median(image: Images) -> float:
    return float(np.median(np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])))


def _stacked(images: Pictures, side: int) -> Images:
    """All pictures in one size, each in the middle of a black square."""
    if isinstance(images, np.ndarray) and images.shape[1:] == (side, side):
        return images
    stacked = np.zeros((len(images), side, side), np.uint8)
    for place, image in enumerate(images):
        top, left = (side - image.shape[0]) // 2, (side - image.shape[1]) // 2
        stacked[place, top : top + image.shape[0], left : left + image.shape[1]] = image
    return stacked
