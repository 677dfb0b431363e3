"""What the page is told: values of frames, of digits and of the network; and what it may change."""

from __future__ import annotations

import base64
import dataclasses
import http.client
import json
import struct
import tomllib

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from digitreader.drawing.writing import write_glyph
from digitreader.measure.explain.explanation import reasons_for
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.model.load import load_model
from digitreader.values import Frame, Glyph, Page
from digitreader.web.figure import Figure

from .conftest import LOOPBACK, OpenSite, Site


def glyph_of(digit: int, seed: int = 3) -> Glyph:
    return normalise_glyph(write_glyph(digit, np.random.default_rng(seed)))


def decoded(data: bytes) -> npt.NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image is not None
    return np.asarray(image, np.uint8)


def first_values(site: Site) -> dict[str, object]:
    """The first event that a viewer gets."""
    viewer = http.client.HTTPConnection(LOOPBACK, site.port, timeout=30)
    viewer.request("GET", "/api/events")
    line = viewer.getresponse().readline().decode()
    viewer.close()
    told: dict[str, object] = json.loads(line.removeprefix("data: "))
    return told


def test_values_of_the_newest_frame_come_as_an_event_and_are_fresh(site: Site) -> None:
    site.show("2718")
    told = first_values(site)
    assert told["text"] == told["steady"] == "2718"
    assert isinstance(told["digits"], list)
    assert [each["digit"] for each in told["digits"]] == [2, 7, 1, 8]
    assert told["size"] == [640, 480]


def test_the_digit_that_is_looked_at_comes_with_the_values_and_stays_the_same(site: Site) -> None:
    site.show("2718", steady=False)
    first = first_values(site)
    assert isinstance(first["digits"], list)
    look = first["look"]
    assert isinstance(look, dict)
    newest = site.board.newest()
    assert newest is not None
    readings = [each for line in newest[0].page.lines for each in line.readings]
    surest = max(range(4), key=lambda at: readings[at].confidence)
    assert look["at"] == surest
    told = site.ask(f"/api/digits/{newest[0].number}/{surest}").told
    assert look == {"at": surest} | told
    # the paper lies still, and others are surer now
    line = dataclasses.replace(
        newest[0].page.lines[0],
        readings=tuple(
            dataclasses.replace(each, confidence=0.99 if at != surest else 0.9) for at, each in enumerate(readings)
        ),
    )
    site.board.frame(dataclasses.replace(newest[0].page, lines=(line,)), site.frames[0])
    again = first_values(site)["look"]
    assert isinstance(again, dict)
    assert again["at"] == surest


def test_pictures_come_one_after_another_with_the_numbers_of_their_frames(site: Site) -> None:
    site.show("2718")
    viewer = http.client.HTTPConnection(LOOPBACK, site.port, timeout=30)
    viewer.request("GET", "/api/pictures")
    answer = viewer.getresponse()
    numbers = []
    for seed in (8, 9):
        number, length = struct.unpack(">II", answer.read(8))
        assert decoded(answer.read(length)).shape == (480, 640, 3)
        numbers.append(number)
        site.show("314", steady=False, seed=seed)
    viewer.close()
    assert numbers[0] < numbers[1]


def test_what_has_left_is_no_longer_steady(site: Site) -> None:
    site.show("2718")
    newest = site.board.newest()
    assert newest is not None
    site.board.gone(newest[0].page, site.frames[0])
    assert first_values(site)["steady"] == ""


def test_the_picture_is_the_newest_one_and_says_which(site: Site) -> None:
    site.show("2718")
    site.show("314", seed=8)
    answer = site.ask("/frame.jpg?after=0")
    assert decoded(answer.body).shape == (480, 640, 3)
    newest = site.board.newest()
    assert newest is not None
    assert int(answer.headers["digitreader-frame"]) == newest[0].number


def test_each_value_of_the_network_is_the_one_that_litert_gives(site: Site) -> None:
    """The outputs are the dequantized integers of LiteRT behind the sigmoid, to the six places that are told."""
    model = load_model("tiny", "litert")
    for digit in range(10):
        glyph = glyph_of(digit)
        told = site.post("/api/glyph", glyph.tobytes()).told
        expected = model.activations(glyph[np.newaxis])[0]
        assert told["activations"][-1] == [round(float(value), 6) for value in expected]
        assert base64.b64decode(told["glyph"]) == glyph.tobytes()


def test_a_digit_of_the_camera_is_told_with_the_glyph_that_was_read(site: Site) -> None:
    site.show("2718", steady=False)
    newest = site.board.newest()
    assert newest is not None
    told = site.ask(f"/api/digits/{newest[0].number}/3").told
    glyph = np.frombuffer(base64.b64decode(told["glyph"]), np.uint8).reshape(1, 28, 28)
    reading = newest[0].page.lines[0].readings[3]
    assert site.reader.model.activations(glyph)[0].tolist() == pytest.approx(reading.activations, abs=1e-6)
    assert told["digit"] == 8
    assert site.ask(f"/api/digits/{newest[0].number}/4").told == {"gone": True}


def test_a_digit_that_is_forgotten_is_no_error(site: Site) -> None:
    """A browser would complain of every one, and on a busy machine the page often asks too late."""
    answer = site.ask("/api/digits/999/0")
    assert (answer.status, answer.told) == (200, {"gone": True})


def test_the_reasons_are_those_that_explain_gives(site: Site) -> None:
    glyph, figure = glyph_of(4), Figure()
    told = site.post("/api/glyph?against=9", glyph.tobytes()).told
    expected = reasons_for(figure.explain(glyph), told["digit"], 9)
    assert np.frombuffer(base64.b64decode(told["reasons"]), "<f4").tolist() == expected.inputs.ravel().tolist()


def test_a_drawn_picture_is_read_step_by_step(site: Site) -> None:
    paper = np.full((360, 480, 3), 235, np.uint8)
    cv2.putText(paper, "3", (180, 270), cv2.FONT_HERSHEY_SIMPLEX, 7, (40, 30, 30), 14)
    told = site.post("/api/read", cv2.imencode(".png", paper)[1].tobytes()).told
    assert told["text"] == "3"
    (digit,) = told["digits"]
    assert digit["network"]["digit"] == 3
    assert {"crop", "ink", "features", "box", "confidence", "kept"} <= digit.keys()
    assert told["layers"]["centres"]


def test_what_the_finder_sees_lies_where_the_digits_are(site: Site) -> None:
    site.show("2718", steady=False)
    told = site.ask("/api/layers").told
    layer = decoded(base64.b64decode(told["ink"].partition(",")[2]))
    newest = site.board.newest()
    assert newest is not None
    box = newest[0].page.lines[0].readings[0].box
    assert layer.shape == (480, 640, 4)
    assert layer[box.y : box.y + box.height, box.x : box.x + box.width, 3].mean() > 5 * layer[..., 3].mean()
    middle = (box.x + box.width / 2) / 640, (box.y + box.height / 2) / 480
    near = [
        c
        for c in told["centres"]
        if abs(c[0] + c[2] / 2 - middle[0]) < 0.02 and abs(c[1] + c[3] / 2 - middle[1]) < 0.03
    ]
    assert near


def test_steady_numbers_are_told_once_each_with_their_picture(site: Site) -> None:
    site.show("2718")
    site.show("314", seed=8)
    told = site.ask("/api/numbers").told
    assert [each["text"] for each in told] == ["2718", "314"]
    assert site.ask(f"/api/numbers?after={told[0]['id']}").told == told[1:]
    assert site.ask(f"/api/numbers/{told[0]['id']}.jpg").body[:2] == b"\xff\xd8"
    assert all(digit["has_ink"] for digit in told[0]["digits"])


def test_settings_are_changed_and_saved_and_the_rest_of_the_file_stays(site: Site) -> None:
    site.show("2718")
    assert site.served.config is not None
    site.served.config.write_text('# mine\nformat = "jsonl"\nregion = "1,2,30,40"\n', encoding="utf-8")
    changed = site.post("/api/controls", {"rotate": 180, "region": [10, 20, 300, 200], "threshold": 0.7}).told
    assert changed["region"] == [10, 20, 300, 200]
    assert site.reader.model.facts.acceptance.threshold == 0.7
    assert site.post("/api/controls/save", {}).status == 200
    text = site.served.config.read_text(encoding="utf-8")
    assert "# mine" in text
    assert tomllib.loads(text) == {"format": "jsonl", "region": "10,20,300,200", "rotate": 180, "threshold": 0.7}
    site.post("/api/controls", {"threshold": 0.6})


@pytest.mark.parametrize(
    "told",
    [{"rotate": 45}, {"rotate": True}, {"threshold": 2}, {"threshold": "1"}, {"region": [0, 0, 5, 5]}, {"region": "x"},
     {"region": [-1, 0, 50, 50]}, {"paused": 1}, {"exec": "x"}, {"region": [0, 0, 50.5, 50]}, {"threshold": None}],
)  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused(site: Site, told: dict[str, object]) -> None:
    before = site.controls.wanted
    assert site.post("/api/controls", told).status == 400
    assert site.controls.wanted == before


def test_a_correction_is_kept_with_its_pictures_and_can_be_deleted(site: Site) -> None:
    site.show("2718")
    (number,) = site.ask("/api/numbers").told
    kept = site.post("/api/corrections", {"number": number["id"], "digit": 1, "truth": 1})
    assert kept.status == 201
    identity, folder = kept.told["id"], site.served.corrections.folder
    names = {path.name for path in folder.iterdir()}
    assert names == {"manifest.jsonl", *(f"{identity}-{name}.png" for name in ("crop", "ink", "glyph"))}
    (line,) = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["read"] == 7
    assert json.loads(line)["truth"] == 1
    assert site.ask(f"/api/corrections/{identity}/glyph.png").body[:4] == b"\x89PNG"
    assert site.post(f"/api/corrections/{identity}", b"", "DELETE").status == 204
    assert site.ask("/api/corrections").told == []
    assert {path.name for path in folder.iterdir()} == {"manifest.jsonl"}


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"number": 1, "digit": 0, "truth": 10}, 400),
        ({"number": 1, "digit": 0, "truth": -1}, 400),
        ({"number": 1, "digit": 0, "truth": "7"}, 400),
        ({"number": 1, "digit": 0, "truth": True}, 400),
        ({"number": 1, "digit": 0}, 400),
        ({"number": 1, "digit": 99, "truth": 7}, 404),
        ({"number": 99, "digit": 0, "truth": 7}, 404),
        ({"kept": 99, "truth": 7}, 404),
        ({"number": "../x", "digit": 0, "truth": 7}, 404),
    ],
)
def test_a_correction_that_cannot_be_meant_is_refused(site: Site, told: dict[str, object], status: int) -> None:
    site.show("2718")
    (shown,) = site.ask("/api/numbers").told
    given = told | {"number": shown["id"]} if told.get("number") == 1 else told
    assert site.post("/api/corrections", given).status == status
    assert not site.served.corrections.folder.exists()


def test_nothing_is_kept_without_a_correction(site: Site) -> None:
    site.show("2718")
    site.ask("/api/numbers")
    assert not site.served.corrections.folder.exists()


def test_before_the_first_frame_there_is_no_picture_yet(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.web.app.NEWEST_S", 0.0)
    assert [(each.status, each.body) for each in map(site.ask, ("/frame.jpg", "/api/layers"))] == [(204, b"")] * 2


@pytest.mark.parametrize(
    ("method", "path", "says"),
    [
        ("GET", "/api/numbers/99.jpg", "This number is not known any more."),
        ("GET", "/api/corrections/20260101-000000-00000000/ink.png", "There is no such picture."),
        ("GET", "/api/corrections/20260101-000000-00000000/other.png", "There is no such picture."),
        ("GET", "/api/corrections/other/ink.png", "There is no such picture."),
        ("DELETE", "/api/corrections/20260101-000000-00000000", "There is no such correction."),
    ],
)
def test_a_missing_number_picture_or_correction_is_answered_with_404(
    site: Site, method: str, path: str, says: str
) -> None:
    answer = site.ask(path) if method == "GET" else site.post(path, b"", method)
    assert answer.status == 404
    assert says in answer.body.decode()


def test_a_page_without_a_camera_has_nothing_to_set(open_site: OpenSite) -> None:
    answer = open_site(without=["controls"]).post("/api/controls", {"rotate": 90})
    assert answer.status == 404
    assert "No camera is read here, so there is nothing to set." in answer.body.decode()


def test_settings_are_not_saved_without_a_configuration_file(open_site: OpenSite) -> None:
    answer = open_site(without=["config"]).post("/api/controls/save", {})
    assert answer.status == 400
    assert "started with --no-config, so there is no file to save to" in answer.body.decode()


@pytest.mark.parametrize("body", [b"[]", b"7", b"{", b"[" * 5000])
def test_what_is_no_json_object_is_refused(site: Site, body: bytes) -> None:
    answer = site.ask(
        "/api/controls", "POST", body, {"Origin": site.origin, "Content-Type": "application/json; charset=utf-8"}
    )
    assert answer.status == 400
    assert "what was sent is not a JSON object" in answer.body.decode()


def test_it_is_said_whether_a_camera_has_taken_its_exposure(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.controls, "exposure_was_taken", lambda _: False)
    told = site.post("/api/controls", {"exposure": None}).told
    assert told["exposure_taken"] is False
    assert "exposure_taken" not in site.post("/api/controls", {"threshold": 0.6}).told


def test_a_frame_without_digits_has_none_to_look_at(site: Site) -> None:
    blank = Frame(np.full((48, 64, 3), 200, np.uint8), "demo")
    site.board.frame(Page("demo"), blank)
    told = first_values(site)
    assert (told["text"], told["digits"], told["look"]) == ("", [], None)
