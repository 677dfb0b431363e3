"""The loss and the accuracy: ten neurons that compete, and may all stay dark."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from digitreader_train.backend import tf
from digitreader_train.network import accuracy, digit_or_none

Row = npt.NDArray[np.float32]

NO_DIGIT = np.zeros(10, np.float32)


def target(digit: int) -> Row:
    row: Row = np.eye(10, dtype=np.float32)[digit]
    return row


def logits(rest: float = -5.0, **lit: float) -> Row:
    """Ten logits, all `rest` but those named: ``d7=4.0``."""
    row = np.full(10, rest, np.float32)
    for name, value in lit.items():
        row[int(name[1:])] = value
    return row


def loss_of(wanted: Row, given: Row) -> float:
    return float(digit_or_none(tf.constant(wanted[None]), tf.constant(given[None]))[0])


def right(wanted: Row, given: Row) -> float:
    return float(accuracy(tf.constant(wanted[None]), tf.constant(given[None]))[0])


def test_the_loss_is_cross_entropy_with_an_eleventh_class_at_zero() -> None:
    row = np.random.default_rng(0).normal(0, 2, 10).astype(np.float32)
    total = 1.0 + np.exp(row.astype(float)).sum()
    for digit in range(10):
        assert loss_of(target(digit), row) == pytest.approx(-math.log(math.exp(row[digit]) / total), rel=1e-5)
    assert loss_of(NO_DIGIT, row) == pytest.approx(-math.log(1.0 / total), rel=1e-5)


def test_all_neurons_at_zero_leave_eleven_answers_alike() -> None:
    assert loss_of(target(3), logits(0.0)) == pytest.approx(math.log(11))
    assert loss_of(NO_DIGIT, logits(0.0)) == pytest.approx(math.log(11))


def test_a_digit_that_is_lit_alone_costs_next_to_nothing() -> None:
    assert loss_of(target(7), logits(-12.0, d7=12.0)) < 1e-4


def test_dark_neurons_cost_nothing_for_what_is_no_digit_and_much_for_a_digit() -> None:
    assert loss_of(NO_DIGIT, logits(-12.0)) < 1e-3
    assert loss_of(target(7), logits(-12.0)) > 10


def test_a_lit_neuron_costs_much_for_what_is_no_digit() -> None:
    assert loss_of(NO_DIGIT, logits(-5.0, d4=8.0)) == pytest.approx(8.0, abs=0.01)


def test_a_digit_must_beat_the_other_nine() -> None:
    assert loss_of(target(4), logits(d4=4.0, d9=4.0)) > loss_of(target(4), logits(d4=4.0, d9=1.0)) + 0.5


def test_the_loss_stays_finite_however_far_off_the_logits_are() -> None:
    assert loss_of(target(0), logits(-1e4, d5=1e4)) == pytest.approx(2e4)


def test_each_row_of_a_batch_is_judged_by_itself() -> None:
    wanted, given = np.stack([target(1), NO_DIGIT, target(2)]), np.stack([logits(d1=3.0), logits(), logits(d5=3.0)])
    losses = digit_or_none(tf.constant(wanted), tf.constant(given)).numpy()
    assert losses.dtype == np.float32
    assert losses == pytest.approx([loss_of(one, other) for one, other in zip(wanted, given, strict=True)], rel=1e-5)
    assert accuracy(tf.constant(wanted), tf.constant(given)).numpy().tolist() == [1.0, 1.0, 0.0]


def test_the_gradient_lifts_the_digit_and_lowers_the_rest() -> None:
    given = tf.Variable(logits(0.0)[None])
    with tf.GradientTape() as tape:
        loss = digit_or_none(tf.constant(target(6)[None]), given)
    gradient = tape.gradient(loss, given).numpy()[0]
    assert gradient[6] < 0
    assert (np.delete(gradient, 6) > 0).all()


def test_the_gradient_darkens_all_ten_for_what_is_no_digit() -> None:
    given = tf.Variable(logits(0.0)[None])
    with tf.GradientTape() as tape:
        loss = digit_or_none(tf.constant(NO_DIGIT[None]), given)
    assert (tape.gradient(loss, given).numpy() > 0).all()


@pytest.mark.parametrize("digit", range(10))
def test_the_strongest_neuron_is_the_answer_though_it_is_dark(digit: int) -> None:
    assert right(target(digit), logits(-5.0, **{f"d{digit}": -1.0})) == 1.0
    assert right(target(digit), logits(-5.0, **{f"d{(digit + 1) % 10}": -1.0})) == 0.0


def test_what_is_no_digit_is_right_where_all_ten_are_dark() -> None:
    assert right(NO_DIGIT, logits(-0.01)) == 1.0
    assert right(NO_DIGIT, logits(-5.0, d8=0.01)) == 0.0
