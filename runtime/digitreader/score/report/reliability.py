"""The reliability diagram as inline SVG: how often readings of each confidence are right."""

from __future__ import annotations

from collections.abc import Sequence

from digitreader.score.reliability import Bin

SIDE, LEFT, TOP, FOOT = 360, 44, 10, 86
HISTOGRAM = 40


def reliability_svg(bins: Sequence[Bin]) -> str:
    """Draw the diagram: a column for each bin, the gap to its mean confidence, the ideal, and how many fell into it.

    Args:
        bins: from the least confident to the surest.
    """
    most = max((each.n for each in bins), default=0) or 1
    ticks = "".join(_tick(value / 5) for value in range(6))
    columns = "".join(_column(each, most) for each in bins)
    width, height = SIDE + LEFT + 14, SIDE + TOP + FOOT
    # the diagonal is last, or the columns would hide it
    ideal = f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    return (
        f'<svg viewBox="0 0 {width} {height}" style="max-width:460px;width:100%" role="img" '
        f'aria-label="{_label(bins)}">{ticks}{columns}{ideal}'
        f'<text x="{_x(0.5)}" y="{height - 4}" text-anchor="middle">confidence; below: how many images</text>'
        f'<text x="12" y="{_y(0.5)}" text-anchor="middle" transform="rotate(-90 12 {_y(0.5)})">share right</text></svg>'
    )


def _x(share: float) -> float:
    return round(LEFT + SIDE * share, 1)


def _y(share: float) -> float:
    return round(TOP + SIDE * (1 - share), 1)


def _tick(value: float) -> str:
    return (
        f'<line class="axis" x1="{_x(0)}" y1="{_y(value)}" x2="{_x(1)}" y2="{_y(value)}"/>'
        f'<text x="{LEFT - 6}" y="{_y(value) + 4}" text-anchor="end">{value:.1f}</text>'
        f'<text x="{_x(value)}" y="{TOP + SIDE + HISTOGRAM + 22}" text-anchor="middle">{value:.1f}</text>'
    )


def _column(each: Bin, most: int) -> str:
    if not each.n:
        return ""
    x, width = _x(each.start) + 1, SIDE * (each.end - each.start) - 2
    low, high = sorted((each.right, each.confidence))
    gap = "gap" if each.confidence > each.right else "modest"
    count = max(1.0, HISTOGRAM * each.n / most)
    title = f"<title>{each.n:,} images of confidence {each.confidence:.1%}: {each.right:.1%} right</title>"
    return (
        f'<g>{title}<rect class="reached" x="{x:.1f}" y="{_y(each.right)}" width="{width:.1f}" '
        f'height="{SIDE * each.right:.1f}"/>'
        f'<rect class="{gap}" x="{x:.1f}" y="{_y(high)}" width="{width:.1f}" height="{SIDE * (high - low):.1f}"/>'
        f'<rect class="track" x="{x:.1f}" y="{TOP + SIDE + 6}" width="{width:.1f}" height="{HISTOGRAM}"/>'
        f'<rect class="reached" x="{x:.1f}" y="{TOP + SIDE + 6 + HISTOGRAM - count:.1f}" width="{width:.1f}" '
        f'height="{count:.1f}"/></g>'
    )


def _label(bins: Sequence[Bin]) -> str:
    told = "; ".join(f"confidence {each.confidence:.0%}: {each.right:.0%} right" for each in bins if each.n)
    return f"Reliability diagram. {told or 'No images.'}"
