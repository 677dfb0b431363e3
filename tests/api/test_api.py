"""`import digitreader`: what a maker's own program reads cameras, videos and pictures with."""

from __future__ import annotations

import doctest
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import run as run_program
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np
import pytest

import digitreader
from digitreader.api import functions as api
from digitreader.api import pages as viewing
from digitreader.api import reader as reader_class
from digitreader.camera.source import CameraSettings, Notice, OnNotice, OnWaiting, PlainSource, ignore
from digitreader.drawing import scene
from digitreader.errors import ModelFormatError, SourceError, UsageError
from digitreader.values import ColourImage, Frame

EMPTY = np.full((480, 640, 3), 120, np.uint8)


def drawn(text: str, *, seed: int = 1) -> ColourImage:
    """A plain sheet with these lines of digits."""
    return scene(text, rng=np.random.default_rng(seed)).image


class Camera(PlainSource):
    """A stream of given pictures, each for half a second, that says whether it was released."""

    live, frame_count, name = True, None, "camera"

    def __init__(self, *images: ColourImage) -> None:
        self.images, self.opened, self.released, self.given = images, 0, 0, 0
        self.tell: OnNotice = ignore
        self.asked: list[tuple[str, CameraSettings]] = []

    def open(self, spec: str, settings: CameraSettings) -> Self:
        self.asked.append((spec, settings))
        return self

    def listen(self, on_notice: OnNotice, on_waiting: OnWaiting = ignore) -> None:  # noqa: ARG002
        self.tell = on_notice

    def __enter__(self) -> Self:
        self.opened += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.released += 1

    def frames(self) -> Iterator[Frame]:
        for index in range(15 * len(self.images)):
            self.given += 1
            yield Frame(self.images[index // 15], self.name, index, index / 30)


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Camera]:
    """Puts a camera of given pictures in the place of whatever is opened."""

    def put(*images: ColourImage) -> Camera:
        made = Camera(*images)
        monkeypatch.setattr(viewing, "open_source", lambda _: made)
        monkeypatch.setattr("digitreader.camera.live.open_live", made.open)
        monkeypatch.setattr(api, "first_camera", lambda: "demo")
        return made

    return put


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture with 27 and 380."""
    path = tmp_path_factory.mktemp("pictures") / "a.png"
    cv2.imwrite(str(path), drawn("27\n380"))
    return path


def test_the_examples_in_the_documentation_are_true() -> None:
    done = doctest.testmod(api)
    assert done.attempted >= 7
    assert done.failed == 0
    assert doctest.testmod(reader_class).failed == 0


def test_importing_it_alone_imports_neither_numpy_nor_typing() -> None:
    code = "import sys; sys.path[:0] = [sys.argv[1]]; import digitreader; print(*sys.modules)"
    folder = str(Path(digitreader.__file__).parents[1])
    modules = run_program([sys.executable, "-S", "-E", "-c", code, folder], capture_output=True, text=True, check=True)
    assert not {"numpy", "cv2", "typing", "argparse", "digitreader.api"} & set(modules.stdout.split())


def test_every_public_name_is_there_and_listed() -> None:
    assert set(digitreader.__all__) <= set(dir(digitreader))
    assert all(getattr(digitreader, name) is not None for name in digitreader.__all__)
    assert digitreader.read is api.read


def test_a_name_that_there_is_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'write'"):
        digitreader.write  # noqa: B018


def test_a_picture_is_read_from_its_file(picture: Path) -> None:
    for named in (picture, str(picture)):
        page = digitreader.read_picture(named)
        assert (page.text, page.source) == ("27\n380", str(picture))


def test_an_array_is_read_as_its_file_is_and_not_changed(picture: Path) -> None:
    image = cv2.imread(str(picture))
    assert image is not None
    before = image.copy()
    page = digitreader.read_picture(image)
    assert page.lines == digitreader.read_picture(picture).lines
    assert np.array_equal(image, before)


def test_a_gray_array_and_a_view_are_read(picture: Path) -> None:
    image = cv2.imread(str(picture))
    assert image is not None
    assert digitreader.read_picture(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)).text == "27\n380"
    doubled = np.repeat(np.repeat(image, 2, axis=0), 2, axis=1)
    assert digitreader.read_picture(doubled[::2, ::2]).text == "27\n380"


def test_a_file_that_is_not_there_is_told_of() -> None:
    with pytest.raises(digitreader.DigitReaderError, match=r"nowhere\.jpg: cannot be read"):
        digitreader.read_picture("nowhere.jpg")
    with pytest.raises(SourceError, match=r"nowhere\.jpg: cannot be read"):
        next(digitreader.read("nowhere.jpg"))


def test_a_model_or_rule_that_there_is_not_is_told_of_before_anything_is_read(picture: Path) -> None:
    for call in (digitreader.read, digitreader.read_picture):
        with pytest.raises(ModelFormatError, match="enormous: no such model"):
            call(str(picture), model="enormous")
        with pytest.raises(UsageError, match="size"):
            call(str(picture), expect="size=4")


def test_rules_are_kept(picture: Path) -> None:
    page = digitreader.read_picture(picture, expect="digits=3")
    assert [number.fits for line in page.lines for number in line.numbers] == [False, True]
    (streamed,) = digitreader.read(picture, expect="digits=3")
    assert streamed.text == page.text


def test_a_folder_gives_a_page_for_each_picture_in_natural_order(tmp_path: Path) -> None:
    for name, text in (("10.png", "6"), ("2.png", "35")):
        cv2.imwrite(str(tmp_path / name), drawn(text))
    assert [page.text for page in digitreader.read(tmp_path)] == ["35", "6"]


def test_a_stream_gives_each_number_once_it_is_steady(camera: Callable[..., Camera]) -> None:
    camera(drawn("27"), EMPTY, drawn("380"))
    assert [page.text for page in digitreader.read("demo")] == ["27", "380"]


def test_black_frames_change_nothing(camera: Callable[..., Camera]) -> None:
    camera(drawn("27"), np.zeros_like(EMPTY), np.zeros_like(EMPTY), drawn("27"), EMPTY, drawn("380"))
    assert [page.text for page in digitreader.read("demo")] == ["27", "380"]


def test_every_frame_is_given_where_that_is_asked_for(camera: Callable[..., Camera]) -> None:
    camera(drawn("27"), EMPTY)
    assert [page.text for page in digitreader.read(every_frame=True)] == ["27"] * 15 + [""] * 15


def test_nothing_is_opened_before_the_first_reading_is_asked_for(camera: Callable[..., Camera]) -> None:
    shown = camera(drawn("27"))
    digitreader.read("demo").close()
    assert (shown.opened, shown.released) == (0, 0)


def test_the_camera_is_released_when_the_block_ends(camera: Callable[..., Camera]) -> None:
    shown = camera(drawn("27"), drawn("380"))
    with digitreader.read("demo") as readings:
        assert next(readings).text == "27"
        assert shown.released == 0
    assert shown.released == 1
    assert list(readings) == []


def test_the_camera_is_released_when_the_loop_is_left(camera: Callable[..., Camera]) -> None:
    shown = camera(drawn("27"), drawn("380"))
    for page in digitreader.read("demo"):
        assert page.text == "27"
        break
    assert shown.released == 1
    assert shown.given < 30


def test_a_camera_by_its_number_is_read_live_and_its_faults_are_logged(
    camera: Callable[..., Camera], caplog: pytest.LogCaptureFixture
) -> None:
    shown = camera(drawn("27"), drawn("27"))
    readings = digitreader.read(7)
    assert next(readings).text == "27"
    with caplog.at_level(logging.WARNING, "digitreader"):
        shown.tell(Notice("7", True, "7: gives no pictures any more"))
    assert caplog.messages == ["7: gives no pictures any more"]
    assert [spec for spec, _ in shown.asked] == ["7"]
    assert shown.given < 15
    shown.tell(Notice("7", False, "7: is back after 3.0 s"))
    assert list(readings) == []  # it was announced before the fault
    assert caplog.messages[1:] == ["7: is back after 3.0 s"]


@pytest.mark.parametrize(("interrupted", "announced"), [(True, []), (False, ["27"])])
def test_what_was_seen_before_an_interruption_does_not_make_a_number_steady(
    interrupted: bool, announced: list[str], camera: Callable[..., Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = camera(drawn("27"))
    taken = shown.frames

    def frames() -> Iterator[Frame]:
        for frame in taken():
            if frame.index % 4 == 3:
                shown.tell(Notice("7", interrupted, "7: something"))
            yield frame

    monkeypatch.setattr(shown, "frames", frames)
    assert [page.text for page in digitreader.read(7)] == announced


def test_a_camera_that_is_not_there_is_told_of() -> None:
    with pytest.raises(SourceError, match="987"):
        next(digitreader.read(987))


def test_the_examples_on_the_page_for_people_are_true(
    repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    done = doctest.testfile(str(repository / "docs" / "api.md"), module_relative=False, encoding="utf-8")
    assert done.attempted >= 10
    assert done.failed == 0
    assert doctest.testfile(str(repository / "docs" / "scale.md"), module_relative=False, encoding="utf-8").failed == 0
    assert doctest.testmod(reader_class).failed == 0


def test_the_loop_that_the_page_begins_with_prints_numbers(
    repository: Path, camera: Callable[..., Camera], capsys: pytest.CaptureFixture[str]
) -> None:
    camera(drawn("27"), EMPTY, drawn("380"))
    exec(compile(programs_on(repository / "docs" / "api.md")[0], "api.md", "exec"), {})  # noqa: S102 # the page's own
    assert capsys.readouterr().out == "27\n380\n"


def test_the_loop_on_the_page_that_tells_what_left_does(
    repository: Path, camera: Callable[..., Camera], capsys: pytest.CaptureFixture[str]
) -> None:
    camera(drawn("27"), EMPTY, drawn("380"))
    exec(compile(programs_on(repository / "docs" / "api.md")[1], "api.md", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out == "27\nnothing there\n380\n"


def test_the_settings_on_the_page_are_those_of_the_camera(
    repository: Path, camera: Callable[..., Camera], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = camera(drawn("12345"))
    exec(compile(programs_on(repository / "docs" / "api.md")[2], "api.md", "exec"), {})  # noqa: S102
    assert shown.asked == [("0", CameraSettings((1280, 720), 15, 8.0, 2.5))]
    assert shown.given == 15


def test_a_number_that_left_is_told_by_an_empty_page_where_that_is_asked_for(camera: Callable[..., Camera]) -> None:
    camera(drawn("27"), EMPTY, drawn("380"), drawn("27"))
    pages = list(digitreader.read("demo", gone=True))
    assert [page.text for page in pages] == ["27", "", "380", "27"]
    assert pages[0].frame < 15 < pages[1].frame < 30 < pages[2].frame
    assert pages[1].lines == ()


def test_nothing_leaves_before_something_was_there(camera: Callable[..., Camera]) -> None:
    camera(EMPTY, EMPTY, drawn("27"))
    assert [page.text for page in digitreader.read("demo", gone=True)] == ["27"]


def test_pictures_are_turned_and_cut_before_they_are_read(camera: Callable[..., Camera]) -> None:
    upright = drawn("27")
    beside = np.concatenate([drawn("380"), upright], axis=1)
    camera(np.ascontiguousarray(np.rot90(beside, 2)))
    (page,) = digitreader.read(3, rotate=180, region=(beside.shape[1] - upright.shape[1], 0, *upright.shape[1::-1]))
    assert page.text == "27"
    assert page.lines[0].readings[0].box.x < upright.shape[1]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"size": (1280,)}, r"size=\(1280,\): give width and height"),
        ({"size": (1280, 7)}, "size=.*at least 32 each"),
        ({"size": "1280x720"}, "size='1280x720': give width and height"),
        ({"region": (0, 0, 10, 0)}, "region=.*: give x, y, width and height"),
        ({"region": (0.5, 0, 10, 10)}, "region=.*: give x, y, width and height"),
        ({"rotate": 45}, "rotate=45: give 'auto', or 0, 90, 180 or 270 degrees, clockwise"),
        ({"fps": 0}, "fps=0: give a number, more than 0"),
        ({"exposure_ms": "8"}, "exposure_ms='8': give a number, more than 0"),
        ({"focus": float("nan")}, "focus=nan: give a number, 0 or more"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_before_anything_is_opened(
    setting: dict[str, Any], said: str, camera: Callable[..., Camera]
) -> None:
    shown = camera(drawn("27"))
    with pytest.raises(UsageError, match=said):
        digitreader.read(0, **setting)
    assert shown.asked == []


def test_what_cannot_be_set_of_a_picture_or_address_is_refused_without_its_password(picture: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.png: size and fps can be set only for a camera of this machine"):
        next(digitreader.read(picture, size=(640, 480), fps=30))
    with pytest.raises(UsageError, match=r"^rtsp://cam/1: focus can be set"):
        next(digitreader.read("rtsp://me:geheim@cam/1", focus=0))


def programs_on(page: Path) -> list[str]:
    """The fenced programs that show no prompt."""
    blocks = page.read_text(encoding="utf-8").split("```python\n")[1:]
    return [code for block in blocks if ">>>" not in (code := block.split("```")[0])]


@pytest.mark.parametrize("source", ["", [0], 1.5, True, b"a.jpg"])
def test_what_is_no_source_is_refused_at_once(source: Any) -> None:
    with pytest.raises(digitreader.DigitReaderError, match="give a camera's number"):
        digitreader.read(source)


@pytest.mark.parametrize("picture", [object(), 7])
def test_what_is_no_picture_is_refused(picture: Any) -> None:
    with pytest.raises(digitreader.DigitReaderError, match="give a file's path, a web address, the bytes"):
        digitreader.read_picture(picture)


def test_an_array_is_no_source_and_its_numbers_are_not_told() -> None:
    source: Any = np.full((40, 50), 137, np.uint8)
    with pytest.raises(digitreader.DigitReaderError, match="the source is an array; read it with") as refused:
        digitreader.read(source)
    assert "137" not in str(refused.value)


def test_an_engine_that_is_none_is_refused() -> None:
    engine: Any = "gpu"
    with pytest.raises(digitreader.DigitReaderError, match="there is no engine 'gpu'; there are auto, litert, numpy"):
        digitreader.read("demo", engine=engine)


def test_a_number_of_numpy_is_a_cameras_number() -> None:
    number: Any = np.int64(97)
    with digitreader.read(number) as readings, pytest.raises(digitreader.DigitReaderError, match="97"):
        next(readings)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: digitreader.read_picture([EMPTY]), r"the picture is a list; .*Reader\(\)\.read\(pictures\)"),
        (lambda: next(digitreader.read(Path("rtsp://cam/live"))), "an address in a Path has lost one of its slashes"),
        (lambda: digitreader.read_picture(EMPTY, model=7), "the model is of the type int; give a shipped model's name"),  # type: ignore[arg-type]
    ],
)
def test_an_argument_of_a_wrong_kind_is_refused_with_advice(call: Callable[[], object], says: str) -> None:
    with pytest.raises(digitreader.DigitReaderError, match=says):
        call()
