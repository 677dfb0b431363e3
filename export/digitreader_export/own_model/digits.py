"""The labelled digits with which a model of a user's own is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.errors import DataError
from digitreader.measure.data import DataPlace, LabelledImages
from digitreader.measure.data.choice import OwnDigits, open_digits, take_part
from digitreader.measure.data.glyphs import is_black_on_white, normalise_images, with_white_ink
from digitreader.model.own.centring import CENTRINGS
from digitreader.values import GLYPH_SIDE, Glyphs
from digitreader_export.own_model.search import MANY

SEED = 61
MORE = 12_000
"""Digits on which a model is trained on."""
LEAST_DIGITS = 100
"""With fewer digits chance would choose."""

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class CardDigits:
    """Digits for choosing the card's settings, and test digits.

    Attributes:
        name: what to call them.
        sha256: of their files, by name.
        choosing: (N, 28, 28) uint8 by each centring, white ink on black.
        labels: (N,) of these.
        more: training images that chose nothing; what is trained on learns from them.
        test: images that chose nothing.
        any_digits: files with MNIST's names may hold other digits.
        centred: these by the centrings that were asked for.
    """

    name: str
    sha256: Mapping[str, str]
    choosing: Mapping[str, Glyphs]
    labels: Labels
    more: LabelledImages
    test: LabelledImages
    any_digits: bool = False
    centred: dict[str, Glyphs] = field(default_factory=dict)

    def test_glyphs(self, centring: str) -> Glyphs:
        """The test images, centred: (M, 28, 28) uint8."""
        if centring not in self.centred:
            images, label = self.test.images, f"centring {self.test.name}"
            self.centred[centring] = normalise_images(images, label=label, normalise=CENTRINGS[centring])[0]
        return self.centred[centring]

    def more_glyphs(self, centring: str) -> Glyphs:
        """The further training images, centred: (M, 28, 28) uint8."""
        key = f"more {centring}"
        if key not in self.centred:
            images = self.more.images
            self.centred[key] = normalise_images(images, label="centring", normalise=CENTRINGS[centring])[0]
        return self.centred[key]

    def test_as_given(self) -> Glyphs:
        """The test images as they are, white on black, scaled to 28x28 where they have another size."""
        images = self.test.images
        images = np.asarray(images.max() - images, np.uint8) if is_black_on_white(images) else images
        if images.shape[1:] == (GLYPH_SIDE, GLYPH_SIDE):
            return images
        size = (GLYPH_SIDE, GLYPH_SIDE)
        return np.stack([np.asarray(cv2.resize(each, size, interpolation=cv2.INTER_AREA), np.uint8) for each in images])


def load_own_digits(place: DataPlace) -> CardDigits:
    """Load what a model is looked at with: training images choose, test images judge.

    Raises:
        DataError: there is no usable data, or too little.
    """
    opened = open_digits(place)
    (train, _), (test, _) = (take_part(opened, part, {}) for part in ("train", "test"))
    order = np.random.default_rng(SEED).permutation(len(train))
    chosen, others = order[:MANY], order[MANY : MANY + MORE]
    # of a set that is not larger, the same ones teach and choose
    others = others if len(others) >= len(chosen) else chosen
    digits = LabelledImages(train.images[chosen], train.labels[chosen], train.name)
    digits = without_blank(digits)
    if len(digits) < LEAST_DIGITS or len(np.unique(digits.labels)) < 10:
        raise DataError(
            f"{place.folder or place.cache}: {len(digits)} digits of {len(np.unique(digits.labels))} kinds are too few "
            f"to find out what a model is shown; give at least {LEAST_DIGITS}, of all ten kinds"
        )
    more = without_blank(LabelledImages(train.images[others], train.labels[others], train.name))
    choosing = {
        name: normalise_images(digits.images, label=f"centring by {name}", normalise=centre)[0]
        for name, centre in CENTRINGS.items()
    }
    name = opened.digits.name if isinstance(opened, OwnDigits) else "MNIST" if opened.is_mnist else "own digits"
    return CardDigits(name, opened.sha256, choosing, digits.labels, more, test, place.any_digits)


def without_blank(digits: LabelledImages) -> LabelledImages:
    """The images that have ink by every centring."""
    images = digits.images
    turned = is_black_on_white(images)
    inked = np.array([_has_ink(image.max() - image if turned else image) for image in images], np.bool_)
    return LabelledImages(images[inked], digits.labels[inked], digits.name)


def _has_ink(image: npt.NDArray[np.uint8]) -> bool:
    if image.min() == image.max():
        return False
    from digitreader.errors import BlankGlyphError

    try:
        for centre in CENTRINGS.values():
            centre(with_white_ink(image))
    except BlankGlyphError:
        return False
    return True
