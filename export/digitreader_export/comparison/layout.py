"""Where things go in the picture: which stand aside for others, which are on the front, what the axes name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

ENOUGH_TICKS = 4


def spread(wanted: Sequence[float], gap: float, *, low: float = -math.inf, high: float = math.inf) -> list[float]:
    """Move positions as little as possible until neighbours are `gap` apart; their order stays.

    Args:
        wanted: rising.
        gap: what must lie between two of them.
        low: none may lie below.
        high: none may lie above, as far as there is room for all.

    Source: isotonic regression of the positions less the gaps before them, by pooling adjacent violators.
    """
    pools: list[list[float]] = []
    for place, position in enumerate(wanted):
        pools.append([position - place * gap])
        while len(pools) > 1 and _mean(pools[-2]) >= _mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    means = [_mean(pool) for pool in pools for _ in pool]
    end = high - (len(wanted) - 1) * gap
    return [max(min(mean, end), low) + place * gap for place, mean in enumerate(means)]


def pareto_front(points: Sequence[tuple[float, float]]) -> list[int]:
    """The places of the points (cost, worth) that no other one beats: as cheap and worth more, or cheaper and as good.

    Returns:
        from the cheapest to the dearest; of equals the first.
    """
    front: list[int] = []
    for place in sorted(range(len(points)), key=lambda place: (points[place][0], -points[place][1])):
        if not front or points[place][1] > points[front[-1]][1]:
            front.append(place)
    return front


def choose_ticks(
    groups: Iterable[Iterable[float]], low: float, high: float, *, apart: float, scale: Callable[[float], float]
) -> list[float]:
    """Choose the numbers that an axis from `low` to `high` names.

    Args:
        groups: of numbers, the roundest group first; numbers outside of the axis are passed over.
        low: the least number that may be chosen.
        high: the largest.
        apart: the least distance between two on the axis.
        scale: where on the axis a number lies.

    Returns:
        rising; of the finer groups none, as soon as there are `ENOUGH_TICKS`.
    """
    chosen: list[float] = []
    for group in groups:
        if len(chosen) >= ENOUGH_TICKS:
            break
        for number in group:
            if low <= number <= high and all(abs(scale(number) - scale(other)) >= apart for other in chosen):
                chosen.append(number)
    return sorted(chosen)


def _mean(pool: Sequence[float]) -> float:
    return math.fsum(pool) / len(pool)
