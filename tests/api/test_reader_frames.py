"""`Reader.follow` and `async for`: a program's own frames give each number once it is steady."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import digitreader
from digitreader.drawing import scene
from digitreader.errors import ImageError, UsageError
from digitreader.values import ColourImage

EMPTY = np.full((480, 640, 3), 120, np.uint8)


def shown(*pictures: Any, frames: int = 15) -> Iterator[Any]:
    """Each picture for half a second."""
    for picture in pictures:
        yield from [picture] * frames


def frames_of(clip: Path) -> Iterator[Any]:
    """What OpenCV gives of a film."""
    film = cv2.VideoCapture(str(clip))
    while (given := film.read())[0]:
        yield given[1]


@pytest.fixture(scope="module")
def other() -> ColourImage:
    """A sheet with 65."""
    return scene("65", rng=np.random.default_rng(3)).image


def test_each_number_is_given_once_it_is_steady(
    reader: digitreader.Reader, paper: ColourImage, other: ColourImage
) -> None:
    pages = list(reader.follow(shown(paper, EMPTY, other), fps=30))
    assert [(page.source, page.text) for page in pages] == [("frames", "27\n380"), ("frames", "65")]
    assert 3 < pages[0].frame < 15
    assert pages[0].time_s == pages[0].frame / 30
    assert pages[1].picture is not None
    assert np.array_equal(pages[1].picture.frame().image, other)


def test_it_is_what_the_command_line_tells_of_the_same_film(
    reader: digitreader.Reader, paper: ColourImage, other: ColourImage, tmp_path: Path
) -> None:
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 30, (640, 480))
    for picture in shown(paper, EMPTY, other):
        writer.write(picture)
    writer.release()
    own = [page.text for page in reader.follow(frames_of(clip), fps=30)]
    assert own == [page.text for page in digitreader.read(clip, model="tiny")] == ["27\n380", "65"]


def test_a_number_that_has_left_is_told_where_that_is_asked_for(reader: digitreader.Reader, paper: ColourImage) -> None:
    pages = list(reader.follow(shown(paper, EMPTY), fps=30, gone=True))
    assert [page.text for page in pages] == ["27\n380", ""]


def test_every_frame_is_given_where_that_is_asked_for(reader: digitreader.Reader, paper: ColourImage) -> None:
    pages = list(reader.follow([paper, EMPTY], every_frame=True))
    assert [(page.frame, page.text) for page in pages] == [(0, "27\n380"), (1, "")]


def test_frames_may_be_gray_or_red_green_blue_and_are_cut(paper: ColourImage) -> None:
    with digitreader.Reader("tiny", region=(0, 0, 640, paper.shape[0] // 2), channels="rgb") as reader:
        for frames in (shown(paper[:, :, 0]), shown(paper[:, :, ::-1])):
            assert [page.text for page in reader.follow(frames, fps=30)] == ["27"]


def test_a_frame_that_is_none_is_told_or_recorded_with_its_number(paper: ColourImage) -> None:
    with digitreader.Reader("tiny") as reader, pytest.raises(ImageError, match=r"the picture is None: reading"):
        list(reader.follow([paper, None], fps=30))
    with digitreader.Reader("tiny", on_error="record") as reader:
        pages = list(reader.follow([EMPTY, None, EMPTY], fps=30))
    assert [(page.frame, page.error[:19]) for page in pages] == [(1, "the picture is None")]


@pytest.mark.parametrize("frames", [np.full((20, 30), 137, np.uint8), "clip.mp4", b"137", 7, None])
def test_what_is_no_row_of_frames_is_refused(frames: Any, reader: digitreader.Reader) -> None:
    with pytest.raises(UsageError, match=r"the frames are of the type .*; give an iterator of pictures") as refused:
        reader.follow(frames)
    assert "137" not in str(refused.value)


def test_a_frame_rate_that_cannot_be_meant_is_refused(reader: digitreader.Reader) -> None:
    with pytest.raises(UsageError, match="fps=0: give the number of frames a second"):
        reader.follow([], fps=0)


def test_own_frames_are_awaited_while_other_tasks_go_on(
    reader: digitreader.Reader, paper: ColourImage, other: ColourImage
) -> None:
    async def camera() -> AsyncIterator[ColourImage]:
        for picture in shown(paper, EMPTY, other):
            await asyncio.sleep(0)
            yield picture

    async def program() -> tuple[list[str], int]:
        ticks = 0

        async def clock() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.001)

        task = asyncio.create_task(clock())
        texts = [page.text async for page in reader.follow(camera(), fps=30)]
        task.cancel()
        return texts, ticks

    texts, ticks = asyncio.run(program())
    assert texts == ["27\n380", "65"]
    assert ticks > 10


def test_what_for_gives_async_for_gives_too(reader: digitreader.Reader, png: Path, tmp_path: Path) -> None:
    for name in ("1.png", "2.png"):
        (tmp_path / name).write_bytes(png.read_bytes())

    async def program() -> list[list[str]]:
        whole = [page.text async for page in digitreader.read(tmp_path, model="tiny")]
        async with reader.stream(str(tmp_path)) as readings:
            first = [(await anext(readings)).text]
        assert [page async for page in readings] == []
        return [whole, first]

    assert asyncio.run(program()) == [["27\n380"] * 2, ["27\n380"]]


def test_an_error_comes_through_async_for() -> None:
    async def program() -> None:
        async for _ in digitreader.read("nowhere.jpg", model="tiny"):
            pass

    with pytest.raises(digitreader.DigitReaderError, match=r"nowhere\.jpg: cannot be read"):
        asyncio.run(program())
