from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from digitreader_train.network import (
    accuracy,
    activations_of,
    build_network,
    build_trained,
    digit_or_none,
    get_weights,
    logits_of,
    silence_unseen_pixels,
    wake_neurons,
    weight_shapes,
)
from digitreader_train.recipes import RECIPES, Activation, Recipe

TINY = RECIPES["tiny"]
GLYPHS = np.random.default_rng(2).integers(0, 256, (40, 28, 28), dtype=np.uint8)


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_ten_output_neurons_are_between_0_and_1(activation: Activation) -> None:
    network = build_network(dataclasses.replace(TINY, activation=activation))
    activations = activations_of(network, GLYPHS)
    assert activations.shape == (40, 10)
    assert ((activations >= 0) & (activations <= 1)).all()


def test_keras_counts_the_same_parameters_as_the_recipe() -> None:
    assert build_network(TINY).count_params() == TINY.parameters == 13_002


def test_the_logits_are_what_the_sigmoid_turns_into_activations() -> None:
    network = build_network(TINY)
    logits = logits_of(network).predict(GLYPHS / np.float32(255), verbose=0)
    # float32 holds seven digits
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), activations_of(network, GLYPHS), atol=1e-6)


@pytest.mark.parametrize("recipe", [TINY, dataclasses.replace(TINY, hidden=(8, 6, 4))])
def test_weights_make_the_same_network_again(recipe: Recipe) -> None:
    network = build_network(recipe)
    weights = get_weights(network)
    assert {name: array.shape for name, array in weights.items()} == weight_shapes(recipe)
    again = build_trained(recipe, weights)
    np.testing.assert_array_equal(activations_of(again, GLYPHS), activations_of(network, GLYPHS))


def test_pixels_that_are_never_inked_have_no_weight() -> None:
    network = build_network(TINY)
    glyphs = GLYPHS.copy()
    glyphs[:, :2] = 0
    silence_unseen_pixels(network, glyphs)
    kernel = get_weights(network)["hidden_1.kernel"]
    assert not kernel[:56].any()
    assert kernel[56:].any(axis=1).all()


def test_every_neuron_is_lit_by_a_fifth_of_the_glyphs() -> None:
    network = build_network(TINY)
    wake_neurons(network, GLYPHS)
    weights = get_weights(network)
    before = (GLYPHS.reshape(-1, 784) / np.float32(255)) @ weights["hidden_1.kernel"] + weights["hidden_1.bias"]
    # a glyph on the very edge may fall to either side
    assert ((before > 0).mean(axis=0) >= 0.2 - 1 / len(GLYPHS)).all()


def test_the_loss_is_small_for_a_lit_digit_and_for_dark_neurons_where_there_is_none() -> None:
    targets = np.zeros((2, 10), np.float32)
    targets[0, 4] = 1
    right = np.full((2, 10), -8, np.float32)
    right[0, 4] = 8
    np.testing.assert_allclose(digit_or_none(targets, right), 0, atol=0.01)
    np.testing.assert_array_equal(accuracy(targets, right), [1, 1])
    assert (np.array(digit_or_none(targets, -right)) > 5).all()
    np.testing.assert_array_equal(accuracy(targets, -right), [0, 0])
