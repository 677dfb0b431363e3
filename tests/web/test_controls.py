"""What the page changes while frames are read, and what it saves."""

from __future__ import annotations

import dataclasses
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from digitreader.camera.framing import Framing
from digitreader.camera.live import LiveSource
from digitreader.camera.source import PlainSource, ignore
from digitreader.cli import read_loop
from digitreader.drawing import scene
from digitreader.errors import ConfigError, UsageError
from digitreader.model.load import load_model
from digitreader.output.sink import Sink
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Box, Frame, Page
from digitreader.web.config_saving import save_settings, settings_of, with_settings
from digitreader.web.controls import ControlledSource, Controls, RequestedControls


class Counting(PlainSource):
    """Gives frames of 40x20 pixels, the first of which is the number of the frame."""

    name = "counting"
    live = True
    frame_count = None
    PATIENCE = 3

    def __init__(self, controls: Controls | None = None) -> None:
        self._controls, self._waited = controls, 0

    def waiting(self) -> None:
        """Told while nothing is read; goes on by itself in the end."""
        self._waited += 1
        if self._controls is not None and self._waited == self.PATIENCE:
            self._controls.change({"paused": False})

    def frames(self) -> Iterator[Frame]:
        for number in range(100):
            image = np.zeros((20, 40), np.uint8)
            image[0, 0] = number
            yield Frame(image, self.name, number)


@pytest.fixture
def controls() -> Controls:
    return Controls(None, load_model("tiny"))


def test_a_region_and_a_turn_are_obeyed_from_the_next_frame_on(controls: Controls) -> None:
    frames = ControlledSource(Counting(), controls).frames()
    assert next(frames).image.shape == (20, 40)
    controls.change({"rotate": 90})
    assert next(frames).image.shape == (40, 20)
    controls.change({"region": [2, 3, 16, 30]})
    assert next(frames).image.shape == (30, 16)
    controls.change({"region": None, "rotate": 0})
    assert next(frames).image.shape == (20, 40)


def test_a_camera_that_is_paused_goes_on_and_its_newest_frame_comes_then(controls: Controls) -> None:
    source = Counting(controls)
    controlled = ControlledSource(source, controls)
    controlled.listen(ignore, source.waiting)
    frames = controlled.frames()
    next(frames)
    controls.change({"paused": True})
    assert next(frames).index == 1 + Counting.PATIENCE


def test_a_region_that_a_smaller_picture_lacks_is_cut_and_never_ends_the_run() -> None:
    controls = Controls(Framing(region=Box(30, 10, 100, 100)), load_model("tiny"))
    assert controls.apply_framing(Frame(np.zeros((20, 40), np.uint8), "x")).image.shape == (10, 10)
    assert controls.apply_framing(Frame(np.zeros((5, 5), np.uint8), "x")).image.shape == (5, 5)


def test_a_region_is_in_pixels_of_the_picture_as_it_was_taken(controls: Controls) -> None:
    frame = Frame(np.zeros((20, 40), np.uint8), "x", scale=2.0)
    controls.apply_framing(frame)
    assert controls.size_wh == (80, 40)
    controls.change({"region": [0, 0, 80, 20]})
    assert controls.apply_framing(frame).image.shape == (10, 40)


def test_the_threshold_is_the_models_at_once(controls: Controls) -> None:
    model = load_model("tiny")
    Controls(None, model).change({"threshold": 0.25})
    assert model.facts.acceptance.threshold == 0.25


class Exposed(PlainSource):
    """A camera that takes exposures of up to a hundred milliseconds."""

    name, live, frame_count = "exposed", True, None

    def __init__(self) -> None:
        self.set_to: list[float | None] = []

    def set_exposure(self, exposure_ms: float | None) -> bool:
        self.set_to.append(exposure_ms)
        return exposure_ms is None or exposure_ms <= 100

    def frames(self) -> Iterator[Frame]:
        for number in range(100_000):
            time.sleep(0.002)
            yield Frame(np.full((20, 40), number % 200 + 30, np.uint8), self.name, number)


def test_an_exposure_is_set_of_a_camera_that_runs_and_again_when_it_is_connected_again(controls: Controls) -> None:
    cameras: list[Exposed] = []

    def connect() -> Exposed:
        cameras.append(Exposed())
        return cameras[-1]

    with LiveSource("camera", connect, adjustable=True) as source:
        frames = ControlledSource(source, controls).frames()
        next(frames)
        assert controls.has_exposure
        controls.change({"exposure": 8})
        assert controls.exposure_was_taken(60)
        controls.change({"exposure": 5000})
        assert not controls.exposure_was_taken(60)
        controls.change({"exposure": None})
        assert controls.exposure_was_taken(60)
        assert cameras[0].set_to == [8.0, 5000.0, None]
        controls.change({"exposure": 12})
        assert controls.exposure_was_taken(60)
        source._reconnect()  # noqa: SLF001 # as after a fault
        next(frames)
        assert cameras[1].set_to == [12.0]


def test_what_has_no_exposure_is_told_so_and_nothing_is_changed(controls: Controls) -> None:
    ControlledSource(Counting(), controls)
    with pytest.raises(UsageError, match="exposure can be set only for a camera of this machine"):
        controls.change({"exposure": 8, "threshold": 0.3})
    assert controls.wanted.exposure_ms is None
    assert controls.wanted.threshold != 0.3


@pytest.mark.parametrize("value", [0, -1, 1e9, "8", True, float("nan")])
def test_an_exposure_that_cannot_be_meant_is_refused(controls: Controls, value: object) -> None:
    with pytest.raises(UsageError, match="exposure cannot be set"):
        controls.change({"exposure": value})


def test_rules_of_the_numbers_are_known_from_then_on(controls: Controls) -> None:
    controls.change({"expect": " digits=4 , increasing,regex=[0-9]{4}"})
    assert controls.wanted.expect == ("digits=4", "increasing", "regex=[0-9]{4}")
    assert controls.rules is not None
    assert controls.rules.digits == (4, 4)
    controls.change({"expect": ""})
    assert not controls.wanted.expect


class Pages(Sink):
    """Keeps the text of each frame."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def frame(self, page: Page, frame: Frame) -> None:  # noqa: ARG002 # a sink is given both
        self.texts.append(page.text)


class Sheet(PlainSource):
    """The same sheet again and again; before its eleventh frame a rule is set, and taken back before its sixteenth."""

    name, live, frame_count = "sheet", True, None

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    def frames(self) -> Iterator[Frame]:
        image = scene("2718", rng=np.random.default_rng(7)).image
        for number in range(20):
            if number in {10, 15}:
                self._controls.change({"expect": "digits=9" if number == 10 else ""})
            yield Frame(image, self.name, number, time_s=number / 30)


def test_rules_that_are_set_while_a_stream_is_read_hold_from_the_next_frame_on(monkeypatch: pytest.MonkeyPatch) -> None:
    model, pages = load_model("accurate"), Pages()
    controls = Controls(None, model)
    monkeypatch.setattr(read_loop, "open_source", lambda *_, **__: Sheet(controls))
    job = read_loop.ReadJob(
        FrameReader(model), model.facts.acceptance, [pages], frames=None, plain=False, controls=controls
    )
    assert not read_loop.read_all(["sheet.mp4"], job)
    assert pages.texts == ["2718"] * 10 + ["????"] * 5 + ["2718"] * 5


@pytest.mark.parametrize(
    "text", ["digits", "nonsense=3", "digits=2,range=1000..2000", "regex=[", "/open", "9" * 300, 4]
)
def test_rules_that_cannot_be_meant_are_refused_and_the_ones_before_stay(controls: Controls, text: object) -> None:
    controls.change({"expect": "digits=3"})
    with pytest.raises(UsageError):
        controls.change({"expect": text})
    assert controls.wanted.expect == ("digits=3",)


def test_exposure_and_rules_are_saved_as_the_configuration_file_has_them() -> None:
    wanted = dataclasses.replace(WANTED, exposure_ms=8.5, expect=("digits=4", r"regex=\d{4}"))
    before = 'expect = [\n  "digits=9", # old\n]\nfps = 5\n'
    told = tomllib.loads(with_settings(before, settings_of(wanted)))
    assert (told["exposure"], told["expect"], told["fps"]) == (8.5, ["digits=4", r"regex=\d{4}"], 5)


WANTED = RequestedControls(Framing(180, Box(1, 2, 30, 40)), 0.5)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'rotate = 180\nregion = "1,2,30,40"\nthreshold = 0.5\n'),
        ('# a\nregion = "9" # b\nfps = 5\n', '# a\nregion = "1,2,30,40"\nfps = 5\nrotate = 180\nthreshold = 0.5\n'),
        ("rotate=90", 'rotate = 180\nregion = "1,2,30,40"\nthreshold = 0.5\n'),
    ],
)  # fmt: skip
def test_settings_are_written_and_all_else_stays(before: str, after: str) -> None:
    assert with_settings(before, settings_of(WANTED)) == after


def test_what_is_not_set_any_more_is_taken_out() -> None:
    wanted = dataclasses.replace(WANTED, framing=Framing())
    text = with_settings('rotate = 90\nregion = "1,2,3,4"\n', settings_of(wanted))
    assert tomllib.loads(text) == {"threshold": 0.5}


@pytest.mark.parametrize("text", ["[table]\nx = 1\n", "this is not TOML"])
def test_a_file_that_cannot_be_changed_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="configuration file"):
        save_settings(path, WANTED)
    assert path.read_text(encoding="utf-8") == text


def test_a_file_with_secrets_stays_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('user = "me"\n', encoding="utf-8")
    path.chmod(0o600)
    save_settings(path, WANTED)
    assert path.stat().st_mode & 0o777 == 0o600
