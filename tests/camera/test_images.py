"""Picture files become upright, opaque BGR pictures 8 bits deep; each thing that is none says why in one line."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.camera.images import decode_as_stored, decode_frame, decode_image, read_image
from digitreader.camera.picture_memory import MAX_PIXELS
from digitreader.camera.stored_pixels import compose_on_paper
from digitreader.errors import ImageError
from digitreader.values import ColourImage

WHITE, BLACK = 255, 0


def bright_left(width: int = 60, height: int = 40) -> ColourImage:
    """A picture whose left half is white and whose right half is black, so that any turning shows."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2] = WHITE
    return image


def encode(image: npt.NDArray[np.integer | np.floating], suffix: str) -> bytes:
    return cv2.imencode(suffix, image)[1].tobytes()


def with_orientation(image: npt.NDArray[np.integer | np.floating], suffix: str, orientation: int) -> bytes:
    exif = np.frombuffer(b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0), np.uint8)
    return cv2.imencodeWithMetadata(suffix, image, [cv2.IMAGE_METADATA_EXIF], [exif])[1].tobytes()


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".tiff"])
def test_every_kind_of_picture_is_decoded_to_bgr(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(encode(bright_left(), suffix))
    decoded = read_image(path)
    assert decoded.image.dtype == np.uint8
    np.testing.assert_allclose(decoded.image, bright_left(), atol=40)  # lossy kinds ring at the edge
    assert decoded.scale == 1.0


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".tiff"])
def test_a_gray_picture_is_decoded_to_three_equal_channels(suffix: str) -> None:
    image = decode_image(encode(bright_left()[:, :, 0], suffix), name="gray").image
    assert image.shape == (40, 60, 3)
    assert np.ptp(image, axis=2).max() <= 2  # WebP stores colour differences, not gray


def test_a_kind_is_told_by_content_and_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "really_a.jpg"
    path.write_bytes(encode(bright_left(), ".png"))
    np.testing.assert_array_equal(read_image(path).image, bright_left())


@pytest.mark.parametrize("bits", [10, 12, 16])
@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_a_deep_picture_uses_the_whole_range_whatever_its_bits(bits: int, suffix: str) -> None:
    deep = (bright_left() > 0).astype(np.uint16) * (2**bits - 1)
    np.testing.assert_array_equal(decode_image(encode(deep, suffix), name="deep").image, bright_left())


@pytest.mark.parametrize("dtype", [np.float32, np.int32, np.float64])
def test_a_gray_tiff_of_32_bits_and_more_is_stretched_to_the_whole_range(dtype: type[np.number]) -> None:
    gray = np.where(bright_left()[:, :, 0] > 0, 70_000, -5).astype(dtype)
    np.testing.assert_array_equal(decode_image(encode(gray, ".tiff"), name="deep").image, bright_left())


def test_a_tiff_whose_depth_cannot_be_read_says_so() -> None:
    tiff = bytearray(encode(np.ones((8, 8), np.float32), ".tiff"))
    at = tiff.index(struct.pack("<HHIHH", 258, 3, 1, 32, 0)) + 8
    tiff[at] = 64  # of a float of 64 bits half is missing
    with pytest.raises(ImageError, match="deep: has 64 bits for each value, which cannot be read here; save the"):
        decode_image(bytes(tiff), name="deep")


def test_a_picture_of_floats_is_stretched_to_the_whole_range() -> None:
    floats = np.where(bright_left() > 0, 0.75, 0.25).astype(np.float32)
    np.testing.assert_array_equal(decode_image(encode(floats, ".tiff"), name="floats").image, bright_left())


@pytest.mark.parametrize(
    ("suffix", "deep", "see_through"),
    [
        (".jpg", False, False),
        (".png", False, False),
        (".png", False, True),
        (".png", True, False),
        (".png", True, True),
        (".webp", False, False),
        (".webp", False, True),
    ],
)
@pytest.mark.parametrize(
    ("orientation", "bright"),
    [(1, "left"), (2, "right"), (3, "right"), (4, "left"), (5, "top"), (6, "top"), (7, "bottom"), (8, "bottom")],
)
def test_a_picture_is_turned_upright(suffix: str, deep: bool, see_through: bool, orientation: int, bright: str) -> None:
    stored: npt.NDArray[np.integer | np.floating] = bright_left()
    if see_through:
        stored = np.dstack([bright_left(), np.full((40, 60), 255, np.uint8)])
        stored[20, 30, 3] = 254  # one pixel that keeps the encoder from leaving alpha out
    stored = stored.astype(np.uint16) * 257 if deep else stored
    image = decode_image(with_orientation(stored, suffix, orientation), name="turned").image
    height, width = image.shape[:2]
    sides = {"left": image[:, 2], "right": image[:, -3], "top": image[2], "bottom": image[-3]}
    assert (height, width) == ((40, 60) if bright in {"left", "right"} else (60, 40))
    assert [side for side, pixels in sides.items() if pixels.min() > 200] == [bright]


def test_our_turning_of_see_through_pictures_agrees_with_opencvs_of_opaque_ones() -> None:
    image = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    for orientation in range(1, 9):
        opaque = decode_image(with_orientation(image, ".png", orientation), name="opaque").image
        alpha = np.full((5, 7), 255, np.uint8)
        turned = decode_image(with_orientation(np.dstack([image, alpha]), ".png", orientation), name="alpha").image
        np.testing.assert_array_equal(turned, opaque)


@pytest.mark.parametrize(("ink", "paper"), [(BLACK, WHITE), (WHITE, BLACK)])
def test_ink_on_a_transparent_ground_is_laid_on_contrasting_paper(ink: int, paper: int) -> None:
    drawn = np.zeros((40, 60, 4), np.uint8)
    drawn[10:30, 20:26] = (ink, ink, ink, 255)
    image = decode_image(encode(drawn, ".png"), name="ink").image
    assert image[20, 22].tolist() == [ink] * 3
    assert image[2, 2].tolist() == [paper] * 3


def test_a_page_with_transparent_corners_is_continued_in_its_own_shade() -> None:
    page = np.full((40, 60, 4), 240, np.uint8)
    page[:, :, 3] = 255
    page[10:30, 20:30, :3] = 10
    page[:5, :5, 3] = 0
    assert compose_on_paper(page)[2, 2].tolist() == [255] * 3


def test_thick_ink_of_one_shade_that_fills_its_picture_is_still_ink() -> None:
    drawn = np.zeros((40, 20, 4), np.uint8)
    drawn[:, 2:18, 3] = 255
    composed = compose_on_paper(drawn)
    assert composed[20, 0].tolist() == [255] * 3
    assert composed[20, 10].tolist() == [0] * 3


def test_half_transparent_ink_is_half_as_dark() -> None:
    drawn = np.zeros((4, 4, 4), np.uint8)
    drawn[0, 0, 3] = 255
    drawn[1, 1, 3] = 128
    assert compose_on_paper(drawn)[1, 1].tolist() == [127] * 3


def test_a_picture_without_a_single_opaque_pixel_is_blank_paper() -> None:
    assert compose_on_paper(np.zeros((4, 4, 4), np.uint8)).min() == 255


def test_a_big_jpeg_is_decoded_smaller_and_says_by_how_much() -> None:
    decoded = decode_image(encode(bright_left(4000, 3000), ".jpg"), name="photo")
    assert decoded.image.shape == (1500, 2000, 3)
    assert decoded.scale == 2.0


def test_a_wide_strip_keeps_the_height_that_its_digits_need() -> None:
    decoded = decode_image(encode(bright_left(30_000, 60), ".jpg"), name="strip")
    assert decoded.image.shape == (60, 30_000, 3)


def test_one_pixel_is_a_picture() -> None:
    assert decode_image(encode(np.zeros((1, 1, 3), np.uint8), ".png"), name="dot").image.shape == (1, 1, 3)


def test_more_pixels_than_fit_into_memory_are_refused_before_they_are_decoded() -> None:
    side = round(MAX_PIXELS**0.5) + 1
    data = bytearray(encode(bright_left(), ".png"))
    data[16:24] = struct.pack(">II", side, side)
    with pytest.raises(ImageError, match=f"huge: has {side}x{side} pixels, need at most 100 million; make it smaller"):
        decode_image(bytes(data), name="huge")


def test_an_empty_file_says_that_it_is_empty() -> None:
    with pytest.raises(ImageError, match="nothing: is empty; give a JPEG"):
        decode_image(b"", name="nothing")


def test_a_text_is_no_picture() -> None:
    with pytest.raises(ImageError, match=r"text\.jpg: is not a picture; give a JPEG"):
        decode_image(b"Dear diary,\n" * 10, name="text.jpg")


def test_a_heic_picture_says_what_to_do_with_it() -> None:
    with pytest.raises(ImageError, match="convert it to JPEG"):
        decode_image(b"\0\0\0\x18ftypheic\0\0\0\0", name="phone.heic")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".tiff"])
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.95])
def test_a_picture_that_is_cut_short_is_refused(suffix: str, kept: float, capfd: pytest.CaptureFixture[str]) -> None:
    noisy = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    data = encode(noisy, suffix)
    with pytest.raises(ImageError, match="cut: is damaged or cut short"):
        decode_image(data[: int(len(data) * kept)], name="cut")
    assert capfd.readouterr().err == ""  # the decoders' own complaints stay out of the user's sight


def test_a_see_through_picture_that_is_cut_short_is_refused() -> None:
    data = encode(np.random.default_rng(0).integers(0, 256, (60, 90, 4), dtype=np.uint8), ".png")
    with pytest.raises(ImageError, match="cut: is damaged or cut short"):
        decode_image(data[: len(data) // 2], name="cut")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ImageError, match=r"nowhere/to\.jpg: cannot be read \(No such file or directory\)"):
        read_image(Path("nowhere/to.jpg"))


def test_a_name_that_is_no_utf8_is_read_and_can_be_printed(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    path.write_bytes(encode(bright_left(), ".png"))
    assert read_image(path).image.shape == (40, 60, 3)
    path.write_bytes(b"")
    with pytest.raises(ImageError) as caught:
        read_image(path)
    assert "caf\\xe9.png: is empty" in str(caught.value).encode().decode()


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_frame_of_a_camera_that_was_cut_off_is_left_out(suffix: str) -> None:
    whole = encode(np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8), suffix)
    assert decode_frame(whole) is not None
    assert decode_frame(whole[: len(whole) // 2]) is None


@pytest.mark.parametrize("data", [b"", b"no picture", encode(bright_left(), ".png")[:-20]])
def test_stored_pixels_that_are_not_whole_are_damaged(data: bytes) -> None:
    with pytest.raises(ImageError, match="a: is damaged or cut short"):
        decode_as_stored(data, name="a")


def test_gray_pixels_need_no_paper() -> None:
    np.testing.assert_array_equal(compose_on_paper(bright_left()[:, :, 0]), bright_left())
