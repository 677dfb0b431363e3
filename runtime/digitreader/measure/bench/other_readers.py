"""Other readers of pictures, and other ways to run the network, for comparison."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from digitreader.errors import BlankGlyphError, MissingExtraError
from digitreader.find.finder import reading_order
from digitreader.model.engine.numpy_engine import Layer, LayeredNetwork
from digitreader.model.glyph.features import features_of
from digitreader.model.load import load_model
from digitreader.model.locate import locate_model
from digitreader.values import Box, ColourImage, Features

ReadText = Callable[[ColourImage], str]
"""Takes (H, W, 3) uint8 BGR, gives the digits of the picture line by line."""
Forward = Callable[[Features], npt.NDArray[np.float32]]
"""Takes (N, 28, 28) uint8 features, gives (N, 10) float32; the greatest of ten is the digit."""

LEAST_HEIGHT_PX = 8
"""The usual tutorials leave out contours that are lower than some limit in pixels; this is one of their values."""
MOST_SHARE = 0.5
"""A contour that is higher than this share of the picture is the edge of the sheet."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another way to read the digits of a picture.

    Attributes:
        needs: how to install `modules` and `program`.
        make: loads it and gives a function that reads with it on one thread; takes the name or path of a digit network.
        modules: Python packages that it imports.
        program: the command that it starts; "" for none.
        note: how it was set up.
    """

    needs: str
    make: Callable[[str], ReadText]
    modules: tuple[str, ...] = ()
    program: str = ""
    note: str = ""

    @property
    def installed(self) -> bool:
        """Whether it can be measured here."""
        has_modules = all(find_spec(module) is not None for module in self.modules)
        return has_modules and (not self.program or shutil.which(self.program) is not None)


def make_tesseract(_model: str) -> ReadText:
    """Tesseract as pytesseract calls it: one process for each picture, with only digits allowed."""

    def read(image: ColourImage) -> str:
        with tempfile.TemporaryDirectory() as folder:
            picture = Path(folder) / "scene.png"
            cv2.imwrite(str(picture), image)
            return _run_tesseract(picture)

    return read


def _run_tesseract(picture: Path) -> str:
    settings = ["--psm", TESSERACT_MODE, "-c", "tessedit_char_whitelist=0123456789"]
    environment = {"OMP_THREAD_LIMIT": "1", "PATH": _path_of("tesseract"), "LC_ALL": "C"}
    done = subprocess.run(  # noqa: S603
        ["tesseract", str(picture), "stdout", *settings],  # noqa: S607
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise MissingExtraError(f"tesseract failed: {reason}; install it with its English data: tesseract-ocr-eng")
    return done.stdout


TESSERACT_MODE = "6"
"""One block of text. Of Tesseract's modes 3, 4, 6, 11 and 12, the one that read most digits of the drawn scenes."""


def _path_of(program: str) -> str:
    found = shutil.which(program)
    return str(Path(found).parent) if found else ""


def make_rapidocr(_model: str) -> ReadText:
    """RapidOCR with the networks of its package, on one thread."""
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    engine = RapidOCR(params={"Global.log_level": "critical", **threads})

    def read(image: ColourImage) -> str:
        return "\n".join(engine(image).txts or ())

    return read


def make_contours(model: str, forward_of: Callable[[str], Forward]) -> ReadText:
    """Otsu's threshold, outer contours and argmax, as the usual tutorials do.

    They use digitreader's normalisation and network, which are better than theirs, so that only the way of finding
    digits differs: a threshold and contours instead of a network, and every contour is taken for a digit.
    """
    network, forward = load_model(model), forward_of(model)

    def read(image: ColourImage) -> str:
        boxes, glyphs = [], []
        for box, ink in contours_of(image):
            try:
                glyphs.append(network.normalise_one(ink))
            except BlankGlyphError:
                continue
            boxes.append(box)
        if not boxes:
            return ""
        digits = forward(features_of(np.array(glyphs), network.facts.features)).argmax(axis=1)
        lines: dict[int, str] = {}
        for place in reading_order(boxes):
            lines[place.line] = lines.get(place.line, "") + str(int(digits[place.number]))
        return "\n".join(lines.values())

    return read


def contours_of(image: ColourImage) -> list[tuple[Box, npt.NDArray[np.uint8]]]:
    """The dark things on light paper: the box and the ink of each, white on black.

    Args:
        image: (H, W, 3) uint8 BGR.
    """
    gray = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    binary = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    contours, _ = cv2.findContours(binary, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours:
        x, y, width, height = cv2.boundingRect(contour)
        if LEAST_HEIGHT_PX <= height <= MOST_SHARE * image.shape[0]:
            found.append((Box(x, y, width, height), np.asarray(binary[y : y + height, x : x + width], np.uint8)))
    return found


def make_numpy_forward(model: str) -> Forward:
    """The forward pass as in tutorials, with the network's weights as float32."""
    layers = layers_of(model)

    def forward(features: Features) -> npt.NDArray[np.float32]:
        given = features.reshape(len(features), -1).astype(np.float32) / np.float32(255)
        for layer in layers:
            sums = np.asarray(given @ layer.weights.T + layer.biases, np.float32)
            given = _activated(sums, layer.activation)
        return np.asarray(given, np.float32)

    return forward


def _activated(sums: npt.NDArray[np.float32], activation: str) -> npt.NDArray[np.float32]:
    if activation == "relu":
        return np.maximum(sums, np.float32(0))
    return np.float32(1) / (np.float32(1) + np.exp(-sums)) if activation == "sigmoid" else sums


def make_onnx_forward(model: str) -> Forward:
    """The same weights in ONNX Runtime, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx_model(layers_of(model)), options, providers=["CPUExecutionProvider"])

    def forward(features: Features) -> npt.NDArray[np.float32]:
        given = features.reshape(len(features), -1).astype(np.float32) / np.float32(255)
        return np.asarray(session.run(None, {"features": given})[0], np.float32)

    return forward


def onnx_model(layers: tuple[Layer, ...]) -> bytes:
    """The layers as an ONNX file: (N, 784) float32 features in 0..1 -> (N, 10) float32."""
    from onnx import TensorProto, helper, numpy_helper

    nodes: list[Any] = []
    constants: list[Any] = []
    name = "features"
    for number, layer in enumerate(layers):
        constants += [numpy_helper.from_array(layer.weights, f"w{number}")]
        constants += [numpy_helper.from_array(layer.biases, f"b{number}")]
        nodes.append(helper.make_node("Gemm", [name, f"w{number}", f"b{number}"], [f"sum{number}"], transB=1))
        name = f"sum{number}"
        if layer.activation != "none":
            kind = {"relu": "Relu", "sigmoid": "Sigmoid"}[layer.activation]
            nodes.append(helper.make_node(kind, [name], [f"given{number}"]))
            name = f"given{number}"
    ends = [
        helper.make_tensor_value_info(end, TensorProto.FLOAT, ["N", width])
        for end, width in (("features", layers[0].weights.shape[1]), (name, len(layers[-1].biases)))
    ]
    graph = helper.make_graph(nodes, "digits", ends[:1], ends[1:], constants)
    built = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(built.SerializeToString())


def layers_of(model: str) -> tuple[Layer, ...]:
    """The layers of a digit network, given by name or path.

    Raises:
        ModelFormatError: it is not a chain of layers.
    """
    path = locate_model(model)
    return LayeredNetwork(path.read_bytes(), str(path)).layers


def digits_by(forward: Forward, features: Features) -> list[int]:
    """The digit that a forward pass gives for each of (N, 28, 28) uint8 features."""
    return [int(digit) for digit in forward(features).argmax(axis=1)]


ONNX = "pip install onnx onnxruntime"
PEERS: Mapping[str, Peer] = {
    "Otsu + contours + argmax, NumPy": Peer(
        needs="",
        make=lambda model: make_contours(model, make_numpy_forward),
        note="as in the usual tutorials, with digitreader's normalisation and network; a forward pass in NumPy",
    ),
    "Otsu + contours + argmax, ONNX": Peer(
        needs=ONNX,
        make=lambda model: make_contours(model, make_onnx_forward),
        modules=("onnx", "onnxruntime"),
        note="the same with ONNX Runtime",
    ),
    "Tesseract": Peer(
        needs="apt-get install tesseract-ocr tesseract-ocr-eng",
        make=make_tesseract,
        program="tesseract",
        note=f"--psm {TESSERACT_MODE}, only digits allowed; its start counts, a process for each picture",
    ),
    "RapidOCR": Peer(
        needs="pip install rapidocr onnxruntime",
        make=make_rapidocr,
        modules=("rapidocr", "onnxruntime"),
        note="the networks of its package; letters that it reads are left out",
    ),
}
"""Other readers of whole pictures."""

FORWARDS: Mapping[str, tuple[tuple[str, ...], str, Callable[[str], Forward]]] = {
    "NumPy forward pass": ((), "", make_numpy_forward),
    "ONNX Runtime": (("onnx", "onnxruntime"), ONNX, make_onnx_forward),
}
"""Other ways to run the network on glyphs: their packages, how to install them, and the function that makes them."""
