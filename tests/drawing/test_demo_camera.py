"""The demo camera: sheets that come, stay and go, and the truth frame by frame."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, islice

import numpy as np
import pytest

from digitreader.drawing import DemoCamera, DemoFrame, DemoSettings
from digitreader.errors import UsageError

SMALL_WH = (160, 120)
QUICK = DemoSettings(held_s=0.3, moving_s=0.2, away_s=0.2)


def film(seed: int = 0, numbers: tuple[str, ...] = ("123", "4\n56"), settings: DemoSettings = QUICK) -> list[DemoFrame]:
    return list(DemoCamera(SMALL_WH, seed=seed, numbers=numbers, settings=settings).frames())


def test_sheets_come_stay_and_go() -> None:
    story = [(key, len(list(run))) for key, run in groupby((shot.truth, shot.moving) for shot in film())]
    away, moving = (("", False), 6), (("", True), 6)
    assert story == [away, moving, (("123", False), 9), moving, away, moving, (("4\n56", False), 9), moving, away]


def test_the_same_seed_films_the_same_bytes_however_often() -> None:
    camera = DemoCamera(SMALL_WH, seed=5, settings=QUICK)
    first, second = (list(islice(camera.frames(), 40)) for _ in range(2))
    assert [shot.frame.image.tobytes() for shot in first] == [shot.frame.image.tobytes() for shot in second]
    assert [shot.boxes for shot in first] == [shot.boxes for shot in second]


def test_different_seeds_show_different_numbers() -> None:
    shown = {
        next(shot.truth for shot in DemoCamera(SMALL_WH, seed=seed, settings=QUICK).frames() if shot.truth)
        for seed in range(8)
    }
    assert len(shown) > 5


def test_the_numbers_do_not_depend_on_the_frame_rate() -> None:
    def shown(fps: float) -> list[str]:
        frames = DemoCamera(SMALL_WH, seed=2, fps=fps, settings=replace(QUICK, blank_sheets=0.0)).frames()
        truths = (truth for truth, _ in groupby(shot.truth for shot in frames) if truth)
        return list(islice(truths, 3))

    assert shown(10.0) == shown(30.0)


def test_frames_are_counted_and_timed() -> None:
    frames = [shot.frame for shot in islice(DemoCamera(SMALL_WH, fps=20.0, settings=QUICK).frames(), 12)]
    assert [frame.index for frame in frames] == list(range(12))
    assert [frame.time_s for frame in frames] == pytest.approx([index / 20 for index in range(12)])
    assert all(frame.image.shape == (120, 160, 3) and frame.image.dtype == np.uint8 for frame in frames)
    assert {frame.source for frame in frames} == {"demo"}


def test_truth_and_boxes_agree_in_every_frame() -> None:
    for shot in film():
        assert "".join(str(digit.digit) for digit in shot.boxes) == shot.truth.replace("\n", "")


def test_nothing_is_true_while_a_sheet_moves() -> None:
    moving = [shot for shot in film() if shot.moving]
    assert len(moving) == 24
    assert all(shot.truth == "" and shot.boxes == () for shot in moving)


def test_a_blank_sheet_is_held_without_truth() -> None:
    shots = film(numbers=("",))
    assert [shot.truth for shot in shots] == [""] * len(shots)
    brightness = [float(shot.frame.image.mean()) for shot in shots]
    assert max(brightness) > 2 * brightness[0]  # the sheet was there


def test_a_held_sheet_trembles_but_its_boxes_follow() -> None:
    settings = replace(QUICK, held_s=1.5, shake_px=4.0, noise=0.0, pens=("marker",), faintness=0.0, shadow=0.0)
    held = [shot for shot in film(numbers=("888",), settings=settings) if shot.truth]
    assert len({shot.boxes[0].box for shot in held}) > 3
    for shot in held:
        box = shot.boxes[1].box
        inside = shot.frame.image[box.y : box.y + box.height, box.x : box.x + box.width].max(axis=2)
        ink = inside < (int(inside.min()) + int(inside.max())) / 2
        columns = np.flatnonzero(ink.any(axis=0))
        # The box rounds outwards and the lens softens the rim; a box that stayed behind would miss by 4 and more.
        assert columns[0] <= 3
        assert columns[-1] >= box.width - 4


def test_no_frame_of_a_held_sheet_has_the_noise_of_another() -> None:
    held = [shot for shot in film(settings=replace(QUICK, shake_px=0.0)) if shot.truth == "123"]
    assert len({shot.frame.image.tobytes() for shot in held}) == len(held)
    assert len({shot.boxes for shot in held}) == 1


def test_drawn_numbers_have_as_many_digits_and_lines_as_set() -> None:
    settings = replace(QUICK, digits=(5, 5), lines=(2, 2), groups=0.0, blank_sheets=0.0)
    truth = next(shot.truth for shot in DemoCamera(SMALL_WH, seed=1, settings=settings).frames() if shot.truth)
    assert [len(line) for line in truth.split("\n")] == [5, 5]


def test_groups_are_parted_by_a_space() -> None:
    settings = replace(QUICK, digits=(6, 6), lines=(1, 1), groups=1.0)
    truth = next(shot.truth for shot in DemoCamera(SMALL_WH, settings=settings).frames() if shot.truth)
    assert len(truth) == 7
    assert truth.count(" ") == 1


def test_the_first_sheet_is_never_blank() -> None:
    settings = replace(QUICK, blank_sheets=1.0)
    first = list(islice(DemoCamera(SMALL_WH, settings=settings).frames(), 21))
    assert first[-1].truth


@pytest.mark.parametrize(("seed", "fps"), [(-1, 30.0), (0, 0.0), (0, -5.0)])
def test_a_camera_that_cannot_run_is_refused(seed: int, fps: float) -> None:
    with pytest.raises(UsageError, match=r"seed >= 0 and fps > 0"):
        DemoCamera(SMALL_WH, seed=seed, fps=fps)


def test_a_number_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(UsageError, match="'é' cannot be written"):
        film(numbers=("é",))
