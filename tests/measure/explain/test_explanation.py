"""One digit's way through the network: what is shown of it, and what speaks for it."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from digitreader.errors import UsageError
from digitreader.measure.explain.explanation import (
    Explanation,
    explain_digit,
    most_important_neurons,
    reasons_for,
    slope_of,
    weighted_sum,
)
from digitreader.measure.explain.page import drawn, reasons_text, sum_text, terminal_text, write_page
from digitreader.measure.explain.pictures import a_digit, confidence_of, draw_explanation, input_place
from digitreader.measure.explain.weights import draw_weights
from digitreader.model.checks import sigmoid
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Box, ColourImage, Frame, Reading

Explain = Callable[..., Explanation]
MODELS = ("tiny", "small", "accurate")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("number", "digit"), [(1, 4), (2, 7)])
def test_the_digit_asked_for_is_explained_as_it_is_read(explain: Explain, model: str, number: int, digit: int) -> None:
    explained = explain(model, number=number)
    assert (explained.number, explained.digit_count, explained.reading.digit) == (number, 2, digit)
    np.testing.assert_allclose(explained.activations[-1], explained.reading.activations, atol=1e-6)


def test_without_a_number_the_surest_digit_is_explained(explain: Explain) -> None:
    both = [explain(number=number).reading for number in (1, 2)]
    assert explain().reading.evidence == max(reading.evidence for reading in both)


def test_a_picture_that_lies_on_its_side_is_explained_upright(image: ColourImage) -> None:
    reader = FrameReader(load_model("accurate"))
    row = np.hstack([image] * 2)  # four digits tell which way is up
    lying = np.ascontiguousarray(np.rot90(row))
    explained = explain_digit(reader, Frame(lying, "lying"), model="accurate", number=1)
    assert explained.image.shape == row.shape
    assert explained.reading.digit == 4


def test_a_weighted_sum_is_its_terms_and_the_bias(explain: Explain) -> None:
    explained = explain(number=1)
    for layer, neuron in ((1, 6), (2, 3), (3, 4)):
        weighed = weighted_sum(explained, layer, neuron)
        of, before = explained.network.layers[layer - 1], (explained.inputs, *explained.activations)[layer - 1]
        assert weighed.total == pytest.approx(float(of.weights[neuron] @ before + of.biases[neuron]), abs=1e-4)
        products = [abs(term.product) for term in weighed.terms]
        assert products == pytest.approx(sorted(products, reverse=True), abs=1e-6)
    assert weighed.activation == "sigmoid"
    assert weighed.gives == pytest.approx(float(sigmoid(np.array([weighed.total], np.float32))[0]), abs=0.05)


def test_what_speaks_for_a_digit_is_the_whole_difference_of_the_two_sums(explain: Explain) -> None:
    explained = explain(number=1, against=9)
    assert explained.against == 9
    layers, values = explained.network.layers, explained.inputs
    nothing, lit = np.zeros_like(values), [given > 0 for given in explained.activations[:-1]]
    for layer, mask in zip(layers, [*lit, np.ones(10, bool)], strict=True):
        values, nothing = ((each @ layer.weights.T + layer.biases) * mask for each in (values, nothing))
    difference = (values[4] - values[9]) - (nothing[4] - nothing[9])
    reasons = reasons_for(explained, 4, 9)
    assert float(reasons.inputs.sum()) == pytest.approx(float(difference), abs=1e-3)
    assert reasons.biases == pytest.approx(float(nothing[4] - nothing[9]), abs=1e-3)
    assert reasons.total == pytest.approx(float(values[4] - values[9]), abs=1e-3)
    assert reasons.total > 0


def test_inputs_that_are_0_speak_for_nothing(explain: Explain) -> None:
    explained = explain(number=1)
    says = reasons_for(explained, 4, 9).inputs
    assert (says[explained.shown == 0] == 0).all()


def test_of_a_large_layer_the_neurons_that_count_most_are_shown(explain: Explain) -> None:
    explained = explain("accurate", number=1)
    shown = most_important_neurons(explained, 2, 16)
    worth = np.abs(explained.network.layers[2].weights[4] * explained.activations[1])
    assert len(shown) == 16
    assert worth[shown].min() >= np.delete(worth, shown).max()


def test_a_digit_that_is_not_there_is_one_line(explain: Explain, image: ColourImage) -> None:
    with pytest.raises(UsageError, match="--digit 3: 2 digits were read in image; give 1 to 2"):
        explain(number=3)
    with pytest.raises(UsageError, match="--against 4: a 4 was read; name another digit"):
        explain(number=1, against=4)
    blank = Frame(np.full_like(image, 255), "blank.png")
    with pytest.raises(UsageError, match=r"blank\.png: no digit was read in it"):
        explain_digit(FrameReader(load_model("tiny")), blank, model="tiny")


@pytest.mark.parametrize("model", MODELS)
def test_the_figure_shows_more_ink_for_neurons_that_are_lit(explain: Explain, model: str) -> None:
    figure = draw_explanation(explain(model, number=1))
    assert figure.shape == (930, 1280, 3)
    outputs = figure[150:790, 1050:1070].mean(axis=2)
    tops = np.linspace(10, 610, 10).astype(int)
    darkness = [255 - outputs[top : top + 20].mean() for top in tops]
    assert int(np.argmax(darkness)) == 4


def test_the_page_holds_every_neuron_of_a_small_network(explain: Explain) -> None:
    page = write_page(explain(number=1), model="tiny", command="digitreader explain <x>.png")
    assert page.count("<summary>") == 16 + 16 + 10
    assert "digitreader explain &lt;x&gt;.png" in page
    assert 'src="http' not in page


def test_the_terminal_shows_the_glyph_and_the_outputs(explain: Explain) -> None:
    explained = explain(number=2)
    told = terminal_text(explained)
    assert told.splitlines()[0].startswith("digit 2 of 2: a 7, ")
    assert reasons_text(explained) in told
    lines = drawn(explained.glyph)
    assert (len(lines), {len(line) for line in lines}) == (14, {28})
    assert sum(character != " " for line in lines for character in line) > 40


def test_a_sum_on_the_terminal_adds_up(explain: Explain) -> None:
    told = sum_text(weighted_sum(explain(number=1), 1, 6), features="directions")
    numbers = [float(line.rsplit("=", 1)[1].split()[0]) for line in told.splitlines()[1:]]
    *terms, total, _ = numbers
    assert sum(terms) == pytest.approx(total, abs=0.01)


@pytest.mark.parametrize(("model", "names"), [("tiny", 3), ("accurate", 3)])
def test_the_weights_of_each_layer_are_drawn(explain: Explain, model: str, names: int) -> None:
    network = explain(model, number=1).network
    pictures = draw_weights(network, model, "directions")
    assert list(pictures) == [f"{model}-layer-1.png", f"{model}-layer-2.png", f"{model}-outputs.png"]
    assert len(pictures) == names
    for picture in pictures.values():
        red, blue = (picture[..., 2] > picture[..., 0] + 40).sum(), (picture[..., 0] > picture[..., 2] + 40).sum()
        assert min(red, blue) > 0


def test_the_reasons_in_words_add_up(explain: Explain) -> None:
    told = reasons_text(explain(number=1, against=9))
    numbers = [float(number) for number in re.findall(r"[+-]\d+\.\d+", told)]
    assert sum(numbers[:3]) == pytest.approx(numbers[3], abs=0.02)
    assert told.startswith("why a 4 and not a 9: ")


def test_an_input_is_told_by_its_place() -> None:
    assert input_place(29, "pixels") == "row 2, column 2"
    assert input_place(29, "directions") == "→ map, row 2, column 2"
    assert input_place(14 * 28 + 27, "directions") == "↙ map, row 1, column 7"


def test_a_sure_reading_is_not_said_to_be_certain() -> None:
    sure, unsure = (Reading(Box(0, 0, 1, 1), 8, chance) for chance in (0.99999, 0.52))
    assert (confidence_of(sure), confidence_of(unsure)) == ("confidence over 99.9 %", "confidence 52.0 %")
    assert (a_digit(8), a_digit(1)) == ("an 8", "a 1")


@pytest.mark.parametrize(
    ("activation", "given", "slopes"),
    [
        ("relu", [0.0, 0.5, 7.0], [0.0, 1.0, 1.0]),
        ("relu6", [0.0, 0.5, 6.0], [0.0, 1.0, 0.0]),
        ("tanh", [-0.6, 0.0, 1.0], [0.64, 1.0, 0.0]),
        ("sigmoid", [0.0, 0.5, 0.9], [0.0, 0.25, 0.09]),
        ("none", [-3.0, 0.0, 9.0], [1.0, 1.0, 1.0]),
    ],
)
def test_the_slope_of_an_activation_follows_from_its_value(
    activation: str, given: list[float], slopes: list[float]
) -> None:
    np.testing.assert_allclose(slope_of(np.array(given, np.float32), activation), slopes, atol=1e-6)
