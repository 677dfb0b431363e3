"""What the small networks make of features."""

from __future__ import annotations

import numpy as np

from digitreader.reading.small_networks import SmallNetworks, chances_by, scaled_features


def test_a_feature_is_told_by_how_unusual_it_is_up_to_four_deviations() -> None:
    scaled = scaled_features(
        np.array([[3.0, -1.0, 100.0, -100.0]]), np.array([1.0, 1.0, 0.0, 0.0]), np.array([2.0] * 4)
    )
    assert scaled.tolist() == [[1.0, -1.0, 4.0, -4.0]]


def test_a_small_network_has_one_hidden_layer_and_a_softmax() -> None:
    inner = np.array([[1.0, 2.0, 0.5], [-1.0, 0.0, 0.25]])
    outer = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.5], [0.5, -1.0, 0.0]])
    hidden = (1 + 4 + 0.5, 0.0)  # the second one is below 0
    odds = np.exp([hidden[0], 0.5, 0.5 * hidden[0]])
    np.testing.assert_allclose(chances_by(inner, outer, np.array([[1.0, 2.0]])), [odds / odds.sum()])


def test_several_networks_answer_with_the_mean_of_their_chances() -> None:
    sure, unsure = [[8.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]
    networks = SmallNetworks([5.0], [2.0], [([[1.0, 0.0]], sure), ([[1.0, 0.0]], unsure)])
    chances = networks.chances_of(np.array([[7.0], [5.0]]))
    of_sure = 1 / (1 + np.exp(-8.0))
    np.testing.assert_allclose(chances, [[(of_sure + 0.5) / 2, (1.5 - of_sure) / 2], [0.5, 0.5]])
