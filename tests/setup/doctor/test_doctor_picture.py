"""What the doctor says of a picture: the demo's scenes, made blurred, dark, glaring, faint and small."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from digitreader.drawing import DemoSettings, scene
from digitreader.find import Finder
from digitreader.setup.doctor.facts import PictureFacts, PictureMeasurements, PictureReading
from digitreader.setup.doctor.hardware_checks import Finding
from digitreader.setup.doctor.picture_checks import check_picture, check_reading, check_size, check_way_up
from digitreader.setup.doctor.picture_quality import measure_picture
from digitreader.values import ColourImage

SEEDS = range(4)
WrongWith = Callable[[ColourImage], dict[str, Finding]]


def drawn(seed: int, **knobs: object) -> ColourImage:
    """A sheet with nine digits, as the demo draws it but for these knobs."""
    settings = DemoSettings(**knobs)  # type: ignore[arg-type] # the knobs are of many types
    return scene("31415\n9265", settings=settings, rng=np.random.default_rng(seed)).image


@pytest.fixture
def wrong_with(finder: Finder) -> WrongWith:
    """The findings that advise something, by their names."""

    def wrong(image: ColourImage) -> dict[str, Finding]:
        findings = check_picture(PictureFacts("0", measure_picture(image, finder)))
        return {finding.name: finding for finding in findings if finding.state not in {"ok", "skip"}}

    return wrong


def dimmed(image: ColourImage) -> ColourImage:
    return np.asarray(image * 0.2, np.uint8)


def overexposed(image: ColourImage) -> ColourImage:
    return np.asarray(cv2.convertScaleAbs(image, alpha=1.7), np.uint8)


def mirrored_lamp(image: ColourImage) -> ColourImage:
    height, width = image.shape[:2]
    y, x = np.mgrid[:height, :width]
    spot = np.exp(-(((x - 0.5 * width) / 90) ** 2) - ((y - 0.4 * height) / 60) ** 2)
    return np.asarray(np.clip(image + 330 * spot[..., None], 0, 255), np.uint8)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_good_picture_is_left_alone(seed: int, wrong_with: WrongWith) -> None:
    assert wrong_with(drawn(seed)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_blurred_picture_is_out_of_focus(seed: int, wrong_with: WrongWith) -> None:
    assert "turn the lens" in wrong_with(drawn(seed, blur_px=3.5))["focus"].advice


@pytest.mark.parametrize("seed", SEEDS)
def test_a_picture_too_blurred_for_digits_to_be_found_is_out_of_focus(seed: int, wrong_with: WrongWith) -> None:
    image = np.asarray(cv2.GaussianBlur(drawn(seed), (0, 0), 16), np.uint8)
    assert "focus" in wrong_with(image)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dark_picture_needs_light_and_nothing_else(seed: int, wrong_with: WrongWith) -> None:
    wrong = wrong_with(dimmed(drawn(seed)))
    assert "bring a lamp nearer" in wrong["light"].advice
    assert wrong.keys() == {"light"}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_overexposed_picture_has_too_much_light_and_no_lamp_in_it(seed: int, wrong_with: WrongWith) -> None:
    wrong = wrong_with(overexposed(drawn(seed, pens=("pencil",))))
    assert "shorten the exposure" in wrong["light"].advice
    assert "glare" not in wrong


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lamp_mirrored_in_the_paper_is_glare(seed: int, wrong_with: WrongWith) -> None:
    wrong = wrong_with(mirrored_lamp(drawn(seed)))
    assert "reflection" in wrong["glare"].advice
    assert "light" not in wrong


@pytest.mark.parametrize("seed", [2, 4])
@pytest.mark.parametrize(("exposure", "white"), [(1.2, 255), (1.0, 246)])
def test_a_lamp_that_makes_digits_pale_is_glare_on_white_paper_and_where_nothing_is_burnt_out(
    seed: int, exposure: float, white: int, wrong_with: WrongWith
) -> None:
    clear = np.asarray(cv2.convertScaleAbs(drawn(seed, papers=("white",), folds=0.0), alpha=exposure), np.uint8)
    height, width = clear.shape[:2]
    y, x = np.mgrid[:height, :width]
    spot = np.exp(-((((x - 0.3 * width) / 110) ** 2 + ((y - 0.4 * height) / 110) ** 2) ** 2))[..., None]
    assert "glare" not in wrong_with(clear)
    assert "reflection" in wrong_with(np.asarray(clear * (1 - spot) + white * spot, np.uint8))["glare"].advice


@pytest.mark.parametrize("seed", SEEDS)
def test_faint_writing_lacks_contrast(seed: int, wrong_with: WrongWith) -> None:
    wrong = wrong_with(drawn(seed, faintness=0.8, pens=("felt",), papers=("white",)))
    assert "darker or thicker pen" in wrong["contrast"].advice


@pytest.mark.parametrize("seed", SEEDS)
def test_chalk_swallows_as_much_light_as_its_board_does(seed: int, finder: Finder) -> None:
    image = drawn(seed, sheet_fill=(1.3, 1.3), light_falloff=0.0, shadow=0.0, pens=("felt",), papers=("white",))
    ink, chalk = measure_picture(image, finder), measure_picture(np.asarray(cv2.bitwise_not(image), np.uint8), finder)
    assert abs(chalk.digits - ink.digits) <= 2  # the finder may be a little surer of one of them
    assert chalk.contrast > 0.5
    assert abs(chalk.edge_px - ink.edge_px) < 0.5  # the percentiles lie a little otherwise


@pytest.mark.parametrize("seed", SEEDS)
def test_small_digits_ask_for_a_nearer_camera(seed: int, wrong_with: WrongWith) -> None:
    wrong = wrong_with(drawn(seed, digit_height=(0.018, 0.02)))
    assert "move the camera nearer" in wrong["digit size"].advice


def test_a_digit_that_fills_the_picture_asks_for_a_farther_camera(wrong_with: WrongWith) -> None:
    image = np.full((200, 320, 3), 220, np.uint8)
    cv2.ellipse(image, (160, 100), (35, 65), 0, 0, 360, (20, 20, 20), 8, cv2.LINE_AA)
    assert "farther off" in wrong_with(image)["digit size"].advice


def test_chalk_on_a_board_is_judged_like_ink(wrong_with: WrongWith) -> None:
    wrong = wrong_with(np.asarray(cv2.bitwise_not(drawn(0, sheet_fill=(1.3, 1.3), light_falloff=0.0)), np.uint8))
    assert not wrong.keys() & {"contrast", "focus", "digit size", "picture"}


def test_without_digits_a_sheet_is_asked_for(wrong_with: WrongWith) -> None:
    wrong = wrong_with(np.full((480, 640, 3), 200, np.uint8))
    assert wrong.keys() == {"picture"}
    assert "hold a sheet with digits" in wrong["picture"].advice


def test_a_gray_picture_that_was_decoded_smaller_is_measured_as_it_was_taken(finder: Finder) -> None:
    gray = np.asarray(cv2.cvtColor(drawn(0), cv2.COLOR_BGR2GRAY), np.uint8)
    whole, halved = measure_picture(gray, finder), measure_picture(gray, finder, scale=2.0)
    assert (halved.size_wh, halved.height_px, halved.edge_px) == ((1280, 960), 2 * whole.height_px, 2 * whole.edge_px)


def test_the_picture_is_not_written_to(finder: Finder) -> None:
    image = drawn(0)
    image.flags.writeable = False
    measure_picture(image, finder)


def test_no_picture_says_why() -> None:
    (found,) = check_picture(PictureFacts("0", error="0: there is no camera /dev/video0"))
    assert (found.state, found.said) == ("fail", "0: there is no camera /dev/video0")


def test_no_camera_is_nothing_to_judge() -> None:
    (found,) = check_picture(PictureFacts())
    assert found.state == "skip"


def look(
    *, digits: int = 5, height_px: float = 60.0, turned_deg: int = 0, too_small_px: float = 0.0
) -> PictureMeasurements:
    """A good look, but for this."""
    return PictureMeasurements(
        (640, 480), digits, height_px, 2.4, 0.8, 210.0, 0.0, turned_deg=turned_deg, too_small_px=too_small_px
    )


def test_what_was_read_is_shown_with_its_least_sure_digit() -> None:
    reading = PictureReading("12\n345", 5, 0.62)
    found = check_reading(PictureFacts("0", look(), annotated="a.jpg"), reading)
    assert (found.state, found.said) == ("ok", "12 / 345 (the least sure digit 62%); a.jpg shows where")


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (PictureReading("", 0), "no digit is sure enough to be read"),
        (PictureReading("12", 2, 0.9), "3 possible digits are left out"),
    ],
)
def test_digits_that_are_found_and_not_read_are_a_warning(reading: PictureReading, said: str) -> None:
    found = check_reading(PictureFacts("0", look()), reading)
    assert found.state == "warn"
    assert said in found.said


def test_a_camera_that_hangs_turned_is_to_be_hung_upright_or_read_turned() -> None:
    found = check_way_up(look(turned_deg=90), live=True)
    assert (found.state, "turned by 90 degrees" in found.said) == ("warn", True)
    assert "--rotate 90" in found.advice


def test_a_picture_file_that_lies_turned_needs_nothing() -> None:
    found = check_way_up(look(turned_deg=180), live=False)
    assert (found.state, found.advice) == ("ok", "")


def test_which_way_is_up_is_not_told_without_digits() -> None:
    assert check_way_up(look(digits=0), live=True).state == "skip"
    assert check_way_up(look(), live=True).state == "ok"


def test_writing_too_small_to_be_read_asks_for_a_nearer_camera() -> None:
    found = check_size(look(digits=0, height_px=0.0, too_small_px=5.2))
    assert (found.state, found.said) == ("warn", "digits are 5 pixels high, and need at least 12")
    assert "nearer" in found.advice
    taken = check_picture(PictureFacts("0", look(digits=0, height_px=0.0, too_small_px=5.2)))[0]
    assert "too small to be read" in taken.advice


def test_a_picture_that_cannot_be_judged_has_its_own_advice() -> None:
    (found,) = check_picture(PictureFacts("0", error="0: cannot be judged", advice="install it again"))
    assert (found.state, found.advice) == ("fail", "install it again")
