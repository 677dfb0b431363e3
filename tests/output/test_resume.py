"""A file of records that is gone on with: what is whole stays, what is not is read again, nothing comes twice."""

from __future__ import annotations

import fcntl
import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.camera.opening import source_name
from digitreader.errors import OutputError
from digitreader.output.csv_table import CsvSink
from digitreader.output.resume import ResumedSink, key_of, resume_file, unread_sources, without_repeats
from digitreader.output.sink import JsonLinesSink, Sink
from digitreader.values import Box, Frame, Line, Page, Reading

FRAME = Frame(np.zeros((1, 1, 3), np.uint8), "")


def page(source: str, frame: int = 0, text: str = "12") -> Page:
    readings = tuple(Reading(Box(0, 0, 9, 9), int(digit), 0.9) for digit in text)
    return Page(source, frame, lines=(Line(readings),) if readings else ())


def written(kind: str, *pages: Page) -> bytes:
    out = io.StringIO()
    sink = JsonLinesSink(out) if kind == "jsonl" else CsvSink(out, every_picture=True)
    for each in pages:
        sink.picture(each, FRAME)
    return out.getvalue().encode()


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    """Two pictures of one page, and one whose pages are as many as a TIFF may have."""
    paths = [tmp_path / name for name in ("a.png", "b,=.png", "c.tif")]
    white = np.full((9, 9, 3), 255, np.uint8)
    for path in paths[:2]:
        cv2.imwrite(str(path), white)
    cv2.imwritemulti(str(paths[2]), [white, white, white])
    return [str(path) for path in paths]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_wherever_a_file_was_cut_off_what_is_left_is_whole_and_the_rest_is_read_again(
    kind: str, pictures: list[str], tmp_path: Path
) -> None:
    one, two, three = pictures
    pages = [page(one), page(two, text="" if kind == "csv" else "7"), *(page(three, number) for number in range(3))]
    whole, path = written(kind, *pages), tmp_path / f"out.{kind}"
    ends = [len(written(kind, *pages[:number])) for number in (1, 2, 5)]
    # where the first line of the second and of the third picture ends
    begun_at = [whole.index(b"\n", end) + 1 for end in ends[:2]]
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        done = resume_file(path, kind, pictures, expecting=False)
        if kind == "jsonl":  # one page has one line; a TIFF may have more pages than are there
            sure = [end <= cut for end in ends[:2]] + [False]
        else:  # a picture has as many rows as digits, and is whole where the next one has begun
            sure = [end <= cut for end in begun_at] + [False]
        assert done == {name for name, is_sure in zip(pictures, sure, strict=True) if is_sure}
        left = path.read_bytes()
        assert (
            left == whole[: max((end for end, is_sure in zip(ends, sure, strict=True) if is_sure), default=len(left))]
        )
        assert not left or left.endswith(b"\n")
        rest = [each for each in pages if each.source not in done]
        begun = written(kind)
        assert (left or begun) + written(kind, *rest)[len(begun) :] == whole


def test_a_picture_that_is_not_to_be_read_stays(pictures: list[str], tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(written("jsonl", page("elsewhere.tif"), page("elsewhere.tif", 1)))
    assert resume_file(path, "jsonl", pictures, expecting=False) == {"elsewhere.tif"}
    assert path.read_bytes().count(b"\n") == 2


def test_half_a_line_in_the_middle_is_said_and_its_picture_read_again(
    pictures: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(written("jsonl", page(pictures[0]))[:30] + b"\n" + written("jsonl", page(pictures[1])))
    assert resume_file(path, "jsonl", pictures, expecting=False) == {pictures[1]}
    assert "has 1 broken lines in the middle" in capsys.readouterr().err


def test_a_file_that_another_process_writes_to_is_refused_and_not_changed(pictures: list[str], tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(b"half a l")
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match="another process writes to it"):
            resume_file(path, "jsonl", pictures, expecting=False)
    assert path.read_bytes() == b"half a l"


def test_there_need_be_no_file_and_a_table_with_other_columns_is_left_alone(
    pictures: list[str], tmp_path: Path
) -> None:
    assert resume_file(tmp_path / "none.csv", "csv", pictures, expecting=False) == frozenset()
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    assert resume_file(path, "csv", pictures, expecting=False) == frozenset()
    assert path.read_text() == "a,b\n1,2\n"


def test_a_sink_leaves_out_each_picture_that_its_file_has_once() -> None:
    out = io.StringIO()
    sink = ResumedSink(JsonLinesSink(out), "jsonl", ["a.tif", "c.png"])
    for each in (page("a.tif"), page("a.tif", 1), page("b.png"), page("a.tif"), page("a.tif", 1)):
        sink.picture(each, FRAME)
    sink.error("c.png", "bad")
    sink.error("c.png", "bad")
    records = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(record["source"], record["frame"]) for record in records] == [
        ("b.png", 0),
        ("a.tif", 0),
        ("a.tif", 1),
        ("c.png", 0),
    ]


class Frames(Sink):
    """Notes the frames that it gets."""

    def __init__(self) -> None:
        self.came: list[tuple[str, int]] = []

    def frame(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        self.came.append((page.source, page.frame))


def test_a_sink_leaves_out_the_frames_that_its_file_has() -> None:
    frames = Frames()
    sink = ResumedSink(frames, "jsonl", ["a.tif"])
    for each in (page("a.tif"), page("b.png"), page("a.tif"), page("b.png", 1)):
        sink.frame(each, FRAME)
    assert frames.came == [("b.png", 0), ("a.tif", 0), ("b.png", 1)]


def test_what_one_of_two_files_lacks_is_read_again_for_that_one() -> None:
    more, less = (ResumedSink(JsonLinesSink(io.StringIO()), "jsonl", names) for names in (["a", "b"], ["a"]))
    assert unread_sources(["./a", "b", "c"], [more, less]) == (["b", "c"], frozenset({"a"}))
    assert (more.has("b"), less.has("b"), more.has("a")) == (True, False, False)


def test_a_file_that_is_named_twice_is_read_once_and_names_that_are_not_utf_8_are_two() -> None:
    assert without_repeats(["a.png", "./a.png", "b.png"]) == ["a.png", "b.png"]
    odd = ["a\udce9.png", "a\udcea.png"]
    assert without_repeats(odd) == odd
    assert [key_of(source_name(name), "csv") for name in odd] == ["a\\xe9.png", "a\\xea.png"]
