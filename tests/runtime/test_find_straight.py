"""Curves through pixels: what is fitted, and where there is nothing to fit."""

from __future__ import annotations

import numpy as np
import pytest

from digitreader.find.by_rules.straight import curve_through


@pytest.mark.parametrize(("bend", "slope"), [(0.0, 0.0), (0.0, 0.4), (0.002, -0.3)])
def test_a_curve_through_pixels_is_the_one_they_lie_on(bend: float, slope: float) -> None:
    columns = np.arange(300, 700)
    rows = (bend * columns**2 + slope * columns + 40).round().astype(np.intp)
    curve = curve_through(rows, columns)
    assert curve is not None
    # rows are rounded to whole pixels
    assert np.abs(np.polyval(curve, columns) - rows).max() < 1


def test_pixels_close_to_each_other_have_a_straight_line() -> None:
    curve = curve_through(np.array([5, 6, 9, 9, 5]), np.arange(5))
    assert curve is not None
    assert curve[0] == 0


@pytest.mark.parametrize("columns", [[], [7], [7, 7, 7], [0, 0, 40, 40]])
def test_pixels_in_too_few_columns_have_no_curve(columns: list[int]) -> None:
    assert curve_through(np.arange(len(columns)), np.array(columns, np.intp)) is None
