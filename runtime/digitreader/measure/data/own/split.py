"""Splits a set by class with a seed. The order of the set does not matter, and equal pictures stay in one part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from digitreader.measure.data.own.digit_set import ALL, DigitSet, Part, digests_of, groups_of_equals

SEED = 20
"""Fixed, so that the seed of a training cannot choose its own test pictures."""
SHARE = 6
"""One picture in this many is for validation, and one for the test."""
MOST = 5_000
LEAST = 3
"""A class with fewer pictures is not split."""

Places = npt.NDArray[np.intp]


def split_set(digits: DigitSet) -> dict[str, Part]:
    """The three parts of a set; missing parts are split off from the others.

    If there is no test part, a sixth of the rest becomes one; if there is no val part, a sixth of train becomes one.

    Returns:
        ``train``, ``val`` and ``test``, each in an order that depends only on the pictures.
    """
    parts = dict(digits.parts)
    if ALL in parts:
        parts["train"] = parts.pop(ALL)
    if "train" not in parts:
        # a set with only val and test: the val part is used for training
        parts["train"] = parts.pop("val")
    for name in ("test", "val"):
        if name not in parts:
            parts["train"], parts[name] = split_off(parts["train"])
    return {name: in_fixed_order(parts[name]) for name in ("train", "val", "test")}


def split_off(part: Part, *, seed: int = SEED) -> tuple[Part, Part]:
    """Split off a sixth of each class, at most 5,000 in all.

    Returns:
        The rest, and the part that was split off, which may be empty if there is one picture of each class.
    """
    off = places_split_off(part, seed=seed)
    kept = np.setdiff1d(np.arange(len(part)), off)
    return part.take(kept), part.take(off)


def places_split_off(part: Part, *, seed: int = SEED) -> Places:
    """The indices of the pictures that `split_off` takes away."""
    groups = groups_of_equals(digests_of(part.images))
    order = np.random.default_rng(seed).permutation(len(groups))
    counts = np.bincount(part.labels, minlength=11)
    wanted = np.where(counts >= LEAST, np.maximum(counts // SHARE, 1), 0)
    if wanted.sum() > MOST:
        wanted = wanted * MOST // wanted.sum()
    taken: list[int] = []
    for group in (groups[place] for place in order):
        # equal pictures stay together; if their labels differ, the first label decides
        label = int(part.labels[group[0]])
        if wanted[label] >= len(group):
            wanted[label] -= len(group)
            taken += group
    return np.array(sorted(taken), np.intp)


def in_fixed_order(part: Part) -> Part:
    """The same pictures, sorted by the hashes of their pixels: like a shuffle that ignores the original order."""
    digests = digests_of(part.images)
    order = sorted(range(len(part)), key=lambda place: (digests[place], int(part.labels[place])))
    return part.take(np.array(order, np.intp))
