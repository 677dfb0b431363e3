"""What the board keeps of what was read, and what of a digit can still be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from digitreader.errors import OutputError, UsageError
from digitreader.reading.motion import FrameFindings
from digitreader.values import Box, Frame, Line, Page, Reading
from digitreader.web import corrections
from digitreader.web.board import Board, SeenDigit, ink_of
from digitreader.web.corrections import Corrections

FRAME = Frame(np.full((40, 60, 3), 200, np.uint8), "demo")
SEVEN = Reading(Box(10, 10, 8, 12), 7, 0.9, tuple([0.0] * 7 + [0.9, 0.0, 0.0]))


def findings(*boxes: Box, activations: Sequence[Sequence[float]]) -> FrameFindings:
    """What the finder found: in each box ink whose level is the box's place."""
    candidates = [SimpleNamespace(box=box, ink=np.full((2, 2), at, np.uint8)) for at, box in enumerate(boxes)]
    found = SimpleNamespace(
        findings=SimpleNamespace(candidates=candidates), activations=np.array(activations, np.float32).reshape(-1, 10)
    )
    return cast("FrameFindings", found)


def test_a_fault_before_the_first_frame_is_shown_with_it() -> None:
    changes: list[int] = []
    board = Board()
    board.on_change = lambda: changes.append(board.count)
    board.fault("demo", "demo: is unplugged")
    assert (board.count, board.newest(), changes) == (0, None, [0])
    board.frame(Page("demo"), FRAME)
    newest = board.newest()
    assert newest is not None
    assert newest[0].fault == "demo: is unplugged"


def test_a_steady_page_without_digits_is_no_number() -> None:
    board = Board()
    board.change(Page("demo"), FRAME)
    assert board.numbers() == ()
    board.change(Page("demo", lines=(Line((SEVEN,)),)), FRAME)
    assert [each.page.text for each in board.numbers()] == ["7"]


def test_a_page_that_stays_open_over_a_restart_is_not_given_an_old_number_for_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = list[int]()
    for began in (1_700_000_000.0, 1_700_000_060.0):
        monkeypatch.setattr("time.time", lambda began=began: began)
        board = Board()
        for _ in range(30):
            board.change(Page("demo", lines=(Line((SEVEN,)),)), FRAME)
        seen += [each.number for each in board.numbers()]
    assert seen == sorted(set(seen))


def test_the_ink_of_a_digit_is_that_of_the_candidate_that_gave_its_activations() -> None:
    twice = findings(SEVEN.box, SEVEN.box, activations=[[0.1] * 10, SEVEN.activations])
    ink = ink_of(SEVEN, twice, 1.0)
    assert ink is not None
    assert ink.max() == 1
    first = ink_of(Reading(SEVEN.box, 7, 0.9), twice, 1.0)  # a reading without activations
    assert first is not None
    assert first.max() == 0


@pytest.mark.parametrize("found", [None, findings(Box(0, 0, 8, 12), activations=[[0.1] * 10])])
def test_a_digit_that_was_not_found_in_this_frame_has_no_ink(found: FrameFindings | None) -> None:
    assert ink_of(SEVEN, found, 1.0) is None


def test_a_digit_whose_ink_is_gone_cannot_be_corrected(tmp_path: Path) -> None:
    kept = Corrections(tmp_path / "corrections")
    with pytest.raises(UsageError, match="the ink of this digit is not known any more; correct the next one"):
        kept.keep(SeenDigit(SEVEN, FRAME.image, None), 1, model="tiny")
    assert not kept.folder.exists()


def test_a_full_folder_of_corrections_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "MOST", 1)
    kept, seen = Corrections(tmp_path / "corrections"), SeenDigit(SEVEN, FRAME.image, np.full((12, 8), 255, np.uint8))
    kept.keep(seen, 1, model="tiny")
    with pytest.raises(OutputError, match="holds 1 corrections already; train with them, and move them away"):
        kept.keep(seen, 1, model="tiny")
    assert len(kept.all()) == 1
