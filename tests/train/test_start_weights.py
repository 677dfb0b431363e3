"""The weights of an integer model as floats."""

from __future__ import annotations

import shutil
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
from digitreader.model.own.card import OwnCard
from digitreader.model.own.layers import read_layers
from digitreader.model.own.numbers import InputScale
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


OWN = Path(__file__).parents[1] / "model" / "own" / "models"


def own_copy(name: str, folder: Path) -> Path:
    return Path(shutil.copy(OWN / f"{name}.tflite", folder / "mine.tflite"))


@pytest.mark.parametrize(
    ("name", "shown", "outputs"),
    [
        ("mlp-dark-255-float32", InputScale("0..255", "dark"), 10),
        ("mlp-dark-255-int8", InputScale("0..255", "dark"), 10),
        ("eleven-float32", InputScale("0..1", "light"), 11),
    ],
)
def test_a_network_of_any_maker_gives_the_same_sums_from_light_shares(
    name: str, shown: InputScale, outputs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = own_copy(name, tmp_path)
    path.with_suffix(".json").write_text('{"format": "digitreader-own-card-1"}')
    monkeypatch.setattr(OwnCard, "from_bytes", lambda *_: SimpleNamespace(range=shown.range, ink=shown.ink))
    start = read_start_weights(str(path))
    glyphs = np.random.default_rng(5).integers(0, 256, (20, 28, 28)).astype(np.uint8)
    layers = read_layers(path.read_bytes(), name).layers
    assert (start.hidden, start.activation, len(layers[-1].weights)) == ((len(layers[0].weights),), "relu", outputs)
    values = shown.levels()[glyphs.reshape(20, 784)]
    for layer in layers:
        values = values @ layer.weights.T + layer.biases
        values = np.maximum(values, 0) if layer is not layers[-1] else values
    np.testing.assert_allclose(logits_of(start, glyphs), values[:, :10], rtol=1e-3, atol=2e-2)


def test_a_network_without_a_card_is_shown_what_ours_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = read_start_weights(str(own_copy("eleven-float32", tmp_path)))
    assert start.weights["digits.kernel"].shape == (16, 10)
    assert "mine.tflite: has no card beside it; its pixels are taken for 0 to 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("cnn-float32", r"is not a chain of layers of neurons \(CONV_2D, "),
        ("mlp-minus-one-float32", "its hidden neurons are tanh; train --from goes on from relu or sigmoid"),
    ],
)
def test_what_no_recipe_can_go_on_from_is_said(name: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=rf"mine\.tflite: {says}"):
        read_start_weights(str(own_copy(name, tmp_path)))


def test_of_a_keras_model_a_tflite_is_made_first() -> None:
    with pytest.raises(UsageError, match=r"cnn\.keras: is a Keras model; .*: digitreader export .*cnn\.keras"):
        read_start_weights(str(OWN / "cnn.keras"))


def test_the_training_of_a_network_goes_on_by_a_recipe_for_its_inputs() -> None:
    start: Any = SimpleNamespace(name="mine", features="pixels", hidden=(32, 16), activation="sigmoid")
    recipe = recipe_for(start, None)
    assert (recipe.name, recipe.hidden, recipe.activation) == ("tiny", (32, 16), "sigmoid")
    with pytest.raises(UsageError, match="small: takes other inputs than mine; train tiny --from mine"):
        recipe_for(start, "small")
