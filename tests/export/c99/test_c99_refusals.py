"""What the integer C has no form for is refused in one line, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.errors import DigitReaderError, ModelFormatError
from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import Golden
from digitreader_export.c99 import NoCFormError, write_c
from digitreader_export.c99.layers import DenseLayer, check_layer

Build = Callable[..., bytes]
GoldenOf = Callable[[bytes], tuple[Golden, ...]]

RULE = AcceptanceRule()
SCALE = np.float32(1 / 255)
WEIGHTS = np.ones((10, 784), np.int8)


def dense(builder: Any, at: int, **changes: Any) -> int:
    """Ten neurons on 784 pixels, with what a test changes."""
    form = {
        "dtype": "int8",
        "weights": WEIGHTS,
        "scale": 0.01,
        "out": 9.0,
        "bias": 0,
        "activation": 0,
        "zero_point": 0,
        "axis": 0,
        **changes,
    }
    weights = form["weights"]
    biases = changes.get("biases", np.full(len(weights), form["bias"], np.int32))
    inputs = [
        at,
        builder.tensor(
            weights.shape, form["dtype"], form["scale"], form["zero_point"], data=weights, axis=form["axis"]
        ),
        builder.tensor(biases.shape, biases.dtype.name, data=biases),
    ]
    gives = builder.tensor((1, len(weights)), changes.get("logits", "int8"), form["out"], 0)
    return int(builder.operator("FULLY_CONNECTED", inputs, gives, activation=form["activation"]))


def refused(content: bytes, out: Path, rule: AcceptanceRule = RULE, golden: Any = ()) -> str:
    """The one line with which a network is refused."""
    with pytest.raises(DigitReaderError) as refusal:
        write_c(content, "net", rule, golden, out)
    assert isinstance(refusal.value, NoCFormError)
    assert "\n" not in str(refusal.value)
    assert not out.exists()
    return str(refusal.value)


def pixels(builder: Any, scale: Any = SCALE, zero_point: int = -128, dtype: str = "int8") -> int:
    return int(builder.tensor((1, 784), dtype, scale, zero_point))


@pytest.mark.parametrize("dtype", ["float32", "int16"])
def test_pixels_that_are_no_bytes(dtype: str, graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder, dtype=dtype)
    said = refused(graph_builder.pack(given, dense(graph_builder, given)), tmp_path / "out")
    assert said.startswith(
        f"net.tflite: t0 is {dtype}, the C code handles 8-bit values only; give a full-integer --variant"
    )


@pytest.mark.parametrize(("scale", "zero_point"), [(2 / 255, -128), (1 / 255, -127), (1 / 255, 0)])
def test_pixels_in_another_scale(scale: float, zero_point: int, graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder, scale, zero_point)
    said = refused(graph_builder.pack(given, dense(graph_builder, given)), tmp_path / "out")
    assert "its pixels are not 0 to 255 as they are" in said


def test_an_operator_that_is_unknown_to_it(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = dense(graph_builder, given)
    at = graph_builder.operator("SOFTMAX", [at], graph_builder.tensor((1, 10), "int8", 1 / 256, -128))
    assert "its SOFTMAX cannot be written as integer C" in refused(graph_builder.pack(given, at), tmp_path / "out")


def test_activations_instead_of_logits(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = dense(graph_builder, given)
    at = graph_builder.operator("LOGISTIC", [at], graph_builder.tensor((1, 10), "int8", 1 / 256, -128))
    assert "ends in activations, but the C code needs logits" in refused(
        graph_builder.pack(given, at), tmp_path / "out"
    )


@pytest.mark.parametrize("form", [(1 / 128, -128), (1 / 256, -127)])
def test_a_sigmoid_in_other_steps(form: tuple[float, int], graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = dense(graph_builder, given)
    at = graph_builder.operator("LOGISTIC", [at], graph_builder.tensor((1, 10), "int8", *form))
    assert "need 1/256 from -128" in refused(graph_builder.pack(given, at), tmp_path / "out")


def test_a_quantize_that_scales(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = graph_builder.operator("QUANTIZE", [given], graph_builder.tensor((1, 784), "int8", 0.1, -128))
    said = refused(graph_builder.pack(given, dense(graph_builder, at)), tmp_path / "out")
    assert "its QUANTIZE changes more than the sign of a byte" in said


def test_a_sigmoid_of_the_pixels(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = graph_builder.operator("LOGISTIC", [given], graph_builder.tensor((1, 784), "int8", SCALE, -128))
    said = refused(graph_builder.pack(given, dense(graph_builder, at)), tmp_path / "out")
    assert "its LOGISTIC does not follow a layer in int8" in said


@pytest.mark.parametrize("form", [(9.5, 0), (9.0, 1)])
def test_a_relu_that_scales(form: tuple[float, int], graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = dense(graph_builder, given)
    at = graph_builder.operator("RELU", [at], graph_builder.tensor((1, 10), "int8", *form))
    assert "its RELU does not follow a layer in its scale" in refused(graph_builder.pack(given, at), tmp_path / "out")


def test_an_operator_beside_the_chain(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    dense(graph_builder, given)
    at = dense(graph_builder, given)
    said = refused(graph_builder.pack(given, at), tmp_path / "out")
    assert "its FULLY_CONNECTED does not continue where the operator before it ends" in said


def test_an_end_before_the_last_operator(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = dense(graph_builder, given)
    graph_builder.operator("RESHAPE", [at], graph_builder.tensor((10,), "int8", 9.0, 0))
    said = refused(graph_builder.pack(given, at), tmp_path / "out")
    assert "does not lead from 784 pixels to 10 logits" in said


@pytest.mark.parametrize("form", [(0.0, 0), (float("nan"), 0), (-1.0, 0), ((), 0), (0.1, 128)])
def test_logits_without_a_usable_scale(form: tuple[Any, int], graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = graph_builder.operator("RESHAPE", [dense(graph_builder, given)], graph_builder.tensor((1, 10), "int8", *form))
    assert "t4 has no single scale and zero point for its int8" in refused(
        graph_builder.pack(given, at), tmp_path / "out"
    )


def test_a_reshape_that_scales(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = graph_builder.operator("RESHAPE", [given], pixels(graph_builder, 0.1))
    said = refused(graph_builder.pack(given, dense(graph_builder, at)), tmp_path / "out")
    assert "its RESHAPE changes more than the sign of a byte" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"activation": 3}, "its FULLY_CONNECTED with RELU6 from int8 to int8"),
        ({"logits": "uint8"}, "its FULLY_CONNECTED with NONE from int8 to uint8"),
        (
            {"dtype": "float32", "weights": WEIGHTS.astype(np.float32)},
            r"its weights are float32 (10, 784), need constant",
        ),
        ({"zero_point": 3}, "its weights are int8 (10, 784), need constant int8 around 0"),
        ({"weights": np.ones((10, 16), np.int8)}, "a layer takes 16 values and is given 784"),
        ({"weights": np.ones((9, 784), np.int8)}, "does not lead from 784 pixels to 10 logits"),
        ({"bias": 2**31 - 1}, "a sum may reach 2,147,683,567, more than the 2,147,483,647 of 32 bits"),
        ({"bias": 2**31 - 255 * 784}, "a sum may reach 2,147,483,648, more than"),
        ({"bias": -(2**31)}, "of 32 bits"),
        ({"biases": np.zeros(10, np.int16)}, "its biases are int16 (10,), need constant int32 (10,)"),
        ({"biases": np.zeros(9, np.int32)}, "its biases are int32 (9,), need constant int32 (10,)"),
        ({"scale": 1e-30}, "a sum is scaled by 4.3573e-34"),
        ({"out": 1e-30}, "a sum is scaled by"),
        ({"scale": float("nan")}, "a sum is scaled by nan"),
        ({"scale": -0.01}, "a sum is scaled by -4.3573e-06"),
    ],
)
def test_a_layer_of_another_kind(changes: dict[str, Any], said: str, graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    content = graph_builder.pack(given, dense(graph_builder, given, **changes))
    assert said in refused(content, tmp_path / "out")


def test_scales_that_lie_along_the_inputs(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = dense(graph_builder, dense(graph_builder, given), weights=np.eye(10, dtype=np.int8), scale=[0.1] * 10, axis=1)
    assert "its weights are int8 (10, 10), need constant int8 around 0" in refused(
        graph_builder.pack(given, at), tmp_path / "out"
    )


@pytest.mark.parametrize("inputs", [[], [-1]])
def test_a_layer_without_weights(inputs: list[int], graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    at = graph_builder.operator("FULLY_CONNECTED", [given, *inputs], graph_builder.tensor((1, 10), "int8", 9.0, 0))
    assert "its FULLY_CONNECTED has no weights" in refused(graph_builder.pack(given, at), tmp_path / "out")


def test_weights_that_are_computed(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    weights = graph_builder.tensor((10, 784), "int8", 0.1, 0)
    at = graph_builder.operator("FULLY_CONNECTED", [given, weights], graph_builder.tensor((1, 10), "int8", 9.0, 0))
    assert "need constant int8 around 0" in refused(graph_builder.pack(given, at), tmp_path / "out")


def test_two_glyphs_at_once(graph_builder: Any, tmp_path: Path) -> None:
    given, second = pixels(graph_builder), pixels(graph_builder)
    content = graph_builder.pack(given, dense(graph_builder, given), second)
    assert "takes 2 tensors, the C code takes one glyph" in refused(content, tmp_path / "out")


def test_an_operator_that_gives_nothing(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    graph_builder.operator("RESHAPE", [given], -1)
    said = refused(graph_builder.pack(given, dense(graph_builder, given)), tmp_path / "out")
    assert "its RESHAPE does not continue where the operator before it ends" in said


def test_no_operators_at_all(graph_builder: Any, tmp_path: Path) -> None:
    given = pixels(graph_builder)
    assert "does not lead from 784 pixels" in refused(graph_builder.pack(given, given), tmp_path / "out")


def test_a_layer_with_more_inputs_than_the_c_counts_to() -> None:
    weights = np.zeros((1, 2**16), np.int8)
    layer = DenseLayer(weights, np.zeros(1, np.int64), np.ones(1, np.float32), zero=0, least=0)
    with pytest.raises(NoCFormError, match="65,536 values"):
        check_layer(layer, "net")


def test_a_sum_that_just_fits_32_bits_is_taken(graph_builder: Any, golden_of: GoldenOf, tmp_path: Path) -> None:
    given = graph_builder.tensor((1, 28, 28), "int8", SCALE, -128)
    shape = graph_builder.tensor((2,), "int32", data=np.array([-1, 784], np.int32))
    at = graph_builder.operator("RESHAPE", [given, shape], pixels(graph_builder))
    content = graph_builder.pack(given, dense(graph_builder, at, bias=2**31 - 1 - 255 * 784, out=1e3))
    write_c(content, "net", AcceptanceRule(), golden_of(content), tmp_path)
    assert "none exceeds 2,147,483,647, and an int32_t holds 2,147,483,647" in (tmp_path / "src/net.c").read_text()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (AcceptanceRule(temperature=0.2), "the temperature is 0.2, need 0.25 or more"),
        (AcceptanceRule(none=0.1), "the log odds of no digit are 0.1, need -40.0 to 0"),
        (AcceptanceRule(none=-41.0), "the log odds of no digit are -41.0, need -40.0 to 0"),
    ],
)
def test_a_rule_beyond_its_numbers(rule: AcceptanceRule, said: str, build_network: Build, tmp_path: Path) -> None:
    assert said in refused(build_network(), tmp_path / "out", rule)


def test_no_golden_glyphs(build_network: Build, tmp_path: Path) -> None:
    assert "has no golden glyphs" in refused(build_network(), tmp_path / "out")


@pytest.mark.parametrize("answer", [(0.5,) * 10, (0,) * 9, (0,) * 9 + (128,), (0,) * 9 + (-129,)])
def test_golden_answers_of_another_form(
    answer: tuple[Any, ...], build_network: Build, golden_of: GoldenOf, tmp_path: Path
) -> None:
    content = build_network()
    golden = Golden("7", 28, "", golden_of(content)[0].glyph, answer, ())
    assert "golden glyph 7 is answered by" in refused(content, tmp_path / "out", golden=(golden,))


def test_what_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFormatError):
        write_c(b"no model at all", "net", AcceptanceRule(), (), tmp_path / "out")
    assert not (tmp_path / "out").exists()
