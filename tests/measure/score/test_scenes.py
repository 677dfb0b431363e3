"""Scenes: how hard they are, that they are drawn alike each time, and how their digits are counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from digitreader.drawing import DemoSettings
from digitreader.errors import UsageError
from digitreader.measure.score.causes import CAUSES
from digitreader.measure.score.scenes import (
    CHOICES,
    LIMITS,
    PAIRS,
    PRESETS,
    WHOLE,
    Difficulty,
    ScenesPlan,
    draw_scenes,
    draw_writing,
    scenes_sections,
    scenes_text,
    score_scenes,
    turned,
)
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Reading

STILL = {field.name for field in dataclasses.fields(DemoSettings)} - {
    "shake_px", "held_s", "moving_s", "away_s", "blank_sheets",
}  # fmt: skip
PLAIN = Difficulty(DemoSettings())


def test_every_setting_of_a_still_picture_has_a_knob() -> None:
    assert {*LIMITS, *CHOICES} == {*STILL, "marks"}


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_knob_can_be_turned_to_its_least_and_its_most(name: str) -> None:
    for limit in LIMITS[name]:
        settings = turned(PLAIN, f"{name}={limit}").settings
        value = turned(PLAIN, f"{name}={limit}").marks if name == "marks" else getattr(settings, name)
        assert value == ((limit, limit) if name in PAIRS else limit)
        assert isinstance(value[0] if isinstance(value, tuple) else value, int) == (name in WHOLE) or limit == int(
            limit
        )


@pytest.mark.parametrize(
    ("knob", "value"),
    [
        ("digits=2-9", (2, 9)),
        ("digit_height=0.05-0.1", (0.05, 0.1)),
        ("sheet_fill=1", (1.0, 1.0)),
        ("spacing=-0.05", -0.05),
        ("spacing=none", None),
        ("jpeg_quality=none", None),
        ("pens=pencil,red", ("pencil", "red")),
        (" papers = board ", ("board",)),
    ],
)
def test_a_knob_is_turned_to_what_is_written(knob: str, value: object) -> None:
    name = knob.partition("=")[0].strip()
    assert getattr(turned(PLAIN, knob).settings, name) == value


@pytest.mark.parametrize(
    "knob",
    [
        "noise", "noise=", "noise=loud", "noise=-1", "noise=61", "noise=1-2", "noise=nan", "noise=none", "=3", "size=3",
        "held_s=1", "digits=0", "digits=3-", "digits=5-3", "digits=2.5", "digits=1-99", "digits=1-2-3", "pens=",
        "pens=quill", "pens=red,,blue", "jpeg_quality=0", "marks=1",
    ],
)  # fmt: skip
def test_what_a_knob_cannot_be_turned_to_is_refused(knob: str) -> None:
    with pytest.raises(UsageError, match="give"):
        turned(PLAIN, knob)


def test_turning_one_knob_leaves_the_others() -> None:
    hard = PRESETS["hard"]
    softer = turned(hard, "noise=1")
    assert softer.settings == dataclasses.replace(hard.settings, noise=1.0)
    assert softer.marks == hard.marks


def test_marks_replace_as_many_digits_as_they_are_meant_to_but_never_all() -> None:
    texts = [draw_writing(turned(PLAIN, "marks=0.4"), np.random.default_rng(seed)) for seed in range(200)]
    written = "".join(texts).replace("\n", "").replace(" ", "")
    assert all(any(character.isdigit() for character in text) for text in texts)
    # the first digit of each text is kept
    marks = sum(not character.isdigit() for character in written)
    assert marks / (len(written) - len(texts)) == pytest.approx(0.4, abs=0.05)
    assert draw_writing(PLAIN, np.random.default_rng(3)).replace(" ", "").replace("\n", "").isdigit()


def test_a_scene_depends_on_the_seed_and_its_number_alone() -> None:
    few = ScenesPlan(PRESETS["easy"], count=2, size_wh=(160, 120))
    more = dataclasses.replace(few, count=3)
    others = dataclasses.replace(few, seed=1)
    first, again, other = ([scene.image.tobytes() for scene in draw_scenes(plan)] for plan in (few, more, others))
    assert first == again[:2]
    assert len(set(again)) == 3
    assert set(first).isdisjoint(other)


def test_a_reader_that_reads_nothing_has_only_digits_not_read(telling: Callable[..., FrameReader]) -> None:
    score, mistakes = score_scenes(telling(), ScenesPlan(PRESETS["easy"], count=3, size_wh=(320, 240)))
    assert score.scenes == 3
    assert score.right == score.exact == score.causes["misread"] == score.causes["invented"] == 0
    assert sum(score.causes.values()) == score.errors == score.digits
    assert score.digit_accuracy == 0.0
    assert score.causes["rejected"] > 0.8 * score.digits  # easy ones are found and cut as they should be
    assert [mistake.outcome.cause for mistake in mistakes["rejected"]] == len(mistakes["rejected"]) * ["rejected"]


def test_a_reader_that_reads_the_truth_makes_no_mistake(telling: Callable[..., FrameReader]) -> None:
    plan = ScenesPlan(PRESETS["hard"], count=3, size_wh=(320, 240))
    truths = {
        f"scene {number}": [Reading(digit.box, digit.digit, 0.9) for digit in scene.boxes]
        for number, scene in enumerate(draw_scenes(plan))
    }
    score, mistakes = score_scenes(telling(truths), plan)
    assert (score.right, score.exact, score.errors, score.digit_accuracy) == (score.digits, 3, 0, 1.0)
    assert not any(mistakes.values())
    assert set(score.right_by_digit) <= {1.0, None}
    assert sum(share is not None for share in score.right_by_digit) == len(
        {digit.digit for scene in draw_scenes(plan) for digit in scene.boxes}
    )


def test_a_reader_that_says_always_the_same_misreads(telling: Callable[..., FrameReader]) -> None:
    plan = ScenesPlan(PRESETS["easy"], count=2, size_wh=(320, 240))
    eights = {
        f"scene {number}": [Reading(digit.box, 8, 0.9) for digit in scene.boxes]
        for number, scene in enumerate(draw_scenes(plan))
    }
    score, mistakes = score_scenes(telling(eights), plan)
    there = [digit.digit for scene in draw_scenes(plan) for digit in scene.boxes]
    assert score.right == there.count(8)
    assert score.causes["misread"] == score.errors == len(there) - there.count(8)
    assert all(mistake.outcome.reading is not None for mistake in mistakes["misread"])


def test_no_more_pictures_are_kept_than_asked_for(telling: Callable[..., FrameReader]) -> None:
    plan = ScenesPlan(PRESETS["easy"], count=2, size_wh=(320, 240), pictures=2)
    score, mistakes = score_scenes(telling(), plan)
    assert score.causes["rejected"] > 2
    assert len(mistakes["rejected"]) == 2


def test_easy_scenes_are_read_better_than_hard_ones() -> None:
    reader = FrameReader(load_model("small"))
    easy, hard = (score_scenes(reader, ScenesPlan(PRESETS[name], count=24))[0] for name in ("easy", "hard"))
    assert easy.digit_accuracy > hard.digit_accuracy
    assert easy.digit_accuracy > 0.8


def test_the_lines_and_the_page_tell_every_cause_and_show_its_pictures(telling: Callable[..., FrameReader]) -> None:
    plan = ScenesPlan(PRESETS["easy"], name="easy", count=2, size_wh=(320, 240))
    score, mistakes = score_scenes(telling(), plan)
    text = scenes_text(score, "a model")
    page = "".join(scenes_sections(score, mistakes, knobs=[("noise", "2.0")]))
    assert all(f"  {cause} " in text for cause in CAUSES)
    assert all((cause.capitalize() in page) == (score.causes[cause] > 0) for cause in CAUSES)
    assert f"  rejected    {score.causes['rejected']:6}" in text
    assert page.count("data:image/png") == sum(map(len, mistakes.values())) > 0
    assert "<td>noise</td><td>2.0</td>" in page
