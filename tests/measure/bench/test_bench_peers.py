"""Peers: other readers get the same scenes and the same score, and what is missing is said."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from digitreader.drawing import DemoSettings, scene
from digitreader.measure.bench import peers as bench
from digitreader.measure.bench.machine import measured_on
from digitreader.measure.bench.other_readers import (
    PEERS,
    Peer,
    contours_of,
    digits_by,
    layers_of,
    make_contours,
    make_numpy_forward,
)
from digitreader.measure.bench.peers import OURS, bench_peers, describe_peers
from digitreader.measure.bench.timing import middle_half
from digitreader.model.glyph.features import features_of
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import ColourImage

PLAIN = DemoSettings(
    sheet_fill=(1.6, 1.6), light_falloff=0.0, shadow=0.0, pens=("marker",), papers=("white",), folds=0.0
)
"""A page without an edge, evenly lit: what tutorials show."""


@pytest.fixture(scope="module")
def reader() -> FrameReader:
    return FrameReader(load_model("small"))


def page(text: str) -> ColourImage:
    return scene(text, settings=PLAIN, rng=np.random.default_rng(4)).image


def test_the_middle_half_leaves_out_a_quarter_at_each_end() -> None:
    assert middle_half([1.0, 2.0, 3.0, 4.0, 900.0]) == (2.0, 4.0)


def test_a_forward_pass_in_numpy_gives_the_digits_of_the_integer_network(reader: FrameReader) -> None:
    inks = [candidate.ink for candidate in reader.finder.digits(page("12345\n67890"))]
    glyphs = np.array([reader.model.normalise_one(ink) for ink in inks])
    features = features_of(glyphs, reader.model.facts.features)
    digits = reader.model.engine.logits(features).argmax(axis=1)
    assert digits_by(make_numpy_forward("small"), features) == digits.tolist()
    assert len(set(digits.tolist())) >= 8


def test_the_tutorials_way_reads_a_plain_page() -> None:
    read = make_contours("small", make_numpy_forward)
    assert read(page("508")).split() == ["508"]


def test_the_tutorials_way_takes_whatever_is_dark_for_a_digit() -> None:
    image = np.full((200, 300, 3), 255, np.uint8)
    cv2.rectangle(image, (100, 60), (160, 120), (0, 0, 0), -1)
    assert len(contours_of(image)) == 1
    assert len(make_contours("small", make_numpy_forward)(image)) == 1


def test_the_tutorials_way_reads_nothing_on_an_empty_page() -> None:
    assert make_contours("small", make_numpy_forward)(np.full((64, 64, 3), 255, np.uint8)) == ""


def test_every_reader_gets_the_same_scenes_in_turn_and_the_same_score(
    reader: FrameReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[ColourImage] = []

    def make(_model: str) -> Callable[[ColourImage], str]:
        def read(image: ColourImage) -> str:
            seen.append(image)
            return "12x3"

        return read

    monkeypatch.setattr(
        bench, "PEERS", {"always 123": Peer("", make), "absent": Peer("buy it", make, ("no_such_module",))}
    )
    monkeypatch.setattr(bench, "NETWORK_RUNS", 2)
    measured = bench_peers(reader, "small", size_wh=(320, 240), scenes=1)
    assert [each.name for each in measured.readers] == [OURS, "always 123"]
    assert measured.missing["absent"] == "buy it"
    assert len(seen) == 1 + 3  # once uncounted, then one of each difficulty
    ours, other = measured.readers
    assert ours.times == 1.0
    assert set(ours.accuracy) == set(other.accuracy) == {"easy", "medium", "hard"}
    assert sum(ours.accuracy.values()) > sum(other.accuracy.values())
    assert measured.networks[0].same == 1.0
    lines = describe_peers(measured)
    assert "always 123" in lines
    assert "absent" in lines
    assert "is not installed here: buy it" in lines


def test_a_peer_is_there_where_its_modules_and_its_program_are() -> None:
    make = PEERS["Tesseract"].make
    assert Peer("", make, ("json",)).installed
    assert not Peer("", make, ("json", "no_such_module")).installed
    assert Peer("", make, program="sh").installed
    assert not Peer("", make, program="no-such-program").installed


@pytest.mark.skipif(
    not PEERS["Tesseract"].installed, reason="Tesseract is not installed: apt-get install tesseract-ocr"
)
def test_tesseract_is_asked_for_digits_alone() -> None:
    image = np.full((120, 420, 3), 255, np.uint8)
    cv2.putText(image, "A 4711", (20, 80), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (0, 0, 0), 4)
    read = PEERS["Tesseract"].make("small")(image)
    assert "4711" in read.replace(" ", "")
    assert not any(character.isalpha() for character in read)


def test_onnx_runtime_gives_what_the_forward_pass_gives() -> None:
    pytest.importorskip("onnx", reason="onnx is not installed: pip install onnx onnxruntime")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: pip install onnx onnxruntime")
    from digitreader.measure.bench.other_readers import make_onnx_forward

    glyphs = np.random.default_rng(1).integers(0, 256, (8, 28, 28), dtype=np.uint8)
    # sums of 784 products in another order
    np.testing.assert_allclose(
        make_onnx_forward("tiny")(glyphs), make_numpy_forward("tiny")(glyphs), rtol=1e-3, atol=1e-3
    )


def test_the_layers_of_a_network_are_those_of_its_card() -> None:
    assert [layer.weights.shape for layer in layers_of("tiny")] == [(16, 784), (16, 16), (10, 16)]


@pytest.fixture(scope="module")
def script(repository: Path) -> ModuleType:
    """docs/benchmarks.py."""
    spec = importlib.util.spec_from_file_location("benchmarks", repository / "docs" / "benchmarks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("load", "times"), [(0.5, True), (9.0, False)])
def test_the_page_gives_times_of_an_idle_machine_alone(script: ModuleType, load: float, times: bool) -> None:
    machine = dataclasses.asdict(dataclasses.replace(measured_on(), cores=2, load=load))
    reader = {
        "name": "ours",
        "accuracy": {"easy": 0.99},
        "exact": 7,
        "ms": 12.5,
        "half_ms": [12, 13],
        "times": 1.0,
        "note": "",
    }
    peers = {"readers": [reader], "scenes": 1, "size_wh": [640, 480], "digits": 9, "seed": 3, "missing": {"other": "x"}}
    block = script.block_of({"machine": machine, "peers": peers})
    assert "99.0 %" in block
    assert "other was not installed" in block
    assert ("12.5 ms" in block) is times
    assert ("was busy" in block) is not times
