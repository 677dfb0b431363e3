"""The weights of an integer model as floats."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from digitreader.cli.arguments import recipe_for
from digitreader.drawing import write_glyph
from digitreader.errors import UsageError
from digitreader.model import load_model
from digitreader.model.glyph.features import features_of
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader_train.recipes import RECIPES
from digitreader_train.start_weights import read_start_weights


def logits_of(start: Any, features: Any) -> Any:
    values = features.reshape(len(features), -1) / 255
    layers = [name.removesuffix(".kernel") for name in start.weights if name.endswith(".kernel")]
    for name in layers:
        values = values @ start.weights[f"{name}.kernel"] + start.weights[f"{name}.bias"]
        values = np.maximum(values, 0) if name != layers[-1] else values
    return values


@pytest.mark.parametrize("name", ["tiny", "small", "accurate"])
def test_a_shipped_model_as_floats_answers_as_its_integers_do(name: str) -> None:
    start, model = read_start_weights(name), load_model(name)
    rng = np.random.default_rng(5)
    glyphs = np.stack([normalise_glyph(write_glyph(at % 10, rng, height_px=30)) for at in range(60)])
    features = features_of(glyphs, start.features)
    ours, theirs = logits_of(start, features), model.engine.logits(features)
    # the integers round in each layer; a step of the output is about 0.1
    assert np.abs(ours - theirs).mean() < 0.5
    assert (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean() > 0.95


@pytest.mark.parametrize("name", ["tiny", "small", "accurate"])
def test_the_layers_are_those_of_the_recipe_that_made_it(name: str) -> None:
    start, recipe = read_start_weights(name), RECIPES[name]
    assert (start.hidden, start.features, start.activation) == (recipe.hidden, recipe.features, "relu")
    shapes = [start.weights[f"{layer}.kernel"].shape for layer in ("hidden_1", "hidden_2", "digits")]
    assert shapes == list(pairwise(recipe.layers))


def test_the_same_weights_have_the_same_hash() -> None:
    assert (
        read_start_weights("tiny").sha256
        == read_start_weights(str(Path(__file__).parents[2] / "models" / "tiny.tflite")).sha256
    )


def test_the_training_of_a_network_goes_on_by_a_recipe_for_its_inputs() -> None:
    start: Any = SimpleNamespace(name="mine", features="pixels", hidden=(32, 16), activation="sigmoid")
    recipe = recipe_for(start, None)
    assert (recipe.name, recipe.hidden, recipe.activation) == ("tiny", (32, 16), "sigmoid")
    with pytest.raises(UsageError, match="small: takes other inputs than mine; train tiny --from mine"):
        recipe_for(start, "small")
