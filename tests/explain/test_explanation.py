"""One digit's way through the network: what is shown of it, and what speaks for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from digitreader.errors import UsageError
from digitreader.explain.explanation import Explanation, explain_digit
from digitreader.explain.figure import draw_explanation
from digitreader.explain.page import write_page
from digitreader.explain.sums import most_telling, speaks_for, weighted_sum
from digitreader.explain.tell import drawn, tell, tell_sum
from digitreader.explain.weights import draw_weights
from digitreader.model.load import load_model
from digitreader.model.sigmoid import sigmoid
from digitreader.pipeline import Reader
from digitreader.values import ColourImage, Frame

Explain = Callable[..., Explanation]
MODELS = ("tiny", "accurate")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("place", "digit"), [(1, 4), (2, 7)])
def test_the_digit_asked_for_is_explained_as_it_is_read(explain: Explain, model: str, place: int, digit: int) -> None:
    explained = explain(model, place=place)
    assert (explained.place, explained.of, explained.reading.digit) == (place, 2, digit)
    np.testing.assert_allclose(explained.given[-1], explained.reading.activations, atol=1e-6)


def test_without_a_place_the_surest_digit_is_explained(explain: Explain) -> None:
    both = [explain(place=place).reading for place in (1, 2)]
    assert explain().reading.evidence == max(reading.evidence for reading in both)


def test_a_picture_that_lies_on_its_side_is_explained_upright(image: ColourImage) -> None:
    reader = Reader(load_model("accurate"))
    row = np.hstack([image] * 2)  # four digits tell which way is up
    lying = np.ascontiguousarray(np.rot90(row))
    explained = explain_digit(reader, Frame(lying, "lying"), model="accurate", place=1)
    assert explained.image.shape == row.shape
    assert explained.reading.digit == 4


def test_a_weighted_sum_is_its_terms_and_the_bias(explain: Explain) -> None:
    explained = explain(place=1)
    for layer, neuron in ((1, 6), (2, 3), (3, 4)):
        weighed = weighted_sum(explained, layer, neuron)
        of, before = explained.network.layers[layer - 1], (explained.inputs, *explained.given)[layer - 1]
        assert weighed.total == pytest.approx(float(of.weights[neuron] @ before + of.biases[neuron]), abs=1e-4)
        products = [abs(term.product) for term in weighed.terms]
        assert products == pytest.approx(sorted(products, reverse=True), abs=1e-6)
    assert weighed.activation == "sigmoid"
    assert weighed.gives == pytest.approx(float(sigmoid(np.array([weighed.total], np.float32))[0]), abs=0.05)


def test_what_speaks_for_a_digit_is_the_whole_difference_of_the_two_sums(explain: Explain) -> None:
    explained = explain(place=1, against=9)
    assert explained.against == 9
    layers, values = explained.network.layers, explained.inputs
    nothing, lit = np.zeros_like(values), [given > 0 for given in explained.given[:-1]]
    for layer, mask in zip(layers, [*lit, np.ones(10, bool)], strict=True):
        values, nothing = ((each @ layer.weights.T + layer.biases) * mask for each in (values, nothing))
    difference = (values[4] - values[9]) - (nothing[4] - nothing[9])
    assert float(speaks_for(explained, 4, 9).sum()) == pytest.approx(float(difference), abs=1e-3)
    assert float(difference) > 0


def test_inputs_that_are_0_speak_for_nothing(explain: Explain) -> None:
    explained = explain(place=1)
    says = speaks_for(explained, 4, 9)
    assert (says[explained.shown == 0] == 0).all()


def test_of_a_large_layer_the_neurons_that_count_most_are_shown(explain: Explain) -> None:
    explained = explain("accurate", place=1)
    shown = most_telling(explained, 2, 16)
    worth = np.abs(explained.network.layers[2].weights[4] * explained.given[1])
    assert len(shown) == 16
    assert worth[shown].min() >= np.delete(worth, shown).max()


def test_a_digit_that_is_not_there_is_one_line(explain: Explain, image: ColourImage) -> None:
    with pytest.raises(UsageError, match="--digit 3: 2 digits were read in image; give 1 to 2"):
        explain(place=3)
    with pytest.raises(UsageError, match="--against 4: a 4 was read; name another digit"):
        explain(place=1, against=4)
    blank = Frame(np.full_like(image, 255), "blank.png")
    with pytest.raises(UsageError, match=r"blank\.png: no digit was read in it"):
        explain_digit(Reader(load_model("tiny")), blank, model="tiny")


@pytest.mark.parametrize("model", MODELS)
def test_the_figure_shows_more_ink_for_neurons_that_are_lit(explain: Explain, model: str) -> None:
    figure = draw_explanation(explain(model, place=1))
    assert figure.shape == (930, 1280, 3)
    outputs = figure[150:790, 1050:1070].mean(axis=2)
    tops = np.linspace(10, 610, 10).astype(int)
    darkness = [255 - outputs[top : top + 20].mean() for top in tops]
    assert int(np.argmax(darkness)) == 4


def test_the_page_holds_every_neuron_of_a_small_network(explain: Explain) -> None:
    page = write_page(explain(place=1), model="tiny", command="digitreader explain <x>.png")
    assert page.count("its weights times what goes in") == 16 + 16 + 10
    assert "digitreader explain &lt;x&gt;.png" in page
    assert 'src="http' not in page


def test_the_terminal_shows_the_glyph_and_the_outputs(explain: Explain) -> None:
    explained = explain(place=2)
    told = tell(explained)
    assert told.splitlines()[0].startswith("digit 2 of 2: a 7, ")
    assert "why a 7 and not a" in told
    lines = drawn(explained.glyph)
    assert (len(lines), {len(line) for line in lines}) == (14, {28})
    assert sum(character != " " for line in lines for character in line) > 40


def test_a_sum_on_the_terminal_adds_up(explain: Explain) -> None:
    told = tell_sum(weighted_sum(explain(place=1), 1, 6), inputs="x")
    numbers = [float(line.rsplit("=", 1)[1]) for line in told.splitlines()[1:]]
    *terms, total, _ = numbers
    assert sum(terms) == pytest.approx(total, abs=0.01)


@pytest.mark.parametrize(("model", "names"), [("tiny", 3), ("accurate", 3)])
def test_the_weights_of_each_layer_are_drawn(explain: Explain, model: str, names: int) -> None:
    network = explain(model, place=1).network
    pictures = draw_weights(network, model)
    assert list(pictures) == [f"{model}-layer-1.png", f"{model}-layer-2.png", f"{model}-outputs.png"]
    assert len(pictures) == names
    for picture in pictures.values():
        red, blue = (picture[..., 2] > picture[..., 0] + 40).sum(), (picture[..., 0] > picture[..., 2] + 40).sum()
        assert min(red, blue) > 0
