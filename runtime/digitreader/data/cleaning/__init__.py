"""Cleaning an image of one digit, which no finder has cut out: what lies on or round its ink goes first."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.data.cleaning.lines import drop_wave
from digitreader.data.cleaning.outlines import fill_outlines
from digitreader.values import Ink

STRONG = 240
"""Ink as strong as this is left as strong as it is."""
LEAST_SIDE_PX = 14
"""In a smaller image strokes are a pixel or two wide, and nothing tells them from dirt."""

SPECK_PX = 2
"""A lone mark of so few pixels is a speck ..."""
MANY_SPECKS = 6
"""... and so many of them are noise."""

FAINTEST_SHARE = 8
"""A pixel is bare where it has no more than an eighth of the strongest ink."""
FRAME_PARTS = 12
BARE_SHARE = 0.5
"""Ink alone leaves at least this share of its box bare, unless the pen is thick and the box tight ..."""
GROUND_SHARE = 0.7
"""... and even then it does not cover so much of the box's edge, as a ground does ..."""
GROUND_CORNERS = 2
"""... nor so many of its corners."""
DISC_SHARES = (0.5, 0.25)
"""What is wider than half the longer side is no stroke, but ground; than a quarter, where the ground is so uneven ..."""

SMUDGE_SHARE = 0.2
"""What is never darker than this share of the strong ink is a smudge."""

CRUMB_SHARE = 0.12
"""A part with less than this share of the largest part's ink is a crumb, and so is one ..."""
FAINT_PART = 0.5
"""... that is nowhere half as strong as the strongest."""


def clean_ink(ink: Ink) -> Ink:
    """Take away noise, a ground that shines through, smudges and crumbs; clean ink comes out almost as it was.

    Args:
        ink: (h, w) uint8 of any size, white ink on black.

    Returns:
        (h, w) uint8, black where nothing of the digit is.
    """
    if not ink.any():
        return ink
    strong = strengthen(ink)
    if max(ink.shape) < LEAST_SIDE_PX:
        return strong
    return drop_crumbs(drop_smudges(drop_wave(lift_off_ground(fill_outlines(drop_specks(drop_frame(strong)))))))


def strengthen(ink: Ink) -> Ink:
    """Stretch faint ink until its strongest is white; grey levels from 0 to 16 are all that some sets have."""
    peak = int(ink.max())
    return ink if peak >= STRONG else np.asarray(cv2.convertScaleAbs(ink, alpha=255 / peak), np.uint8)


def drop_frame(ink: Ink) -> Ink:
    """Take off a frame along the image's edge, where it is a line and no ground."""
    inked = ink > int(ink.max()) // FAINTEST_SHARE
    if not edge_of(inked).all():
        return ink
    for width in range(1, max(2, min(ink.shape) // FRAME_PARTS) + 1):
        if edge_of(inked[width:-width, width:-width]).mean() < 0.4:
            bare = np.zeros_like(ink)
            bare[width:-width, width:-width] = ink[width:-width, width:-width]
            return bare
    return ink


def drop_specks(ink: Ink) -> Ink:
    """Take the median of each pixel's neighbourhood where there are many lone pixels, black or white."""
    return np.asarray(cv2.medianBlur(ink, 3), np.uint8) if count_specks(ink) >= MANY_SPECKS else ink


def count_specks(ink: Ink) -> int:
    """How many marks of a pixel or two there are."""
    binary = cv2.threshold(ink, int(ink.max()) // 2, 255, cv2.THRESH_BINARY)[1]
    stats = cv2.connectedComponentsWithStats(binary, connectivity=8)[2]
    return int(np.count_nonzero(stats[1:, cv2.CC_STAT_AREA] <= SPECK_PX))


def lift_off_ground(ink: Ink) -> Ink:
    """Keep only what stands out as narrowly as a stroke, where fog, stripes or shade lie behind it.

    Source: the white top-hat of mathematical morphology, and N. Otsu, "A threshold selection method from gray-level
    histograms", 1979, for what counts as standing out.
    """
    if not has_ground(ink):
        return ink
    for share in DISC_SHARES:
        standing = stand_out(ink, side=max(3, int(share * max(ink.shape)) | 1))
        limit, strong = cv2.threshold(standing, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        if not edge_of(strong).any():
            break
    return rescale(standing, black=limit, white=cv2.mean(standing, mask=strong)[0])


def stand_out(ink: Ink, *, side: int) -> Ink:
    """What a disc of this diameter cannot cover from below."""
    wide = cv2.copyMakeBorder(ink, side, side, side, side, borderType=cv2.BORDER_REPLICATE)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.morphologyEx(wide, cv2.MORPH_TOPHAT, disc)[side:-side, side:-side], np.uint8)


def edge_of(image):
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def has_ground(ink: Ink) -> bool:
    """Whether the ink stands on something that covers most of the box and of its edge."""
    bare = ink <= int(ink.max()) // FAINTEST_SHARE
    covered = 4 - np.count_nonzero(bare[:: len(bare) - 1, :: bare.shape[1] - 1])
    return bool(bare.mean() < BARE_SHARE and edge_of(bare).mean() <= 1 - GROUND_SHARE and covered >= GROUND_CORNERS)


def drop_smudges(ink: Ink) -> Ink:
    """Take from every pixel what a smudge would have, and give the strong ink its strength back."""
    inked = ink[ink > int(ink.max()) // FAINTEST_SHARE]
    strong = float(np.partition(inked, place := int(0.9 * (len(inked) - 1)))[place]) if len(inked) else 0.0
    return rescale(ink, black=SMUDGE_SHARE * strong, white=SMUDGE_SHARE * strong + (1 - SMUDGE_SHARE) * 255)


def drop_crumbs(ink: Ink) -> Ink:
    """Keep the parts that are large and strong enough to belong to the digit, and no frame."""
    peak = int(ink.max())
    binary = cv2.threshold(ink, peak // FAINTEST_SHARE, 255, cv2.THRESH_BINARY)[1]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    if count <= 2:
        return ink
    flat: npt.NDArray[np.int32] = np.asarray(labels, np.int32).ravel()
    mass = np.bincount(flat, weights=ink.ravel(), minlength=count)
    mass[0] = 0
    strongest = np.zeros(count, np.uint8)
    np.maximum.at(strongest, flat, ink.ravel())
    mass[foreign_parts(labels, stats)] = 0
    inner = ~at_edge(stats, ink.shape)
    if mass[inner].max(initial=0.0) >= 0.5 * mass.max():
        mass[~inner] *= 0.3
    keep = (mass >= CRUMB_SHARE * mass.max()) & (strongest > FAINT_PART * peak) & (mass > 0)
    return np.where(keep[labels], ink, np.uint8(0))


def foreign_parts(labels, stats):
    """Frames round everything, and ruled lines from edge to edge."""
    height, width = labels.shape
    found = []
    for part in np.flatnonzero((stats[:, 2] >= 0.8 * width) | (stats[:, 3] >= 0.8 * height)):
        if part == 0:
            continue
        x, y, w, h, _ = stats[part].tolist()
        box = labels[y : y + h, x : x + w] == part
        ruled = (w == width and h <= 0.08 * height) or (h == height and w <= 0.08 * width)
        if ruled or is_frame(box, width, height):
            found.append(part)
    return found if len(found) < len(stats) - 1 else []


def at_edge(stats, shape):
    x, y, w, h = stats[:, :4].T
    return (x == 0) | (y == 0) | (x + w == shape[1]) | (y + h == shape[0])


def is_frame(box, width, height):
    h, w = box.shape
    if h < 0.8 * height or w < 0.8 * width:
        return False
    rim_y, rim_x = max(2, h // 8), max(2, w // 8)
    if box[rim_y:-rim_y, rim_x:-rim_x].any():
        return False
    sides = (box[:rim_y].any(0), box[-rim_y:].any(0), box[:, :rim_x].any(1), box[:, -rim_x:].any(1))
    return all(side.mean() > 0.9 for side in sides) and box[: rim_y * 2, : rim_x * 2].mean() > 0


def rescale(ink: Ink, *, black: float, white: float) -> Ink:
    """Stretch grey levels so that `black` becomes 0 and `white` 255."""
    scale = 255.0 / max(1.0, white - black)
    # convertScaleAbs would mirror what lies below black
    return np.asarray(cv2.addWeighted(ink, scale, ink, 0.0, -black * scale), np.uint8)
