"""Small full-integer networks built to order, and their C compiled and run."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Protocol

import flatbuffers
import numpy as np
import numpy.typing as npt
import pytest
from ai_edge_litert import schema_py_generated as schema

from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import Golden, pack_pixels
from digitreader.model.engine.litert import LiteRTEngine
from digitreader.model.glyph.features import FeatureKind, features_of
from digitreader.model.glyph.normalise import normalise_glyphs
from digitreader.values import Glyphs
from digitreader_export.c99 import write_c

RULE = AcceptanceRule()
PIXEL_SCALE = np.float32(1 / 255)
TYPES = {"float32": 0, "int32": 2, "uint8": 3, "int16": 7, "int8": 9}
KINDS = {"FULLY_CONNECTED": 9, "LOGISTIC": 14, "RELU": 19, "RESHAPE": 22, "SOFTMAX": 25, "QUANTIZE": 114}
WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wconversion", "-Wshadow", "-Wstrict-prototypes")
SANITIZERS = ("-fsanitize=undefined,address", "-fno-sanitize-recover=all")

HARNESS = Path(__file__).with_name("harness.c")


class GraphBuilder:
    """Writes a .tflite operator by operator."""

    def __init__(self) -> None:
        self._graph = schema.SubGraphT()
        self._graph.tensors, self._graph.operators = [], []
        self._model = schema.ModelT()
        self._model.version, self._model.subgraphs = 3, [self._graph]
        self._model.buffers, self._model.operatorCodes = [schema.BufferT()], []

    def tensor(
        self, shape: tuple[int, ...], dtype: str, scales: Any = (), zero_point: int = 0, data: Any = None, axis: int = 0
    ) -> int:
        """Add a tensor; several scales lie along its axis."""
        tensor, form = schema.TensorT(), schema.QuantizationParametersT()
        form.scale = np.atleast_1d(np.asarray(scales, np.float32))
        form.zeroPoint = np.full(len(form.scale), zero_point, np.int64)
        form.quantizedDimension = axis
        tensor.name, tensor.shape, tensor.type = f"t{len(self._graph.tensors)}", list(shape), TYPES[dtype]
        tensor.quantization, tensor.buffer = form, 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            self._model.buffers.append(buffer)
            tensor.buffer = len(self._model.buffers) - 1
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def operator(self, kind: str, inputs: list[int], output: int, *, version: int = 1, activation: int = 0) -> int:
        """Add an operator, and give its output; -1 for none."""
        code, operator = schema.OperatorCodeT(), schema.OperatorT()
        code.builtinCode = code.deprecatedBuiltinCode = KINDS[kind]
        code.version = version
        self._model.operatorCodes.append(code)
        operator.opcodeIndex, operator.inputs = len(self._model.operatorCodes) - 1, inputs
        operator.outputs = [output] if output >= 0 else []
        if kind == "FULLY_CONNECTED":
            operator.builtinOptionsType, operator.builtinOptions = 8, schema.FullyConnectedOptionsT()
            operator.builtinOptions.fusedActivationFunction = activation
        self._graph.operators.append(operator)
        return output

    def pack(self, given: int, gives: int, *more_given: int) -> bytes:
        """Give the file."""
        self._graph.inputs, self._graph.outputs = [given, *more_given], [gives]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self._model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What a network is to be like; its weights are noise.

    Attributes:
        sizes: neurons of each layer, the last one 10.
        hidden: ``relu``, ``relu apart`` (an operator of its own), ``sigmoid`` or ``none``.
        step: how many sums one step of a layer's output stands for; None: so many that the steps fill the byte.
        bias: the largest bias, in sums.
        weight: the largest weight.
        biases: all of them, where they are given; of a network of one layer.
        weight_scales: one for each neuron; likewise.
        biased: whether layers have biases at all; ``absent`` where they say that they have none.
    """

    sizes: tuple[int, ...] = (16, 16, 10)
    hidden: str = "relu"
    per_channel: bool = False
    pixels: str = "uint8"
    logits: str = "int8"
    zero_point: int = 7
    hidden_zero_point: int = -128
    step: float | None = None
    bias: int = 3_000
    weight: int = 127
    logit_scale: float | None = None
    biases: npt.NDArray[np.int32] | None = None
    weight_scales: npt.NDArray[np.float32] | None = None
    biased: bool | Literal["absent"] = True
    seed: int = 1


def build(plan: Plan) -> bytes:
    """Build the .tflite."""
    rng, builder = np.random.default_rng(plan.seed), GraphBuilder()
    given = builder.tensor((1, 28, 28), plan.pixels, PIXEL_SCALE, 0 if plan.pixels == "uint8" else -128)
    at = given
    if plan.pixels == "uint8":
        at = builder.operator("QUANTIZE", [at], builder.tensor((1, 28, 28), "int8", PIXEL_SCALE, -128))
    shape = builder.tensor((2,), "int32", data=np.array([-1, 784], np.int32))
    at = builder.operator("RESHAPE", [at, shape], builder.tensor((1, 784), "int8", PIXEL_SCALE, -128))
    scale, inputs = PIXEL_SCALE, 784
    for number, neurons in enumerate(plan.sizes, 1):
        last = number == len(plan.sizes)
        at, scale = _dense(builder, plan, rng, at, scale, (neurons, inputs), last=last)
        inputs = neurons
    if plan.logits == "uint8":
        at = builder.operator("QUANTIZE", [at], builder.tensor((1, 10), "uint8", scale, plan.zero_point + 128))
    return builder.pack(given, at)


def _dense(
    builder: GraphBuilder,
    plan: Plan,
    rng: np.random.Generator,
    at: int,
    scale: np.float32,
    shape: tuple[int, int],
    *,
    last: bool,
) -> tuple[int, np.float32]:
    neurons, inputs = shape
    limit = plan.weight
    weights = rng.integers(-limit, limit + 1, shape).astype(np.int8)
    scales = rng.uniform(0.004, 0.012, neurons if plan.per_channel else 1).astype(np.float32)
    step = plan.step or limit * 0.4 * np.sqrt(inputs) * rng.uniform(0.8, 1.2)
    gives_scale = np.float32(scale * scales.mean() * np.float32(step))
    if last and plan.logit_scale is not None:
        drawn_scales = (scales * np.float32(plan.logit_scale) / gives_scale).astype(np.float32)
        scales = drawn_scales if plan.weight_scales is None else plan.weight_scales
        gives_scale = np.float32(plan.logit_scale)
    zero_point = plan.zero_point if last or plan.hidden == "sigmoid" else plan.hidden_zero_point
    drawn = rng.integers(-plan.bias, plan.bias + 1, neurons).astype(np.int32)
    biases = drawn if plan.biases is None else plan.biases
    given = [at, builder.tensor(shape, "int8", scales, data=weights)]
    if plan.biased is True:
        given.append(builder.tensor((neurons,), "int32", scale * scales, data=biases))
    elif plan.biased == "absent":
        given.append(-1)
    gives = builder.tensor((1, neurons), "int8", gives_scale, zero_point)
    relu = plan.hidden == "relu" and not last
    at = builder.operator("FULLY_CONNECTED", given, gives, version=5 if len(scales) > 1 else 4, activation=int(relu))
    if plan.hidden == "relu apart" and not last:
        at = builder.operator("RELU", [at], builder.tensor((1, neurons), "int8", gives_scale, zero_point))
    if plan.hidden != "sigmoid" or last:
        return at, gives_scale
    gives_scale = np.float32(1 / 256)
    return builder.operator("LOGISTIC", [at], builder.tensor((1, neurons), "int8", gives_scale, -128)), gives_scale


def drawn_golden(content: bytes, features: FeatureKind = "pixels") -> tuple[Golden, ...]:
    """Golden inks of a network: a speck, a white one, noise and sparse noise, answered by LiteRT."""
    rng = np.random.default_rng(5)
    inks = [np.full((1, 1), 9, np.uint8), np.full((31, 23), 255, np.uint8)]
    inks += [rng.integers(0, 256, (60, 43), dtype=np.uint8), rng.integers(0, 2, (28, 28), dtype=np.uint8) * 255]
    glyphs = normalise_glyphs(inks)
    answers = LiteRTEngine(content, "golden").integers(features_of(glyphs, features)).tolist()
    shows = ("speck", "white", 'a "noise"', "\\ or ??/, ö")
    return tuple(
        Golden(show, ink.shape[1], pack_pixels(ink), pack_pixels(glyph), tuple(row), ())
        for show, ink, glyph, row in zip(shows, inks, glyphs, answers, strict=True)
    )


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the C says: (N, 10) logits, (N,) digits with -1 for none, (N,) confidences in per mille."""

    logits: npt.NDArray[Any]
    digits: npt.NDArray[np.int8]
    per_mille: npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The C of a network, compiled."""

    path: Path
    logit_type: str

    def read(self, glyphs: Glyphs) -> Answers:
        """Read glyphs (N, 28, 28) uint8."""
        return self._run(glyphs.tobytes())

    def judge(self, logits: npt.NDArray[Any]) -> Answers:
        """Judge logits (N, 10)."""
        return self._run(logits.astype(self.logit_type).tobytes(), "judge")

    def _run(self, given: bytes, *arguments: str) -> Answers:
        ran = subprocess.run([self.path, *arguments], input=given, capture_output=True, check=False)
        assert ran.returncode == 0, ran.stderr.decode()
        rows = np.frombuffer(ran.stdout, np.uint8).reshape(-1, 13)
        per_mille = rows[:, 11].astype(np.int64) * 256 + rows[:, 12]
        return Answers(rows[:, :10].view(self.logit_type), rows[:, 10].view(np.int8), per_mille)


class Compile(Protocol):
    """Writes the C of a .tflite and compiles it with every warning and sanitizer."""

    def __call__(
        self, content: bytes, rule: AcceptanceRule = RULE, *, logits: str = "int8", features: FeatureKind = "pixels"
    ) -> Program: ...


@pytest.fixture(scope="session")
def gcc() -> str:
    """The C compiler."""
    found = shutil.which("gcc") or shutil.which("cc")
    if found is None:
        pytest.skip("no C compiler (gcc) here, so the C cannot be compiled")
    return found


@pytest.fixture(scope="session")
def strictly(gcc: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The compiler with every warning an error, and with its sanitizers where it has them."""
    folder = tmp_path_factory.mktemp("sanitizers")
    (folder / "a.c").write_text("int main(void) { return 0; }\n")
    command = (gcc, "-O1", *WARNINGS, *SANITIZERS)
    made = subprocess.run([*command, "a.c", "-o", "a"], cwd=folder, capture_output=True, check=False).returncode == 0
    works = made and subprocess.run([folder / "a"], capture_output=True, check=False).returncode == 0
    return command if works else command[: -len(SANITIZERS)]


@pytest.fixture
def compile_c(strictly: tuple[str, ...], tmp_path: Path) -> Compile:
    """Compiles the C of a network."""

    def compile_one(
        content: bytes, rule: AcceptanceRule = RULE, *, logits: str = "int8", features: FeatureKind = "pixels"
    ) -> Program:
        write_c(content, "net", rule, drawn_golden(content, features), tmp_path, features=features)
        command = [*strictly, f"-DLOGIT_T={logits}_t", "-Isrc", "src/net.c", str(HARNESS), "-o", "net"]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return Program(tmp_path / "net", logits)

    return compile_one


@pytest.fixture
def build_network() -> Callable[..., bytes]:
    """Builds the .tflite of a `Plan`, given by its fields."""
    return lambda **fields: build(Plan(**fields))


@pytest.fixture
def golden_of() -> Callable[[bytes], tuple[Golden, ...]]:
    """Answers golden glyphs with LiteRT."""
    return drawn_golden


@pytest.fixture
def graph_builder() -> GraphBuilder:
    """Writes a .tflite operator by operator."""
    return GraphBuilder()
