"""What company counts is found again where it is known, and pictures are judged as they are read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from digitreader.drawing import Scene
from digitreader.measure.score.finding.kinds import draw_kind, kinds_named
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader_export.finder import weigh_company
from digitreader_export.finder.weigh_company import JudgedReadings, fit_company, judge_picture, main


@pytest.fixture(scope="module")
def reader() -> FrameReader:
    return FrameReader(load_model("accurate"))


def drawn(kind: str) -> Scene:
    return next(draw_kind(kinds_named([kind])[0], 1, seed=3))


def test_the_counts_that_made_the_answers_are_found() -> None:
    rng = np.random.default_rng(4)
    signs, odds = rng.uniform(0, 3, (20_000, 2)), rng.normal(0, 2, 20_000)
    right = rng.random(20_000) < 1 / (1 + np.exp(-(odds + signs @ (0.8, -1.5))))
    parts = [
        JudgedReadings(signs[at : at + 5_000], odds[at : at + 5_000], right[at : at + 5_000])
        for at in range(0, 20_000, 5_000)
    ]
    assert fit_company(parts, np.ones(20_000)) == pytest.approx((0.8, -1.5), abs=0.1)


def test_digits_of_a_line_are_right_and_have_company(reader: FrameReader) -> None:
    judged = judge_picture(reader, drawn("coloured"))
    assert judged.right.sum() >= 8
    assert (judged.signs[judged.right, 0] > judged.signs[judged.right, 1]).mean() > 0.8


def test_nothing_on_a_page_of_words_is_right_and_letters_are_around(reader: FrameReader) -> None:
    judged = judge_picture(reader, drawn("words"))
    assert not judged.right.any()
    assert (judged.signs[:, 1] > judged.signs[:, 0]).all()


def test_the_command_prints_the_constant(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def few(tenths: int) -> list[tuple[str, int, Iterator[Scene]]]:
        assert tenths == 1
        return [(kind, 1, iter([drawn(kind)])) for kind in ("coloured", "words")]

    monkeypatch.setattr(weigh_company, "drawn_pictures", few)
    main(["--few"])
    assert capsys.readouterr().out.startswith("COMPANY = (")
