"""The cheapest way through a table from its first column to its last: dynamic programming."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

REACH = 2
"""So many rows a way goes up or down at most from one column to the next."""
TOLLS = np.array([0.02, 0.0, 0.04, 0.0, 0.02])
"""What a step of -2 to 2 rows costs beside: of two ways through solid ink the one that climbs is taken."""


def cheapest_path(costs: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Find the cheapest way from any row of the first column to any row of the last.

    Args:
        costs: (rows, columns), what it costs to pass there.

    Returns:
        (columns,), the way's row in each column.
    """
    count, columns = costs.shape
    rows = np.arange(count)
    window = rows[:, None] + np.arange(2 * REACH + 1)
    reachable = np.full(count + 2 * REACH, np.inf)
    total = costs[:, 0]
    came_from = np.zeros((columns, count), np.intp)
    for column in range(1, columns):
        reachable[REACH:-REACH] = total
        ways = reachable[window] + TOLLS
        best = ways.argmin(axis=1)
        came_from[column] = rows + best - REACH
        total = ways[rows, best] + costs[:, column]
    path = np.empty(columns, np.intp)
    path[-1] = total.argmin()
    for column in range(columns - 1, 0, -1):
        path[column - 1] = came_from[column, path[column]]
    return path
