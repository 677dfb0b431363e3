"""The demo's still pictures: a sheet on a desk, and the truth about it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitreader.drawing import PAPERS, PENS, DemoSettings, Scene, scene
from digitreader.errors import UsageError
from digitreader.values import Box

CLEAN = DemoSettings(
    papers=("white",), pens=("felt",), folds=0.0, light_falloff=0.0, shadow=0.0, noise=0.0, blur_px=0.0
)


def draw(text: str, seed: int = 0, settings: DemoSettings = CLEAN, size_wh: tuple[int, int] = (640, 480)) -> Scene:
    return scene(text, size_wh=size_wh, settings=settings, rng=np.random.default_rng(seed))


def ink_mask(seen: Scene, blank: Scene) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where a scene and the same scene without writing differ."""
    return np.asarray(cv2.absdiff(seen.image, blank.image).max(axis=2) > 40)


def part(
    image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], box: Box
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return image[box.y : box.y + box.height, box.x : box.x + box.width]


@pytest.mark.parametrize("size_wh", [(640, 480), (320, 240), (480, 640), (101, 67), (32, 32)])
def test_a_picture_has_the_size_asked_for(size_wh: tuple[int, int]) -> None:
    image = draw("12", size_wh=size_wh).image
    assert image.shape == (size_wh[1], size_wh[0], 3)
    assert image.dtype == np.uint8


def test_the_same_seed_draws_the_same_bytes() -> None:
    first, second = (draw("12345\n67", 3, DemoSettings()) for _ in range(2))
    assert first.image.tobytes() == second.image.tobytes()
    assert first.boxes == second.boxes


def test_different_seeds_draw_different_pictures() -> None:
    assert len({draw("12345", seed, DemoSettings()).image.tobytes() for seed in range(6)}) == 6


@pytest.mark.parametrize("text", ["5", "0123456789", "12 345\n678", "1\n2\n3\n4"])
def test_the_truth_is_what_was_written_and_matches_the_boxes(text: str) -> None:
    drawn = draw(text, settings=DemoSettings())
    assert drawn.truth == text
    assert [(box.line, box.digit) for box in drawn.boxes] == [
        (row, int(character)) for row, line in enumerate(text.split("\n")) for character in line if character.isdigit()
    ]


def test_a_blank_sheet_has_no_truth_and_no_boxes() -> None:
    drawn = draw("")
    assert drawn.truth == ""
    assert drawn.boxes == ()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("text", ["0123456789", "31 41\n592"])
def test_all_boxes_are_in_view(seed: int, text: str) -> None:
    settings = DemoSettings(tilt_deg=15, perspective_deg=30, sheet_fill=(0.7, 1.5))
    for digit in draw(text, seed, settings).boxes:
        assert digit.box.x >= 0
        assert digit.box.y >= 0
        assert digit.box.x + digit.box.width <= 640
        assert digit.box.y + digit.box.height <= 480


@pytest.mark.parametrize("seed", range(8))
def test_the_boxes_hold_all_the_ink_and_are_tight(seed: int) -> None:
    drawn = draw("31415\n926", seed)
    dark = drawn.image.max(axis=2) < 110
    on_paper = np.zeros_like(dark)
    for digit in drawn.boxes:
        inside = part(dark, digit.box)
        part(on_paper, digit.box)[:] = True
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        # Half-covered pixels at the rim of a stroke are lighter than the threshold: three pixels at each side.
        assert rows[0] <= 3
        assert columns[0] <= 3
        assert rows[-1] >= digit.box.height - 4
        assert columns[-1] >= digit.box.width - 4
    x, y, width, height = cv2.boundingRect(on_paper.astype(np.uint8))
    around = np.s_[y - 3 : y + height + 3, x - 3 : x + width + 3]
    assert not (dark & ~on_paper)[around].any()


def test_marks_are_drawn_but_are_no_truth() -> None:
    drawn = draw("12+7")
    assert drawn.truth == "12 7"
    assert [mark.sign for mark in drawn.marks] == ["+"]
    two, seven = drawn.boxes[1].box, drawn.boxes[2].box
    between = drawn.image[two.y : two.y + two.height, two.x + two.width + 2 : seven.x - 2]
    assert between.min() < 110


def box_heights(drawn: Scene) -> float:
    return float(np.median([digit.box.height for digit in drawn.boxes]))


def darkest_in_boxes(drawn: Scene) -> float:
    return float(np.median([np.percentile(part(drawn.image, digit.box), 2) for digit in drawn.boxes]))


def test_faintness_makes_ink_lighter() -> None:
    assert darkest_in_boxes(draw("808", settings=replace(CLEAN, faintness=0.6))) > darkest_in_boxes(draw("808")) + 60


def test_pen_width_makes_lines_thicker() -> None:
    def covered(settings: DemoSettings) -> float:
        return float(
            np.mean([(part(d.image, b.box) < 110).mean() for d in [draw("808", settings=settings)] for b in d.boxes])
        )

    assert covered(replace(CLEAN, pen_width=1.8)) > 1.4 * covered(CLEAN)


def test_digit_height_is_a_share_of_the_frame() -> None:
    small, large = (draw("80", settings=replace(CLEAN, digit_height=(share, share))) for share in (0.1, 0.3))
    assert box_heights(large) == pytest.approx(3 * box_heights(small), rel=0.15)  # the view's scale varies a little


def test_writing_that_does_not_fit_becomes_smaller() -> None:
    settings = replace(CLEAN, digit_height=(0.3, 0.3))
    assert box_heights(draw("01234567890123456789", settings=settings)) < 0.5 * box_heights(
        draw("01", settings=settings)
    )


def test_tilt_turns_the_lines() -> None:
    def slope(seed: int, tilt_deg: float) -> float:
        boxes = [
            digit.box for digit in draw("000000", seed, replace(CLEAN, tilt_deg=tilt_deg, perspective_deg=0)).boxes
        ]
        return abs((boxes[-1].y - boxes[0].y) / (boxes[-1].x - boxes[0].x))

    assert np.median([slope(seed, 30.0) for seed in range(9)]) > 3 * np.median([slope(seed, 0.0) for seed in range(9)])


def test_light_falloff_darkens_a_side() -> None:
    settings = replace(CLEAN, sheet_fill=(1.5, 1.5))
    even, falling = (draw("", settings=replace(settings, light_falloff=amount)).image.mean() for amount in (0.0, 0.6))
    assert falling < even - 25


def test_a_shadow_darkens_a_part() -> None:
    settings = replace(CLEAN, sheet_fill=(1.5, 1.5))
    even, shaded = (draw("", settings=replace(settings, shadow=depth)).image for depth in (0.0, 0.6))
    ratio = shaded.mean(axis=2) / even.mean(axis=2)
    assert np.percentile(ratio, 1) < 0.5
    assert np.percentile(ratio, 99) > 0.9


@pytest.mark.parametrize("sigma", [2.0, 8.0])
def test_noise_is_as_strong_as_asked(sigma: float) -> None:
    settings = replace(CLEAN, papers=("gray",), sheet_fill=(1.5, 1.5))
    clean, noisy = (draw("", settings=replace(settings, noise=amount)).image.astype(int) for amount in (0.0, sigma))
    assert np.std(noisy - clean) == pytest.approx(sigma, rel=0.15)  # fine and blotched noise, rounded to bytes


def test_blur_softens_edges() -> None:
    sharp, soft = (draw("808", settings=replace(CLEAN, blur_px=sigma)).image for sigma in (0.0, 2.0))
    assert cv2.Laplacian(soft, cv2.CV_64F).std() < 0.5 * cv2.Laplacian(sharp, cv2.CV_64F).std()


def test_compression_leaves_traces() -> None:
    plain, packed = (draw("808", settings=replace(CLEAN, jpeg_quality=quality)).image for quality in (None, 20))
    assert packed.shape == plain.shape
    assert cv2.absdiff(plain, packed).max() > 20


def test_writing_on_the_back_shines_through() -> None:
    opaque, thin = (draw("808", settings=replace(CLEAN, show_through=strength)) for strength in (0.0, 1.0))
    assert opaque.boxes == thin.boxes
    assert ink_mask(Scene(thin.image, (), ""), opaque).any()


def test_a_fold_is_seen() -> None:
    flat, folded = (draw("", settings=replace(CLEAN, folds=chance)).image for chance in (0.0, 1.0))
    assert cv2.absdiff(flat, folded).max() > 8


@pytest.mark.parametrize("name", ["ruled", "squared"])
def test_printed_lines_are_seen(name: str) -> None:
    settings = replace(CLEAN, sheet_fill=(1.5, 1.5), tilt_deg=0.0, perspective_deg=0.0)
    plain, lined = (draw("", settings=replace(settings, papers=(paper,))).image for paper in ("white", name))
    assert np.ptp(lined[:, :, 2].mean(axis=1)) > np.ptp(plain[:, :, 2].mean(axis=1)) + 10


def test_chalk_on_a_board_is_lighter_than_its_ground() -> None:
    drawn = draw("808", settings=replace(CLEAN, papers=("board",), pens=("chalk",)))
    inside = part(drawn.image, drawn.boxes[0].box)
    assert np.percentile(inside, 98) > np.median(inside) + 80


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("pen", PENS)
def test_every_pen_writes_on_every_paper(pen: str, paper: str) -> None:
    assert draw("42", size_wh=(160, 120), settings=replace(CLEAN, pens=(pen,), papers=(paper,))).truth == "42"


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (replace(CLEAN, pens=("quill",)), "no pen is called 'quill'"),
        (replace(CLEAN, papers=("papyrus",)), "no paper is called 'papyrus'"),
    ],
)
def test_unknown_pens_and_papers_are_refused(settings: DemoSettings, line: str) -> None:
    with pytest.raises(UsageError, match=line):
        draw("1", settings=settings)


def test_a_picture_too_small_for_numbers_is_refused() -> None:
    with pytest.raises(UsageError, match="20x40"):
        draw("1", size_wh=(20, 40))
