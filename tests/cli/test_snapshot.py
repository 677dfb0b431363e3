"""A snapshot: the frame's own pixels under a grid, and a region for each number that holds it alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import cv2
import numpy as np
import pytest

from digitreader.camera.source import PlainSource
from digitreader.cli.snapshot import _regions
from digitreader.output.snapshot import draw_snapshot, grid_step, region_round
from digitreader.values import Box, Frame, Line, Page, Reading

from .conftest import draw_bars

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("longer_px", "step"), [(100, 10), (320, 20), (640, 50), (1280, 100), (4032, 500)])
def test_the_grid_has_round_numbers(longer_px: int, step: int) -> None:
    assert grid_step(longer_px) == step


def test_it_has_the_pixels_of_the_frame_and_dims_what_the_region_leaves_out() -> None:
    frame = Frame(np.full((240, 320, 3), 200, np.uint8), "0")
    drawn = draw_snapshot(frame, Page("0"), Box(100, 80, 120, 60))
    assert drawn.shape == frame.image.shape
    assert (frame.image == 200).all()
    assert np.median(drawn[90:130, 110:210]) == 200  # between grid lines
    assert np.median(drawn[160:220, 110:210]) < 160
    # the lines of every 20 pixels
    assert (drawn[102:118, 140] != drawn[102:118, 145]).any(axis=1).all()


def test_a_region_leaves_room_but_not_for_other_writing() -> None:
    above, below = Box(100, 100, 40, 60), Box(100, 180, 40, 60)
    assert region_round([above], (640, 480)) == Box(64, 64, 112, 132)
    region = region_round([above], (640, 480), [below])
    assert region.y + region.height < below.y
    assert region.y < above.y
    assert region_round([above], (142, 480)) == Box(64, 64, 78, 132)


def test_the_region_that_is_printed_reads_the_number_and_touches_nothing(
    run: Run, pictures: Callable[..., list[Path]], here: Path
) -> None:
    (source,) = pictures("12.png")
    told = run("snapshot", source)
    assert told.stderr == "digitreader: snapshot.jpg: 320x120 pixels, a grid line every 20\n"
    number, option, region = told.stdout.split()
    assert (number, option) == ("12", "--region")
    read = run("read", source, option, region, "--no-config")
    assert (read.stdout, read.stderr) == ("12\n", "")


def test_a_region_inside_the_picture_is_drawn_without_a_warning(
    run: Run, pictures: Callable[..., list[Path]], here: Path
) -> None:
    told = run("snapshot", *pictures("12.png"), "--region", "0,0,100,120")
    assert (told.returncode, told.stderr.count("\n")) == (0, 1)
    assert "warning" not in told.stderr
    assert (here / "snapshot.jpg").exists()


def test_several_lines_have_a_region_each_and_one_for_all() -> None:
    lines = tuple(Line((Reading(Box(100, 100 * row, 40, 60), row, 0.9),)) for row in (1, 2))
    first, second, both = _regions(Page("a.png", lines=lines), (640, 480))
    assert first.startswith("1          --region ")
    assert second.startswith("2          --region ")
    assert both == "all of it  --region 64,64,112,232"


def test_a_source_without_a_picture_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    class Empty(PlainSource):
        name, live, frame_count = "demo", False, None

        def frames(self) -> Iterator[Frame]:
            return iter(())

    monkeypatch.setattr("digitreader.camera.opening.open_source", lambda *_, **__: Empty())
    told = run("snapshot", "demo")
    assert (told.returncode, told.stderr) == (1, "digitreader: error: demo: gives no picture\n")
    assert list(here.iterdir()) == []


def test_nothing_is_written_over(run: Run, pictures: Callable[..., list[Path]], here: Path) -> None:
    (source,) = pictures("12.png")
    for _ in range(2):
        assert run("snapshot", source).returncode == 0
    assert {"snapshot.jpg", "snapshot.1.jpg"} < {path.name for path in here.iterdir()}
    before = source.read_bytes()
    refused = run("snapshot", source, "--to", source)
    assert "12.png: exists already; give another name, or --force" in refused.stderr
    assert (refused.returncode, source.read_bytes()) == (1, before)
    assert run("snapshot", source, "--to", "snapshot.jpg", "--force").returncode == 0


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--to", "a.gif"], 2, "--to a.gif: the name of the picture must end in .jpg or .jpeg or .png"),
        (["--to", "no/a.jpg"], 1, "no: there is no such folder; make it first: mkdir -p no"),
        (["--region", "900,0,10,10"], 1, "the region 900,0,10,10 lies outside of its 320x120 picture"),
        (["--exposure", "5"], 2, "--exposure can be set only for a camera of this machine"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_written(
    words: list[str], status: int, said: str, run: Run, pictures: Callable[..., list[Path]], here: Path
) -> None:
    refused = run("snapshot", *pictures("12.png"), *words)
    assert (refused.returncode, refused.stderr.count("\n")) == (status, 1)
    assert said in refused.stderr
    assert [path.name for path in here.iterdir()] == ["12.png"]


def test_a_turned_camera_is_drawn_as_it_is_read(run: Run, here: Path) -> None:
    cv2.imwrite("turned.png", np.rot90(draw_bars("12"), 1))
    told = run("snapshot", "turned.png", "--rotate", "90", "--region", "0,0,400,120")
    assert "320x120 pixels" in told.stderr
    assert "--region 0,0,400,120 reaches 80 pixels beyond the right" in told.stderr
    assert told.stdout.startswith("12  --region ")
