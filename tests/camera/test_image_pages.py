"""All pages of a picture file: in order, each checked before it is decoded, and one at a time in memory."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.camera.image_header import page_offsets, put_first
from digitreader.camera.image_pages import PageOrError, decode_pages, has_one_page, read_pages
from digitreader.camera.images import DecodedImage, decode_image
from digitreader.camera.picture_memory import MAX_PIXELS
from digitreader.errors import ImageError
from digitreader.values import ColourImage

from .png_file import PNG_SIGNATURE, png_chunk

SHADES = (30, 90, 150, 210)


def sheet(shade: int, *, size_wh: tuple[int, int] = (60, 40)) -> ColourImage:
    return np.full((size_wh[1], size_wh[0], 3), shade, np.uint8)


def tiff(*pages: ColourImage) -> bytes:
    return cv2.imencodemulti(".tif", pages)[1].tobytes()


def animation(suffix: str, frames: Sequence[ColourImage]) -> bytes:
    made = cv2.Animation()
    made.frames, made.durations = list(frames), [100] * len(frames)
    return cv2.imencodeanimation(suffix, made)[1].tobytes()


def moving_square(count: int, *, see_through: bool = False) -> list[ColourImage]:
    """A dark square that moves to the right on light paper, which may have a see-through edge above."""
    frames = [np.full((48, 80, 4), (200, 210, 220, 255), np.uint8) for _ in range(count)]
    for number, frame in enumerate(frames):
        frame[12:30, 5 + 12 * number : 20 + 12 * number, :3] = 20 * number
        frame[:6, :, 3] = 0 if see_through else 255
    return frames


def images(pages: Sequence[PageOrError]) -> list[ColourImage]:
    """The pages that could be read."""
    return [page.image for page in pages if isinstance(page, DecodedImage)]


def errors(pages: Sequence[PageOrError]) -> list[tuple[int, str]]:
    """What is said of the others."""
    return [(page.frame, str(page)) for page in pages if isinstance(page, ImageError)]


def with_tag(data: bytes, page: int, tag: int, value: int) -> bytes:
    """A little-endian TIFF with the value of one tag of one page replaced."""
    at = page_offsets(data)[page]
    changed = bytearray(data)
    for entry in range(at + 2, at + 2 + 12 * struct.unpack_from("<H", data, at)[0], 12):
        if struct.unpack_from("<H", data, entry)[0] == tag:
            struct.pack_into("<HII", changed, entry + 2, 4, 1, value)
    return bytes(changed)


def test_every_page_of_a_tiff_is_given_in_order() -> None:
    pages = list(decode_pages(tiff(*map(sheet, SHADES)), name="scan.tif"))
    assert [int(image.mean()) for image in images(pages)] == list(SHADES)
    assert errors(pages) == []


def test_a_big_tiff_is_read_page_by_page_too() -> None:
    pixels = [bytes([shade]) * 6 for shade in SHADES]  # 3 x 2 pixels, gray, without compression
    data = bytearray(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16))
    for number, content in enumerate(pixels):
        tags = {256: 3, 257: 2, 258: 8, 259: 1, 262: 1, 273: len(data) + 8 + 9 * 20 + 8, 277: 1, 278: 2, 279: 6}
        data += struct.pack("<Q", len(tags))
        data += b"".join(struct.pack("<HHQQ", tag, 4, 1, value) for tag, value in tags.items())
        data += struct.pack("<Q", len(data) + 8 + 6 if number < len(pixels) - 1 else 0) + content
    pages = list(decode_pages(bytes(data), name="big.tif"))
    assert [int(image[0, 0, 0]) for image in images(pages)] == list(SHADES)


def test_thumbnails_behind_the_first_page_are_no_pages() -> None:
    data = with_subfile_type(tiff(*map(sheet, SHADES)), 1, 1)
    assert [int(image.mean()) for image in images(list(decode_pages(data, name="scan.tif")))] == [30, 150, 210]


def with_subfile_type(data: bytes, page: int, kind: int) -> bytes:
    """A TIFF one of whose pages says what it is; the tag takes the place of one that has no bearing on its pixels."""
    at = page_offsets(data)[page]
    changed = bytearray(data)
    struct.pack_into("<HHII", changed, at + 2, 254, 4, 1, kind)
    return bytes(changed)


def test_a_damaged_page_is_an_error_with_its_number_and_the_others_are_given() -> None:
    data = with_tag(tiff(*map(sheet, SHADES)), 1, 273, 1 << 30)  # its pixels lie outside of the file
    pages = list(decode_pages(data, name="scan.tif"))
    assert [int(image.mean()) for image in images(pages)] == [30, 150, 210]
    assert errors(pages) == [(1, "scan.tif, page 2: is damaged or cut short; save or copy this picture again")]


def test_a_tiff_that_is_cut_short_gives_the_pages_before() -> None:
    noisy = np.random.default_rng(0).integers(0, 256, (3, 40, 60, 3), dtype=np.uint8)
    data = tiff(*noisy)
    pages = list(decode_pages(data[: page_offsets(data)[1] - 40], name="cut.tif"))
    assert len(images(pages)) == 1
    assert errors(pages) == [(1, "cut.tif, page 2: is damaged or cut short; save or copy this picture again")]


def test_a_chain_of_pages_that_leads_back_to_itself_ends() -> None:
    data = bytearray(tiff(sheet(30), sheet(90)))
    last = page_offsets(data)[1]
    struct.pack_into("<I", data, last + 2 + 12 * struct.unpack_from("<H", data, last)[0], page_offsets(data)[0])
    assert len(images(list(decode_pages(bytes(data), name="loop.tif")))) == 2


def test_every_page_of_a_tiff_is_measured_before_it_is_decoded() -> None:
    side = round(MAX_PIXELS**0.5) + 1
    data = with_tag(with_tag(tiff(sheet(30), sheet(90), sheet(150)), 1, 256, side), 1, 257, side)
    pages = list(decode_pages(data, name="bomb.tif"))
    assert [int(image.mean()) for image in images(pages)] == [30, 150]
    assert errors(pages) == [
        (1, f"bomb.tif, page 2: has {side}x{side} pixels, need at most 100 million; make it smaller")
    ]


def test_another_page_put_first_is_what_a_decoder_of_one_page_decodes() -> None:
    data = bytearray(tiff(sheet(30), sheet(90)))
    put_first(data, page_offsets(data)[1])
    assert decode_image(data, name="scan.tif").image.mean() == 90


def test_only_one_page_at_a_time_is_in_memory() -> None:
    side, count = 700, 12
    data = tiff(*[sheet(200, size_wh=(side, side))] * count)
    tracemalloc.start()
    given = sum(isinstance(page, DecodedImage) for page in decode_pages(data, name="scan.tif"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert given == count
    assert peak < len(data) + 3 * 3 * side * side  # the page before may still be there


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp"])
@pytest.mark.parametrize("see_through", [False, True])
def test_an_animation_gives_each_frame_as_it_is_shown(suffix: str, see_through: bool) -> None:
    data = animation(suffix, moving_square(4, see_through=see_through))
    pages = list(decode_pages(data, name=f"a{suffix}"))
    _, whole = cv2.imdecodemulti(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert errors(pages) == []
    assert len(images(pages)) == len(whole) == 4
    for image, shown in zip(images(pages), whole, strict=True):
        np.testing.assert_array_equal(image[10:], shown[10:, :, :3])  # all that is opaque
        assert image[:6].min() > 150  # what is see-through continues the paper


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp"])
def test_an_animation_that_is_cut_short_gives_the_frames_before(suffix: str) -> None:
    rng = np.random.default_rng(0)
    data = animation(suffix, [rng.integers(0, 256, (40, 60, 3), dtype=np.uint8) for _ in range(3)])
    pages = list(decode_pages(data[: len(data) // 2], name="cut"))
    assert len(images(pages)) == 1
    assert errors(pages) == [(1, "cut, page 2: is damaged or cut short; save or copy this picture again")]


def test_a_frame_of_an_animated_png_with_a_wrong_checksum_is_damaged() -> None:
    data = bytearray(animation(".png", moving_square(3)))
    data[data.rfind(b"fdAT") + 12] ^= 0xFF
    pages = list(decode_pages(bytes(data), name="a.png"))
    assert (len(images(pages)), [frame for frame, _ in errors(pages)]) == (2, [2])


def test_an_animation_larger_than_fits_into_memory_is_refused_before_it_is_decoded() -> None:
    data = bytearray(animation(".gif", moving_square(3)))
    struct.pack_into("<HH", data, 6, 60_000, 60_000)
    (told,) = errors(list(decode_pages(bytes(data), name="bomb.gif")))
    assert told == (0, "bomb.gif: has 60000x60000 pixels, need at most 100 million; make it smaller")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".gif", ".bmp", ".webp", ".tif"])
def test_a_file_with_one_page_is_decoded_as_one_picture(suffix: str) -> None:
    data = encoded_noise(suffix)
    (image,) = images(list(decode_pages(data, name="a")))
    np.testing.assert_array_equal(image, decode_image(data, name="a").image)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".gif", ".bmp", ".webp", ".tif"])
def test_a_file_with_one_page_that_is_cut_short_is_told_of_without_a_page(suffix: str) -> None:
    data = encoded_noise(suffix)
    pages = list(decode_pages(data[: len(data) // 2], name="a"))
    assert errors(pages) == [(0, "a: is damaged or cut short; save or copy this picture again")]
    assert len(pages) == 1


def encoded_noise(suffix: str) -> bytes:
    noisy = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    return cv2.imencode(suffix, noisy)[1].tobytes()


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ImageError, match=r"nowhere/to\.tif: cannot be read \(No such file or directory\)"):
        next(read_pages(Path("nowhere/to.tif")))


def gray_apng(*shades: int) -> bytes:
    """An animated PNG of gray pictures, 4x4, which OpenCV does not write."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)), (b"acTL", struct.pack(">II", len(shades), 0))]
    for number, shade in enumerate(shades):
        packed = zlib.compress(bytes([0, shade, shade, shade, shade]) * 4)
        parts.append((b"fcTL", struct.pack(">IIIIIHHBB", max(2 * number - 1, 0), 4, 4, 0, 0, 1, 10, 0, 0)))
        parts.append((b"fdAT", struct.pack(">I", 2 * number) + packed) if number else (b"IDAT", packed))
    return PNG_SIGNATURE + b"".join(png_chunk(*part) for part in [*parts, (b"IEND", b"")])


def test_an_animation_in_gray_is_given_in_three_channels() -> None:
    pages = list(decode_pages(gray_apng(40, 200), name="a.png"))
    assert [image.tolist() for image in images(pages)] == [np.full((4, 4, 3), shade).tolist() for shade in (40, 200)]


@pytest.mark.parametrize("cut", ["trailer", "descriptor"])
def test_a_gif_that_ends_between_its_frames_gives_those_before(cut: str) -> None:
    data = animation(".gif", moving_square(3))
    end = len(data) - 1 if cut == "trailer" else data.rindex(b"\x21\xf9\x04") + 8 + 4
    pages = list(decode_pages(data[:end], name="cut.gif"))
    before = 3 if cut == "trailer" else 2
    assert len(images(pages)) == before
    assert errors(pages) == [
        (before, f"cut.gif, page {before + 1}: is damaged or cut short; save or copy this picture again")
    ]


@pytest.mark.parametrize("damage", ["no head", "another size"])
def test_a_frame_of_a_webp_that_does_not_fit_its_head_is_damaged(damage: str) -> None:
    data = bytearray(animation(".webp", moving_square(3)))
    at = data.rindex(b"ANMF")
    if damage == "no head":
        data[at + 4 :] = struct.pack("<I", 8) + bytes(8)
        struct.pack_into("<I", data, 4, len(data) - 8)
    else:
        data[at + 8 + 6] ^= 1  # its width less one
    pages = list(decode_pages(bytes(data), name="a.webp"))
    assert (len(images(pages)), [frame for frame, _ in errors(pages)]) == (2, [2])


def test_an_animation_without_a_canvas_is_damaged() -> None:
    data = bytearray(animation(".gif", moving_square(3)))
    struct.pack_into("<HH", data, 6, 0, 0)
    pages = list(decode_pages(bytes(data), name="a.gif"))
    assert images(pages) == []
    assert [frame for frame, _ in errors(pages)] == [0]


def test_an_animation_of_too_many_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.camera.animation.MOST_ANIMATION_BYTES", 100)
    pages = list(decode_pages(animation(".gif", moving_square(3)), name="a.gif"))
    assert errors(pages) == [(0, "a.gif: is an animation of more than 0 MB; save it as a video, or as single pictures")]


def test_only_a_file_of_a_single_picture_has_one_page(tmp_path: Path) -> None:
    contents = {"one.png": encoded_noise(".png"), "two.tif": tiff(sheet(30), sheet(90)), "film.mp4": b"\0\0\0\x18ftyp"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    assert [has_one_page(tmp_path / name) for name in (*contents, "none.png")] == [True, False, False, False]
