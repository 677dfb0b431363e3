"""Annotated pictures: boxes where the digits are, readable at any size, and files that overwrite nothing."""

from __future__ import annotations

import os
import tracemalloc
from collections import namedtuple
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.errors import OutputError
from digitreader.output.annotate import AnnotateSink
from digitreader.output.overlay import DOUBTFUL, LIKELY, SURE, colour_of, draw_page
from digitreader.values import Box, ColourImage, Frame, Line, Page, Reading


def paper(width: int = 640, height: int = 480) -> ColourImage:
    return np.full((height, width, 3), 220, np.uint8)


def page(*boxes: Box, confidence: float = 0.97, source: str = "a.jpg", frame: int = 0) -> Page:
    readings = tuple(Reading(box, 7, confidence) for box in boxes)
    return Page(source, frame, lines=(Line(readings),) if readings else ())


def coloured(image: ColourImage, colour: tuple[int, int, int]) -> Box:
    """The smallest box round everything that has this colour."""
    x, y, width, height = cv2.boundingRect(np.all(image == colour, axis=2).astype(np.uint8))
    return Box(x, y, width, height)


def test_a_digit_gets_a_box_round_it_and_a_label_above() -> None:
    drawn = draw_page(Frame(paper(), "a.jpg"), page(Box(300, 200, 80, 100)))
    marked = coloured(drawn, SURE)
    assert 290 <= marked.x < 300
    assert marked.x + marked.width > 380
    assert 300 < marked.y + marked.height < 310
    assert marked.y < 190  # the label
    assert drawn[205:295, 305:375].min() == 220  # the digit itself stays as it was


def test_the_label_of_a_digit_at_the_upper_edge_is_still_in_the_picture() -> None:
    drawn = draw_page(Frame(paper(), "a.jpg"), page(Box(0, 0, 80, 100)))
    assert (drawn[:40, :60] == SURE).all(axis=2).sum() > 300


@pytest.mark.parametrize(
    ("confidence", "colour"), [(1.0, SURE), (0.9, SURE), (0.89, LIKELY), (0.7, LIKELY), (0.69, DOUBTFUL), (0, DOUBTFUL)]
)
def test_the_colour_tells_the_confidence(confidence: float, colour: tuple[int, int, int]) -> None:
    assert colour_of(confidence) == colour
    drawn = draw_page(Frame(paper(), "a.jpg"), page(Box(300, 200, 80, 100), confidence=confidence))
    assert coloured(drawn, colour).width > 80


def test_a_strip_with_the_text_is_added_below_and_the_frame_stays_as_it_was() -> None:
    image = paper()
    drawn = draw_page(Frame(image, "a.jpg"), page(Box(300, 200, 80, 100)))
    assert drawn.shape[0] > 480
    assert drawn.shape[1] == 640
    assert drawn[480:].max() == 255  # white letters ...
    assert np.median(drawn[480:]) < 60  # ... on a dark ground
    assert image.min() == 220


def test_a_page_without_digits_says_so_in_the_strip() -> None:
    assert draw_page(Frame(paper(), "a.jpg"), page())[480:].max() > 100


def test_boxes_in_pixels_of_the_whole_picture_are_drawn_into_one_that_was_decoded_smaller() -> None:
    drawn = draw_page(Frame(paper(), "a.jpg", scale=4.0), page(Box(1200, 800, 320, 400)))
    marked = coloured(drawn, SURE)
    assert 290 <= marked.x < 300
    assert 380 < marked.x + marked.width < 390


@pytest.mark.parametrize(("width", "height"), [(28, 28), (160, 120), (1, 1), (3, 200)])
def test_a_small_picture_is_enlarged_until_it_can_be_seen(width: int, height: int) -> None:
    drawn = draw_page(Frame(paper(width, height), "a.jpg"), page(Box(0, 0, width, height)))
    assert max(drawn.shape[:2]) >= 640


def test_a_big_picture_keeps_its_size_and_its_labels_grow_with_it() -> None:
    drawn = draw_page(Frame(paper(4000, 3000), "a.jpg"), page(Box(2000, 1500, 300, 400)))
    assert drawn.shape[1] == 4000
    assert 1500 - coloured(drawn, SURE).y > 60


def test_a_gray_frame_is_drawn_on_in_colour() -> None:
    drawn = draw_page(Frame(paper()[:, :, 0], "a.jpg"), page(Box(300, 200, 80, 100)))
    assert coloured(drawn, SURE).width > 80


def test_labels_of_close_neighbours_do_not_cover_each_other() -> None:
    boxes = [Box(100 + 24 * number, 200, 20, 90) for number in range(8)]
    drawn = draw_page(Frame(paper(), "a.jpg"), page(*boxes))
    zoom = drawn.shape[1] / 640
    labels = drawn[: int(195 * zoom)]
    letters = (labels == 255).all(axis=2).astype(np.uint8)
    count, _ = cv2.connectedComponents(letters)
    assert count - 1 >= 8  # each label's 7 stands alone


@pytest.mark.parametrize("text", ["1" * 200, "\n".join("123456" for _ in range(30))])
def test_any_amount_of_text_fits_into_the_strip(text: str) -> None:
    lines = tuple(
        Line(tuple(Reading(Box(3 * x, 15 * y, 3, 10), int(digit), 0.95) for x, digit in enumerate(row)))
        for y, row in enumerate(text.split("\n"))
    )
    drawn = draw_page(Frame(paper(), "a.jpg"), Page("a.jpg", lines=lines))
    assert drawn[:, -2:].max() <= 220  # nothing runs out at the right


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_picture_is_saved_under_its_own_name(tmp_path: Path) -> None:
    AnnotateSink(tmp_path / "deep" / "out").picture(page(source="scans/a.jpg"), Frame(paper(), "scans/a.jpg"))
    saved = cv2.imread(str(tmp_path / "deep" / "out" / "a.read.jpg"))
    assert saved is not None
    assert saved.shape[1] == 640


def test_pictures_of_the_same_name_get_numbers(tmp_path: Path) -> None:
    sink = AnnotateSink(tmp_path)
    for source in ("x/a.jpg", "y/a.jpg", "y/a.png"):
        sink.picture(page(source=source), Frame(paper(), source))
    assert files(tmp_path) == ["a.read-2.jpg", "a.read-3.jpg", "a.read.jpg"]


def test_an_input_is_never_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "a.read.jpg"
    mine.write_bytes(b"mine")
    sink = AnnotateSink(tmp_path, inputs=[str(tmp_path / "a.jpg"), str(mine)])
    sink.picture(page(source="a.jpg"), Frame(paper(), "a.jpg"))
    assert mine.read_bytes() == b"mine"
    assert files(tmp_path) == ["a.read-2.jpg", "a.read.jpg"]


def test_an_earlier_run_is_replaced(tmp_path: Path) -> None:
    for _ in range(2):
        AnnotateSink(tmp_path).picture(page(), Frame(paper(), "a.jpg"))
    assert files(tmp_path) == ["a.read.jpg"]


def test_a_stream_leaves_a_picture_for_each_change_and_none_for_a_frame(tmp_path: Path) -> None:
    sink = AnnotateSink(tmp_path)
    for number in range(5):
        sink.frame(page(source="demo", frame=number), Frame(paper(), "demo", number))
    sink.change(page(source="demo", frame=4), Frame(paper(), "demo", 4))
    assert files(tmp_path) == ["demo-000004.read.jpg"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("-", "stdin"),
        ("0", "camera0"),
        ("/dev/video2", "video2"),
        ("rtsp://host:554/my stream?x=1", "my-stream-x-1"),
        ("../..", "stdin"),
        ("a.b.jpg", "a.b"),
        ("ünï.jpg", "ünï"),
    ],
)
def test_any_source_has_a_safe_file_name(source: str, name: str, tmp_path: Path) -> None:
    AnnotateSink(tmp_path).picture(page(source=source), Frame(paper(), source))
    assert files(tmp_path) == [f"{name}.read.jpg"]


def test_a_folder_that_cannot_be_made_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=r"file/out: cannot be made \(Not a directory\); choose another folder"):
        AnnotateSink(tmp_path / "file" / "out")
    with pytest.raises(OutputError, match=r"file: cannot be made \(File exists\)"):
        AnnotateSink(tmp_path / "file")


def test_a_folder_that_may_not_be_written_to_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(OutputError, match="nothing may be written into it"):
        AnnotateSink(tmp_path)


def test_a_stream_that_is_read_again_or_has_a_namesake_replaces_nothing(tmp_path: Path) -> None:
    sink = AnnotateSink(tmp_path)
    for source, number in (("x/a.mp4", 4), ("x/a.mp4", 9), ("x/a.mp4", 4), ("y/a.mp4", 9)):
        sink.change(page(source=source, frame=number), Frame(paper(), source, number))
    assert files(tmp_path) == [
        *("a-000004.read-2.jpg", "a-000004.read.jpg"),
        *("a-000009.read-3.jpg", "a-000009.read.jpg"),
    ]


@pytest.mark.parametrize(("source", "left"), [("0", 2), ("rtsp://host/stream", 2), ("clip.mp4", 1)])
def test_what_a_camera_showed_in_an_earlier_run_is_kept(source: str, left: int, tmp_path: Path) -> None:
    for _ in range(2):  # a service that was started again
        sink = AnnotateSink(tmp_path)
        sink.change(page(source=source, frame=7), Frame(paper(), source, 7))
    assert len(list(tmp_path.iterdir())) == left


def test_the_names_of_a_streams_pictures_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.output.annotate.write_atomically", lambda *_: None)
    sink, shown = AnnotateSink(tmp_path), Frame(paper(), "0")
    held: list[int] = []
    tracemalloc.start()
    for number in range(600):
        sink.change(page(source="0", frame=number), shown)
        if number in {200, 599}:
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] - held[0] < 20 * 400  # a name of 22 letters takes 71 bytes, and its place in a set more


def test_the_oldest_pictures_go_where_more_than_is_kept_was_saved(tmp_path: Path) -> None:
    for name, age_s in (("own.jpg", 9), ("camera0-000001.read.jpg", 8), ("mine.read.jpg", 9)):
        (tmp_path / name).write_bytes(bytes(1000))
        os.utime(tmp_path / name, (1e9 - age_s, 1e9 - age_s))
    one = len(picture_bytes(tmp_path / "sample"))
    sink = AnnotateSink(tmp_path, inputs=[str(tmp_path / "mine.read.jpg")], keep_bytes=3 * one + 10)
    for number in range(2, 8):
        sink.change(page(source="0", frame=number), Frame(paper(), "0", number))
    assert files(tmp_path) == [
        *("camera0-000005.read.jpg", "camera0-000006.read.jpg", "camera0-000007.read.jpg"),
        *("mine.read.jpg", "own.jpg", "sample"),
    ]


def test_a_picture_larger_than_what_is_kept_is_kept_alone(tmp_path: Path) -> None:
    sink = AnnotateSink(tmp_path, keep_bytes=10)
    for number in (1, 2):
        sink.change(page(source="0", frame=number), Frame(paper(), "0", number))
    assert files(tmp_path) == ["camera0-000002.read.jpg"]


def picture_bytes(folder: Path) -> bytes:
    """What one such picture is."""
    AnnotateSink(folder).change(page(source="0", frame=1), Frame(paper(), "0", 1))
    return (folder / "camera0-000001.read.jpg").read_bytes()


def test_a_picture_is_not_saved_on_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 # as shutil has it
    sink = AnnotateSink(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(1 << 30, 1 << 30, 1 << 20))
    with pytest.raises(OutputError, match=r"the disk is nearly full \(/.* has 1 MB free\); make room on /"):
        sink.picture(page(), Frame(paper(), "a.jpg"))
    assert list(tmp_path.iterdir()) == []
