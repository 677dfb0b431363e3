"""Networks that draw maps of pictures: both engines beside each other, and what they refuse."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from digitreader.errors import ImageError, MissingExtraError, ModelFormatError
from digitreader.model.engine import EngineName, map_litert
from digitreader.model.engine.choice import make_map_engine
from digitreader.model.engine.map_engine import MapEngine
from digitreader.model.engine.map_litert import LiteRTMaps
from digitreader.model.engine.map_numpy import NumpyMaps
from digitreader.model.locate import shipped_models
from digitreader.values import ColourImage

from .map_network import finder_like_tflite

NAMES: tuple[EngineName, ...] = ("litert", "numpy")
SHAPES = [(32, 32), (64, 96), (96, 224)]


@pytest.fixture(scope="module", params=[1, 2])
def content(request: pytest.FixtureRequest) -> bytes:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed; it is the extra [train]")
    return finder_like_tflite(request.param)


@pytest.fixture(scope="module")
def engines(content: bytes) -> tuple[LiteRTMaps, NumpyMaps]:
    return LiteRTMaps(content, "random"), NumpyMaps(content, "random")


def draw_picture(shape: tuple[int, int], seed: int = 0) -> ColourImage:
    """Noise on one half, and areas of one colour on the other."""
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    picture[:, : shape[1] // 2] = np.kron(picture[::16, : shape[1] // 2 : 16], np.ones((16, 16, 1), np.uint8))
    return picture


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(3))
def test_numpy_gives_the_integers_that_litert_gives(
    engines: tuple[MapEngine, MapEngine], shape: tuple[int, int], seed: int
) -> None:
    theirs, mine = (engine.integers(draw_picture(shape, seed)) for engine in engines)
    for litert, ours, channels in zip(theirs, mine, (4, 10), strict=True):
        assert litert.shape == (shape[0] // 4, shape[1] // 4, channels)
        assert litert.dtype == ours.dtype == np.int8
        np.testing.assert_array_equal(ours, litert)
        assert litert.std() > 10  # a network that saturates would prove nothing


def test_maps_are_the_real_numbers_of_the_integers(engines: tuple[MapEngine, MapEngine]) -> None:
    picture = draw_picture((64, 96))
    for engine in engines:
        assert engine.input == engines[0].input
        assert engine.outputs == engines[0].outputs
        for form, real, raw in zip(engine.outputs, engine.maps(picture), engine.integers(picture), strict=True):
            assert real.dtype == np.float32
            np.testing.assert_array_equal(real, form.to_real(raw))


def test_pixels_go_in_as_they_are(engines: tuple[MapEngine, MapEngine]) -> None:
    form = engines[0].input
    assert (form.dtype, form.zero_point) == ("uint8", 0)
    assert form.scale == pytest.approx(1 / 255, rel=1e-6)


def test_many_shapes_in_turn_give_what_each_gives_alone(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_litert, "MOST_PIXELS", 32 * 32 * 12)
    engine = LiteRTMaps(content, "random")
    pictures = [draw_picture((32, 32 * wide)) for wide in range(1, 7)]
    first = [engine.integers(picture) for picture in pictures]
    for picture, before in zip(reversed(pictures), reversed(first), strict=True):
        for again, once in zip(engine.integers(picture), before, strict=True):
            np.testing.assert_array_equal(again, once)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((32, 33, 3), np.uint8),
        np.zeros((48, 32, 3), np.uint8),
        np.zeros((0, 32, 3), np.uint8),
        np.zeros((32, 32), np.uint8),
        np.zeros((32, 32, 4), np.uint8),
        np.zeros((32, 32, 3), np.float32),
    ],
    ids=lambda picture: f"{picture.shape} {picture.dtype}",
)
def test_a_picture_of_another_form_is_refused(
    engines: tuple[MapEngine, MapEngine], which: int, picture: ColourImage
) -> None:
    with pytest.raises(ImageError, match=r"^the picture is \(.*\) \w+, need \(H, W, 3\) uint8 .* multiples of 32"):
        engines[which].integers(picture)


@pytest.mark.parametrize("name", NAMES)
def test_a_network_that_reads_digits_is_refused(name: EngineName) -> None:
    model = shipped_models()["tiny"].read_bytes()
    with pytest.raises(ModelFormatError, match=r"^tiny: input is \(1, 28, 28\) uint8, need \(1, H, W, 3\)"):
        make_map_engine(model, "tiny", name)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_model_is_refused(name: EngineName) -> None:
    with pytest.raises(ModelFormatError, match=r"^bad: "):
        make_map_engine(b"\x1c\x00\x00\x00TFL3" + b"\x00" * 64, "bad", name)


@pytest.mark.parametrize(("asked", "runs"), [("auto", "litert"), ("litert", "litert"), ("numpy", "numpy")])
def test_the_engine_is_the_one_asked_for(content: bytes, asked: EngineName, runs: str) -> None:
    assert make_map_engine(content, "random", asked).name == runs


def test_numpy_runs_the_network_where_litert_is_missing(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "ai_edge_litert"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    assert make_map_engine(content, "random").name == "numpy"
    with pytest.raises(MissingExtraError, match=r"LiteRT \(ai-edge-litert\) is not installed .* use --engine numpy"):
        make_map_engine(content, "random", "litert")
