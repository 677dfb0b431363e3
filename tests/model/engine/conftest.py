"""Builds .tflite files by hand, by LiteRT's own schema, and asks LiteRT what they answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flatbuffers
import numpy as np
import numpy.typing as npt
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from digitreader.model.engine import TensorForm
from digitreader.model.engine.engine import make_pixel_quantizer
from digitreader.model.tflite.read import read_graph
from digitreader.values import Glyphs

from .layer import Layer

TYPES = {"float32": 0, "int32": 2, "uint8": 3, "int64": 4, "int16": 7, "int8": 9, "int4": 17}
ACTIVATIONS = {"NONE": 0, "RELU": 1, "RELU_N1_TO_1": 2, "RELU6": 3, "TANH": 4}


@dataclasses.dataclass(frozen=True)
class MadeTensor:
    """A tensor to build; `scales` and `zero_points` where it is quantized."""

    shape: tuple[int, ...]
    dtype: str
    data: npt.NDArray[Any] | None = None
    scales: Sequence[float] = ()
    zero_points: Sequence[int] = ()
    axis: int = 0


@dataclasses.dataclass(frozen=True)
class MadeOperator:
    """An operator to build; `kind` is its name in the schema, or its number."""

    kind: str | int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    version: int = 1
    activation: str = "NONE"
    beta: float = 1.0


class Builder:
    """Builds .tflite files."""

    tensor = MadeTensor
    operator = MadeOperator

    def model(self, tensors: Sequence[MadeTensor], operators: Sequence[MadeOperator], ends: tuple[int, int]) -> Any:
        """The file as objects of the schema, to be changed before it is packed."""
        model = schema.ModelT()
        model.version, model.description = 3, "made by hand"
        model.buffers = [schema.BufferT(), *(_buffer(tensor.data) for tensor in tensors)]
        model.operatorCodes = [_code(operator) for operator in operators]
        model.metadata = []
        graph = schema.SubGraphT()
        graph.name, graph.inputs, graph.outputs = "main", [ends[0]], [ends[1]]
        graph.tensors = [_tensor(tensor, place) for place, tensor in enumerate(tensors)]
        graph.operators = [_operator(operator, place) for place, operator in enumerate(operators)]
        model.subgraphs = [graph]
        return model

    def pack(self, model: Any) -> bytes:
        """The file of these objects."""
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def tflite(
        self,
        tensors: Sequence[MadeTensor],
        operators: Sequence[MadeOperator],
        ends: tuple[int, int],
        metadata: Mapping[str, bytes] | None = None,
    ) -> bytes:
        """A whole file."""
        model = self.model(tensors, operators, ends)
        for name, content in (metadata or {}).items():
            entry = schema.MetadataT()
            entry.name, entry.buffer = name, len(model.buffers)
            model.metadata.append(entry)
            model.buffers.append(_buffer(np.frombuffer(content, np.uint8)))
        return self.pack(model)


@pytest.fixture(scope="session")
def make() -> Builder:
    """Builds .tflite files."""
    return Builder()


@pytest.fixture(scope="session")
def run_litert() -> Callable[[bytes, npt.NDArray[Any], str], npt.NDArray[Any]]:
    """Runs a file on a batch; with the kernels ``AUTO`` as the product does, or ``BUILTIN_REF``, the reference ones."""

    def run(content: bytes, numbers: npt.NDArray[Any], kernels: str = "AUTO") -> npt.NDArray[Any]:
        resolver = getattr(OpResolverType, kernels)
        interpreter = Interpreter(model_content=content, num_threads=1, experimental_op_resolver_type=resolver)
        given, gives = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
        interpreter.resize_tensor_input(given["index"], numbers.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given["index"], numbers)
        interpreter.invoke()
        answers: npt.NDArray[Any] = interpreter.get_tensor(gives["index"])
        return answers

    return run


@pytest.fixture(scope="session")
def litert_answers(run_litert: Callable[..., npt.NDArray[Any]]) -> Callable[[bytes, Glyphs, str], npt.NDArray[Any]]:
    """Asks LiteRT for its integers to glyphs."""

    def ask(content: bytes, glyphs: Glyphs, kernels: str) -> npt.NDArray[Any]:
        graph = read_graph(content, "made")
        given = graph.tensors[graph.inputs[0]]
        form = TensorForm(given.dtype, float(given.scales[0]), int(given.zero_points[0]))
        return run_litert(content, make_pixel_quantizer(form)(glyphs), kernels)

    return ask


def _buffer(data: npt.NDArray[Any] | None) -> Any:
    buffer = schema.BufferT()
    if data is not None:
        buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
    return buffer


def _tensor(made: MadeTensor, place: int) -> Any:
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type, tensor.buffer = f"t{place}", list(made.shape), TYPES[made.dtype], place + 1
    if len(made.scales):
        quantization = schema.QuantizationParametersT()
        quantization.scale, quantization.zeroPoint = list(map(float, made.scales)), list(map(int, made.zero_points))
        quantization.quantizedDimension = made.axis
        tensor.quantization = quantization
    return tensor


def _code(made: MadeOperator) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode = made.kind if isinstance(made.kind, int) else getattr(schema.BuiltinOperator, made.kind)
    code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), made.version
    return code


def _operator(made: MadeOperator, place: int) -> Any:
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = place, list(made.inputs), list(made.outputs)
    if made.kind == "FULLY_CONNECTED":
        operator.builtinOptionsType, operator.builtinOptions = 8, schema.FullyConnectedOptionsT()
        operator.builtinOptions.fusedActivationFunction = ACTIVATIONS[made.activation]
    elif made.kind == "SOFTMAX":
        operator.builtinOptionsType, operator.builtinOptions = 9, schema.SoftmaxOptionsT()
        operator.builtinOptions.beta = made.beta
    return operator


@pytest.fixture
def layer(make: Builder) -> Layer:
    """A network of one layer, to be changed."""
    return Layer(make)
