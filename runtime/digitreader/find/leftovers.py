"""Find: ink of digits that no centre owns; each piece of it may be a digit whose hill was too low to be a centre."""

from __future__ import annotations

import cv2
import numpy as np

from digitreader.find.centres import GREATEST_PX, LEAST_PX, Centres
from digitreader.find.looks import CELL_PX, Look
from digitreader.find.sharing import INK_PX, NOBODYS, Owners


def adopt_leftovers(look: Look, centres: Centres, owners: Owners) -> tuple[Centres, Owners]:
    """Give each piece of ink that nobody owns a centre of its own, in its middle.

    Args:
        look: what the network says.
        centres: N of them.
        owners: of `share_ink`.

    Returns:
        N centres and those of the pieces that are as large as a digit, each with the highest hill on it for its heat;
        and the owners with these pieces owned.
    """
    left = np.asarray(owners == NOBODYS, np.uint8)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(left, connectivity=8, ltype=cv2.CV_32S)
    longest = INK_PX * stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    large = np.flatnonzero((longest >= LEAST_PX) & (longest <= GREATEST_PX) & (np.arange(count) > 0))
    if not len(large):
        return centres, owners
    numbers = np.zeros(count, np.int32)
    numbers[large] = len(centres) + 1 + np.arange(len(large))
    taken = numbers[pieces]
    adopted = [_centre_of(look, stats[piece, :4].tolist()) for piece in large.tolist()]
    return np.concatenate([centres, np.array(adopted, np.float32)]), np.where(taken > 0, taken, owners)


def _centre_of(look: Look, extent: list[int]) -> tuple[float, float, float, float, float]:
    """One of `Centres` for a rectangle of the ink maps."""
    x, y, width, height = (INK_PX * value for value in extent)
    rows, columns = (slice(start // CELL_PX, -(-end // CELL_PX)) for start, end in ((y, y + height), (x, x + width)))
    return x + width / 2, y + height / 2, width, height, float(look.hill[rows, columns].max())
