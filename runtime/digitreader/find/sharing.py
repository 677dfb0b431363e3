"""Find, step 3: ink is shared out among the centres: two in one blot are parted, two blots of one are joined."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.find.centres import Centres
from digitreader.find.looks import CELL_PX, SIZE_UNIT_PX, Look

INKED = 0.3
"""Ink of a digit is where the network is at least so sure of it."""
INK_PX = 2
"""The maps of ink have one value for so many pixels each way."""
NARROWEST = 0.5
"""A digit less wide than this share of its height is taken to be as wide: a 1 may lean."""
REACH, ROOM_PX = 0.6, 3.0
"""Ink further from a centre than this share of the digit, and so many pixels more, is not its own."""
FURTHEST = 0.6
MOSTLY = 0.7
"""Ink that hangs together is not divided where so much of it is one digit's."""
BY_PLACE = 0.25
"""How much the place of the ink counts beside the centre that the network tells for it."""

NOBODYS = -1

Owners = npt.NDArray[np.int32]
"""(H/2, W/2) int32: the number of the centre that ink belongs to, from 1; `NOBODYS` for none, and 0 where no ink is."""


def share_ink(look: Look, centres: Centres) -> Owners:
    """Give every place with ink to the centre that the network says it belongs to."""
    height, width = look.digit_ink.shape
    owners, nearest = np.zeros((height, width), np.int32), np.full((height, width), FURTHEST, np.float32)
    told_x, told_y = _told_centres(look)
    inked = look.digit_ink > INKED
    across, down = (np.arange(side, dtype=np.float32) * INK_PX + INK_PX / 2 for side in (width, height))
    for number, (x, y, told_width, high, _) in enumerate(centres.tolist(), start=1):
        wide = max(told_width, NARROWEST * high)
        place = np.s_[_span(y, high, height), _span(x, wide, width)]
        by_told = np.maximum(np.abs(told_x[place] - x) / wide, np.abs(told_y[place] - y) / high)
        by_place = np.maximum(np.abs(across[place[1]] - x)[None, :] / wide, np.abs(down[place[0]] - y)[:, None] / high)
        distance = by_told + BY_PLACE * by_place
        own = (distance < nearest[place]) & inked[place]
        owners[place][own] = number
        nearest[place][own] = distance[own]
    return _undivided(owners, inked, len(centres))


def _undivided(owners: Owners, inked: npt.NDArray[np.bool_], count: int) -> Owners:
    """Ink that hangs together and is mostly of one digit is wholly of it."""
    pieces, labels = cv2.connectedComponents(inked.astype(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    votes = np.bincount((labels * (count + 1) + owners).ravel(), minlength=pieces * (count + 1))
    votes = votes.reshape(pieces, count + 1)
    votes[:, 0] = 0
    votes[0] = 0
    most = votes.argmax(axis=1).astype(np.int32)
    whole = votes.max(axis=1) > MOSTLY * np.maximum(1, votes.sum(axis=1))
    shared = np.where((owners > 0) & whole[labels], most[labels], owners)
    return np.where(inked & (shared == 0), NOBODYS, shared)


def _told_centres(look: Look) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """For every place of the ink maps, x and y of the centre that the network tells there, in canvas pixels."""
    rows, columns = look.hill.shape
    x = look.geometry[..., 0] * SIZE_UNIT_PX + (np.arange(columns, dtype=np.float32)[None, :] + 0.5) * CELL_PX
    y = look.geometry[..., 1] * SIZE_UNIT_PX + (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * CELL_PX
    size_wh = (2 * columns, 2 * rows)
    told = (cv2.resize(each, size_wh, interpolation=cv2.INTER_NEAREST) for each in (x, y))
    x, y = (np.asarray(each, np.float32) for each in told)
    return x, y


def _span(centre: float, length: float, side: int) -> slice:
    reach = REACH * length + ROOM_PX
    return slice(max(0, int((centre - reach) / INK_PX)), max(0, min(side, int((centre + reach) / INK_PX) + 1)))
