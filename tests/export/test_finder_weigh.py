"""What the finder's signs and a reading's evidence count is fitted to drawn pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digitreader.drawing import scene
from digitreader.model.load import load_finder, load_model
from digitreader_export.finder.weigh import CandidateSample, fit_found, fit_heat, main, weigh_picture


def drawn(count: int) -> CandidateSample:
    """Candidates whose hill tells how likely they are digits, and whose evidence how likely they are read right."""
    rng = np.random.default_rng(6)
    heatmap = rng.random(count)
    digits = np.where(rng.random(count) < heatmap, 7, -1)
    signs = np.stack([np.ones(count), heatmap, rng.random(count), rng.random(count)], axis=1)
    evidence = np.full((count, 10), 0.001)
    evidence[:, 7] = np.where(digits == 7, 0.95, 0.2)
    return CandidateSample("drawn", signs, evidence, digits, np.ones(count, bool))


def test_what_tells_a_digit_counts_and_what_does_not_counts_nothing() -> None:
    _, heatmap, company, size = fit_heat([drawn(4_000)])
    assert heatmap > 3
    assert (company, size) == pytest.approx((0, 0), abs=0.6)


def test_what_tells_a_right_reading_counts() -> None:
    _, evidence, _, _ = fit_found([drawn(4_000)], (0.0, 1.0, 0.0, 0.0))
    assert evidence > 1


def test_every_digit_of_a_picture_is_among_what_is_weighed() -> None:
    shown = scene("3058\n417", rng=np.random.default_rng(2))
    weighed = weigh_picture(load_finder(), load_model("accurate"), "drawn", shown)
    assert weighed is not None
    read = weighed.evidence[weighed.best].argmax(axis=1)[weighed.digits[weighed.best] >= 0]
    assert sorted(read.tolist()) == sorted([3, 0, 5, 8, 4, 1, 7])
    assert set(weighed.digits.tolist()) <= {-1, 0, 1, 3, 4, 5, 7, 8}


def test_of_a_picture_without_anything_nothing_is_weighed() -> None:
    blank = scene("1", rng=np.random.default_rng(2))
    nothing = type(blank)(np.full((120, 160, 3), 200, np.uint8), (), "")
    assert weigh_picture(load_finder(), load_model("accurate"), "drawn", nothing) is None


@pytest.mark.parametrize("content", [None, b"no model"])
def test_a_file_that_is_no_finder_is_one_clear_line(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "finder.tflite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        main([str(path)])
    err = capsys.readouterr().err
    assert (ended.value.code, err.count("\n")) == (1, 1)
    assert "finder.tflite: cannot be weighed" in err
