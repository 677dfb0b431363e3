"""From the bytes of a picture file to its animation, where it is one."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import chain, islice

from digitreader.sources.animation.patch import Animation, Patch
from digitreader.sources.header import GIF, PNG, Header, read_orientation


def open_animation(data: bytes, header: Header) -> Animation | None:
    """Find the frames of a file.

    Args:
        data: the whole file, of which `may_be_animated` is true.
        header: as `read_header` gives it.

    Returns:
        None where the file is no animation, or has one frame alone.
    """
    if header.size_wh is None or 0 in header.size_wh:
        return None
    try:
        patches, exif = _patches_of(data, header.kind)
        first_two = list(islice(patches, 2))
    except (struct.error, IndexError):  # decoding it as one picture tells what is wrong
        return None
    if len(first_two) < 2:
        return None
    return Animation(header.size_wh, chain(first_two, patches), read_orientation(exif))


def _patches_of(data: bytes, kind: str) -> tuple[Iterator[Patch], bytes]:
    """The frames, and EXIF's block, which is empty where there is none."""
    if kind == GIF:
        from digitreader.sources.animation.gif import gif_patches

        return gif_patches(data), b""
    if kind == PNG:
        from digitreader.sources.animation import apng

        return apng.apng_patches(data), apng.apng_exif(data)
    from digitreader.sources.animation import webp

    return webp.webp_patches(data), webp.webp_exif(data)
