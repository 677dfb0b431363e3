"""Recognises MNIST in any form; in another order only if MNIST's own files are here for a comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from digitreader.measure.data.idx import LabelledImages, sha256_of
from digitreader.measure.data.mnist import MNIST_SHA256
from digitreader.measure.data.own.convert import idx_bytes
from digitreader.measure.data.own.digit_set import DigitSet, Images, Labels, Part, digests_of

COUNTS = {"train": 60_000, "test": 10_000}
STEMS = {"train": "train", "test": "t10k"}


def mnist_halves(digits: DigitSet) -> Mapping[str, LabelledImages]:
    """MNIST's halves, if the set is one or both of them; empty for other digits."""
    return _halves(digits, _in_order)


def shuffled_mnist_halves(digits: DigitSet, read: Callable[[str], LabelledImages]) -> Mapping[str, LabelledImages]:
    """MNIST's halves in their own order, if the set is one or both of them in another order; else empty.

    Args:
        digits: the set.
        read: gives a half of MNIST's own files.
    """

    def in_any_order(part: Part, half: str) -> LabelledImages | None:
        own = read(half)
        same = _fingerprint(own.images, own.labels) == _fingerprint(part.images, part.labels)
        return own if same else None

    return _halves(digits, in_any_order)


def half_sha256(half: str) -> dict[str, str]:
    """The hashes of the two files of one half."""
    return {name: sha256 for name, sha256 in MNIST_SHA256.items() if name.startswith(STEMS[half])}


def _halves(digits: DigitSet, compare: Callable[[Part, str], LabelledImages | None]) -> Mapping[str, LabelledImages]:
    halves: dict[str, LabelledImages] = {}
    for part in digits.parts.values():
        half = next((name for name, count in COUNTS.items() if len(part) == count), None)
        found = None if half is None or half in halves else compare(part, half)
        if half is None or found is None:
            return {}
        halves[half] = found
    return halves


def _in_order(part: Part, half: str) -> LabelledImages | None:
    stem = STEMS[half]
    images, labels = (MNIST_SHA256[f"{stem}-{kind}"] for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"))
    same = sha256_of(idx_bytes(part.labels)) == labels and sha256_of(idx_bytes(part.images)) == images
    return LabelledImages(part.images, part.labels, f"MNIST {half} images") if same else None


def _fingerprint(images: Images, labels: Labels) -> list[tuple[bytes, int]]:
    return sorted(zip(digests_of(images), labels.tolist(), strict=True))
