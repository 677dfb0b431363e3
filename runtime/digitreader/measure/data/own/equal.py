"""Equal pictures: found by the hash of their pixels, whatever form and order a set has."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from digitreader.measure.data.own.digit_set import Images, Part

DIGEST_BYTES = 16


def digests_of(images: Images) -> list[bytes]:
    """A hash of each picture; equal pictures have equal ones."""
    return [hashlib.blake2b(image.tobytes(), digest_size=DIGEST_BYTES).digest() for image in images]


def content_sha256(parts: Mapping[str, Part]) -> str:
    """The hash under which run records and model cards name a set: the same in every form and order."""
    lines = []
    for name, part in parts.items():
        height, width = part.images.shape[1:]
        pairs = zip(digests_of(part.images), part.labels.tolist(), strict=True)
        lines += [f"{name} {label} {width}x{height} {digest.hex()}\n" for digest, label in pairs]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def groups_of_equals(digests: Sequence[bytes]) -> list[list[int]]:
    """The places of each different picture, in the order of their hashes, which depends on no order of the set."""
    groups: dict[bytes, list[int]] = {}
    for place, digest in enumerate(digests):
        groups.setdefault(digest, []).append(place)
    return [groups[digest] for digest in sorted(groups)]
