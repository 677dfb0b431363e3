"""The compiled normaliser against `digitreader.model.glyph.normalise`, pixel by pixel."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.errors import BlankGlyphError
from digitreader.measure.data import DataPlace, find_mnist
from digitreader.measure.data.idx import read_idx
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.values import Glyph, Ink
from digitreader_export.c99.golden_source import SHAPES, checksum_of, draw_shape
from digitreader_export.c99.normaliser_source import WORK_BYTES, normaliser_files

HARNESS = Path(__file__).with_name("normalise_harness.c")
OK, BLANK, TOO_LARGE = 0, 1, 2

Normalise = Callable[..., tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]]
"""From inks to what was given back (N,) and the glyphs (N, 28, 28)."""


def pack(ink: Ink, beside: int = 0) -> bytes:
    """As the harness takes it, in a picture that goes on to the right by so many white pixels."""
    height, width = ink.shape
    picture = np.pad(ink, ((0, 0), (0, beside)), constant_values=255)
    return b"".join(size.to_bytes(2, "big") for size in (width, height, width + beside)) + picture.tobytes()


@pytest.fixture(scope="module")
def program(strictly: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The normaliser, compiled with every warning and sanitizer."""
    folder = tmp_path_factory.mktemp("normalise")
    for name, text in normaliser_files().items():
        (folder / name).write_text(text)
    made = subprocess.run(
        [*strictly, "-I.", str(HARNESS), "-lm", "-o", "normalise"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return folder / "normalise"


@pytest.fixture(scope="module")
def normalise(program: Path) -> Normalise:
    """Normalises inks in C."""

    def run(inks: Sequence[Ink], beside: int = 0) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        given = b"".join(pack(ink, beside) for ink in inks)
        ran = subprocess.run([program], input=given, capture_output=True, check=False)
        assert ran.returncode == 0, ran.stderr.decode()
        rows = np.frombuffer(ran.stdout, np.uint8).reshape(len(inks), 785)
        return rows[:, 0], rows[:, 1:].reshape(-1, 28, 28)

    return run


def python_glyph(ink: Ink) -> Glyph | None:
    try:
        return normalise_glyph(ink)
    except BlankGlyphError:
        return None


def assert_equal(normalise: Normalise, inks: Sequence[Ink]) -> None:
    for ink, given, glyph in zip(inks, *normalise(inks), strict=True):
        wanted = python_glyph(ink)
        assert given == (BLANK if wanted is None else OK), ink.shape
        np.testing.assert_array_equal(glyph, np.full((28, 28), 77) if wanted is None else wanted, str(ink.shape))


def strokes(count: int, sides: tuple[int, int], seed: int) -> Iterator[Ink]:
    """Lines of any pen and strength, some of them blurred, some on a ground that is not quite black."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        height, width = (round(float(side)) for side in np.exp(rng.uniform(np.log(sides[0]), np.log(sides[1]), 2)))
        ink = np.zeros((height, width), np.uint8)
        for _ in range(rng.integers(1, 5)):
            corners = rng.integers(-3, [[width + 3, height + 3]], (4, 2)).astype(np.int32)
            pen = int(rng.integers(1, max(2, min(height, width) // 6 + 2)))
            cv2.polylines(ink, [corners], isClosed=False, color=int(rng.integers(20, 256)), thickness=pen, lineType=16)
        if rng.random() < 0.3:
            ink = cv2.GaussianBlur(ink, (3, 3), 0).astype(np.uint8)
        if rng.random() < 0.2:
            ink = np.maximum(ink, (rng.random((height, width)) * rng.integers(1, 40)).astype(np.uint8))
        yield ink


@pytest.mark.parametrize(("count", "sides"), [(700, (1, 12)), (700, (5, 60)), (400, (30, 300)), (12, (300, 1500))])
def test_strokes_of_every_size(count: int, sides: tuple[int, int], normalise: Normalise) -> None:
    assert_equal(normalise, list(strokes(count, sides, seed=sum(sides))))


def test_noise_blocks_and_specks(normalise: Normalise) -> None:
    rng = np.random.default_rng(4)
    inks: list[Ink] = []
    for _ in range(200):
        height, width = rng.integers(1, 150, 2)
        inks += [rng.integers(0, 256, (height, width), np.uint8), np.full((height, width), rng.integers(256), np.uint8)]
        specks = np.zeros((height, width), np.uint8)
        places = rng.integers(0, height, 4), rng.integers(0, width, 4)
        specks[places] = rng.integers(0, 256)
        inks.append(specks)
    assert_equal(normalise, inks)


def test_a_single_row_or_column_of_any_length(normalise: Normalise) -> None:
    rng = np.random.default_rng(5)
    rows = [rng.integers(0, 256, (1, length), np.uint8) for length in rng.integers(1, 4000, 150)]
    assert_equal(normalise, [*rows, *(np.ascontiguousarray(row.T) for row in rows)])


def test_whole_multiples_of_the_working_size(normalise: Normalise) -> None:
    """OpenCV averages these in integers, and where the inverse of the scale is not exact it does not."""
    rng = np.random.default_rng(6)
    inks = [
        rng.integers(0, 256, (40 * by, rng.integers(1, 41) * by), np.uint8) for by in (1, 2, 3, 4, 7, 16, 31, 49, 50)
    ]
    assert_equal(normalise, inks)


def test_mnist_and_what_is_practised_beside_it(mnist_dir: Path, tmp_path: Path, normalise: Normalise) -> None:
    from digitreader_train.practice.pens import WILD, coarsen, stray, vary

    images = read_idx(find_mnist(DataPlace(mnist_dir, tmp_path)).paths["t10k-images-idx3-ubyte"])
    rng = np.random.default_rng(7)
    varied = [coarsen(stray(vary(image, rng, WILD), rng), rng) for image in images[:800]]
    assert_equal(normalise, [*images[:3000], *varied])


def test_a_crop_lies_in_a_larger_picture(normalise: Normalise) -> None:
    (ink,) = strokes(1, (50, 60), seed=8)
    np.testing.assert_array_equal(normalise([ink], beside=33)[1][0], normalise_glyph(ink))


def test_a_picture_without_ink_has_no_glyph(normalise: Normalise) -> None:
    given, glyphs = normalise([np.zeros((20, 30), np.uint8)])
    assert given.tolist() == [BLANK]
    assert np.all(glyphs == 77)


def test_a_side_beyond_the_limit_is_refused(normalise: Normalise) -> None:
    inks = [np.full(shape, 255, np.uint8) for shape in ((1, 4097), (4097, 1), (1, 4096))]
    assert normalise(inks)[0].tolist() == [TOO_LARGE, TOO_LARGE, OK]


def test_a_product_and_a_sum_are_rounded_once(program: Path) -> None:
    rng = np.random.default_rng(9)
    given = rng.normal(0, 1, (200_000, 3)).astype(np.float32)
    given[::2, 2] *= np.float32(2.0) ** rng.integers(-40, 40, 100_000).astype(np.float32)
    # halfway between two numbers but for a product that is far smaller
    given[:20_000, :2] = 1 + 2**-12
    given[:20_000, 2] = np.ldexp(rng.integers(1, 2**20, 20_000), 4).astype(np.float32)
    ran = subprocess.run([program, "multiply"], input=given.tobytes(), capture_output=True, check=True)
    fused, wanted = np.frombuffer(ran.stdout, np.float32).reshape(-1, 2).T
    np.testing.assert_array_equal(fused.view(np.uint32), wanted.view(np.uint32))


def test_the_shapes_of_the_self_test_become_these_glyphs() -> None:
    for shape in SHAPES:
        assert checksum_of(normalise_glyph(draw_shape(shape))) == shape.checksum, shape


def test_the_header_says_how_much_memory_it_works_in(program: Path, gcc: str) -> None:
    folder = program.parent
    (folder / "size.c").write_text(
        '#include "digitreader_normalise.h"\n'
        f"typedef char as_said[sizeof(struct digitreader_work) == {WORK_BYTES} ? 1 : -1];\n"
    )
    assert subprocess.run([gcc, "-c", "size.c"], cwd=folder, check=False).returncode == 0


def test_fast_mathematics_is_refused(program: Path, gcc: str) -> None:
    command = [gcc, "-ffast-math", "-c", "digitreader_normalise.c"]
    made = subprocess.run(command, cwd=program.parent, capture_output=True, text=True, check=False)
    assert made.returncode != 0
    assert "-ffast-math changes the glyph" in made.stderr
