"""What speaks for a whole digit is judged by the truth of drawn pictures."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from digitreader.drawing import Scene
from digitreader.measure.data import DataPlace
from digitreader.measure.score.finding.kinds import draw_kind, kinds_named
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.reading.small_networks import SmallNetworks
from digitreader.reading.whole_digits import COUNT
from digitreader_export.finder import weigh_wholes
from digitreader_export.finder.weigh_wholes import PARTLY, judge_picture, main, practised_scenes


@pytest.fixture(scope="module")
def reader() -> FrameReader:
    return FrameReader(load_model("accurate"))


def drawn(kind: str, count: int) -> Iterator[Scene]:
    return draw_kind(kinds_named([kind])[0], count, seed=3)


def test_wholes_of_digits_whose_strokes_do_not_meet_are_mostly_right(reader: FrameReader) -> None:
    judged = [judge_picture(reader, shown) for shown in drawn("open-strokes", 8)]
    right = np.concatenate([each.right for each in judged])
    assert len(right) >= 4
    assert right.mean() > 0.6
    assert all(each.features.shape == (len(each.right), COUNT) for each in judged)


def test_no_whole_on_a_page_of_words_is_right(reader: FrameReader) -> None:
    assert not any(judge_picture(reader, shown).right.any() for shown in drawn("words", 6))


def test_digits_of_scenes_that_are_partly_seen_are_marked(mnist_dir: Path, tmp_path: Path) -> None:
    digits = [box.digit for shown in practised_scenes(DataPlace(mnist_dir, tmp_path), 6, seed=5) for box in shown.boxes]
    assert PARTLY in digits
    assert set(digits) - {PARTLY} <= set(range(10))


def test_the_command_writes_the_weights_and_keeps_the_features(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def few(place: DataPlace, share: float) -> list[tuple[str, int, Iterator[Scene]]]:
        assert share == pytest.approx(0.02)
        return [(kind, 4, drawn(kind, 4)) for kind in ("open-strokes", "words")]

    monkeypatch.setattr(weigh_wholes, "all_pictures", few)
    weights, kept = tmp_path / "weights.py", tmp_path / "kept.npz"
    main(["--few", "--out", str(weights), "--features", str(kept)])
    assert set(np.load(kept)["kinds"].tolist()) <= {"open-strokes", "words"}
    fitted = runpy.run_path(str(weights))
    networks = SmallNetworks(fitted["MEANS"], fitted["SPREADS"], fitted["NETWORKS"])
    chances = networks.chances_of(np.load(kept)["features"])[:, 1]
    assert ((chances > 0.5) == np.load(kept)["right"]).mean() > 0.7

    monkeypatch.setattr(weigh_wholes, "all_pictures", pytest.fail)  # what was kept is not drawn again
    main(["--few", "--out", str(tmp_path / "again.py"), "--features", str(kept)])
    assert (tmp_path / "again.py").read_text() == weights.read_text()
