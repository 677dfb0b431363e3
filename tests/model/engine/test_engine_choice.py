"""Which engine runs a model, and what is said where it cannot."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from digitreader.cli import arguments as model_arguments
from digitreader.errors import MissingExtraError, ModelFormatError
from digitreader.model import load_model
from digitreader.model.engine import ENGINES, EngineName, make_engine
from digitreader.model.locate import shipped_models

GLYPHS = np.random.default_rng(3).integers(0, 256, (3, 28, 28), dtype=np.uint8)


@pytest.fixture
def no_litert(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine for which LiteRT has no wheel."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "ai_edge_litert"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)


@pytest.fixture(scope="module")
def content() -> bytes:
    return shipped_models()["tiny"].read_bytes()


@pytest.mark.parametrize(("asked", "runs"), [("auto", "litert"), ("litert", "litert"), ("numpy", "numpy")])
def test_an_engine_is_the_one_asked_for_and_litert_else(content: bytes, asked: EngineName, runs: str) -> None:
    assert make_engine(content, "tiny", asked).name == runs


def test_both_engines_give_the_same(content: bytes) -> None:
    engines = [make_engine(content, "tiny", name) for name in ("litert", "numpy")]
    assert engines[0].input == engines[1].input
    assert engines[0].output == engines[1].output
    np.testing.assert_array_equal(engines[0].integers(GLYPHS), engines[1].integers(GLYPHS))
    np.testing.assert_array_equal(engines[0].logits(GLYPHS), engines[1].logits(GLYPHS))


def test_without_litert_numpy_runs_the_model(no_litert: None, content: bytes) -> None:
    assert make_engine(content, "tiny").name == "numpy"
    assert load_model("tiny").activations(GLYPHS).shape == (3, 10)


def test_litert_that_is_not_installed_is_said_so(no_litert: None, content: bytes) -> None:
    with pytest.raises(MissingExtraError, match=r"LiteRT \(ai-edge-litert\) is not installed .* use --engine numpy"):
        make_engine(content, "tiny", "litert")


@pytest.mark.parametrize("name", ENGINES)
def test_what_is_no_model_is_refused_by_every_engine(name: EngineName) -> None:
    with pytest.raises(ModelFormatError, match="bad: "):
        make_engine(b"\x1c\x00\x00\x00TFL3" + b"\x00" * 64, "bad", name)


def test_commands_offer_the_engines_that_there_are() -> None:
    assert model_arguments.ENGINES == ENGINES
