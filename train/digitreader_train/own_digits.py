"""A training on a set of the user's own: its parts as glyphs, and its pictures framed as practice wants them."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.errors import BlankGlyphError, DataError
from digitreader.host.messages import print_info
from digitreader.measure.data.choice import OwnDigits
from digitreader.measure.data.own.digit_set import Images
from digitreader.model.glyph.normalise import crop_to_ink
from digitreader.values import Ink

FRAME_PX, INK_PX = 28, 20
"""As MNIST's digits are: the pens and cameras of the practice expect these sizes."""
LEAST_IMAGES = 20


def check_own(opened: OwnDigits) -> None:
    """Make sure that a set is enough to train on, and say which digits it lacks.

    Raises:
        DataError: it has too few digits to learn from, or none to choose the epoch by.
    """
    train, val = (opened.parts[part].digits("") for part in ("train", "val"))
    if len(train) < LEAST_IMAGES:
        raise DataError(
            f"{opened.source}: has {len(train)} digits to train on, need at least {LEAST_IMAGES}; give more pictures"
        )
    if not len(val):
        raise DataError(f"{opened.source}: has no digit to choose the best epoch by; give more pictures")
    missing = sorted(set(range(10)) - set(train.labels.tolist()))
    if missing:
        print_info(f"{opened.source}: has no picture of {', '.join(map(str, missing))} to learn from")


def framed(images: Images) -> Images:
    """Each picture's ink in the middle of a square, as large as MNIST's digits are in theirs.

    Args:
        images: (N, S, S) uint8, white ink on black.

    Returns:
        (N, 28, 28) uint8; black where a picture has no ink.
    """
    frames = np.zeros((len(images), FRAME_PX, FRAME_PX), np.uint8)
    for frame, image in zip(frames, images, strict=True):
        try:
            ink = _scaled(crop_to_ink(image))
        except BlankGlyphError:
            continue
        top, left = (FRAME_PX - ink.shape[0]) // 2, (FRAME_PX - ink.shape[1]) // 2
        frame[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return frames


def describe_own(opened: OwnDigits, *, learned: int, rehearsed: int = 0) -> str:
    """What a run was really trained on, in one sentence for its record, its card and its page."""
    counts = {name: len(part) - len(part.others()) for name, part in opened.parts.items()}
    others = sum(len(part.others()) for part in opened.parts.values())
    none = f" and {others:,} pictures that show none" if others else ""
    split = "in the parts that it came in" if opened.digits.is_split else "split by class"
    rehearsal = f"; {rehearsed:,} training digits of MNIST were rehearsed beside them" if rehearsed else ""
    parts = f"{learned:,} learned from, {counts['val']:,} to choose the epoch, {counts['test']:,} to test"
    named = f"{opened.digits.name} ({opened.digits.form})"
    return f"{sum(counts.values()):,} digits{none} of {named}, {split}: {parts}{rehearsal}"


def _scaled(ink: Ink) -> Ink:
    scale = INK_PX / max(ink.shape)
    size_wh = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    # as `normalise.scale_to_side`: plain INTER_LINEAR gives other pixels on ARM than on x86
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(ink, size_wh, interpolation=how), np.uint8)
