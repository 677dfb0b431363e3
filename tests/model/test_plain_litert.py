"""The documents' way to read a picture with LiteRT alone gives the product's own answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.drawing import write_glyph
from digitreader.model import load_model
from digitreader.model.glyph.normalise import normalise_glyph


@pytest.mark.parametrize("digit", range(10))
def test_a_lone_tiny_answers_as_the_product_does(repository: Path, monkeypatch: pytest.MonkeyPatch, digit: int) -> None:
    monkeypatch.chdir(repository)
    blocks = re.findall(
        r"^```python\n(.*?)^```", (repository / "docs" / "training.md").read_text(), re.MULTILINE | re.DOTALL
    )
    (code,) = [block for block in blocks if "models/tiny.tflite" in block]
    picture = normalise_glyph(write_glyph(digit, np.random.default_rng(digit), height_px=40))
    told: dict[str, Any] = {"picture": picture}
    exec(code, told)  # noqa: S102
    activations = load_model("tiny").activations(picture[None])[0]
    np.testing.assert_allclose(told["neurons"], activations, atol=1e-6)
    assert activations.argmax() == digit
