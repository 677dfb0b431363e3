from __future__ import annotations

import numpy as np
import pytest

from digitreader.measure.evaluation import expected_calibration_error


def test_confidence_that_is_right_as_often_as_it_says_has_no_error() -> None:
    confidences = np.full(10, 0.9)
    assert expected_calibration_error(confidences, np.arange(10) < 9) == pytest.approx(0)


def test_sure_and_always_wrong_is_the_largest_error() -> None:
    assert expected_calibration_error(np.ones(5), np.zeros(5, bool)) == 1.0


def test_bins_are_weighted_by_how_many_fall_into_them() -> None:
    confidences = np.array([0.95, 0.95, 0.95, 0.05])
    correct = np.array([True, True, False, False])
    assert expected_calibration_error(confidences, correct) == pytest.approx((abs(2.85 - 2) + 0.05) / 4)


def test_errors_in_one_bin_cancel_but_not_between_bins() -> None:
    together = expected_calibration_error(np.array([0.5, 0.5]), np.array([True, False]))
    apart = expected_calibration_error(np.array([0.3, 0.7]), np.array([True, False]))
    assert together == pytest.approx(0)
    assert apart == pytest.approx(0.7)


def test_nothing_has_no_error() -> None:
    assert expected_calibration_error(np.zeros(0), np.zeros(0, bool)) == 0.0
