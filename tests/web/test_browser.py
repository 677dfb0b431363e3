"""The page in a real browser: Debian's Chromium without a screen, driven through Playwright."""

from __future__ import annotations

import base64
import dataclasses
import json
import shutil
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from digitreader.measure.explain.explanation import weighted_sum
from digitreader.model.engine.numpy_engine import LayeredNetwork
from digitreader.model.load import load_model
from digitreader.model.locate import locate_model
from digitreader.model.training_history import Snapshot, TrainingHistory
from digitreader.web import figure as figure_module
from digitreader.web.figure import Figure

from .conftest import OpenSite, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE_MS = 60_000
A_THREE = ((170, 60), (230, 40), (290, 70), (280, 120), (225, 140), (285, 165), (300, 215), (240, 255), (165, 230))
"""Drawn on paper of 480x300."""

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not here; apt-get install chromium")

OpenPage = Callable[..., "Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages, each in a context of its own; the test fails where one complains, but of a server that is gone."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(site: Site, part: str = "", **options: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 900}} | options
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(site.server.link + part)
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [each for each in complaints if not each.startswith("Failed to load resource: net::ERR_")] == []


def wait_until(happened: Callable[[], object], within_s: float = 40.0) -> None:
    """Wait for something; the page's policy forbids Playwright to do it there."""
    deadline_s = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline_s, "it has not happened"
        time.sleep(0.05)


def stroke(page: Page, selector: str, points: tuple[tuple[float, float], ...], size_wh: tuple[int, int]) -> None:
    """Draw with the mouse on a canvas of this size."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    places = [(box["x"] + x / size_wh[0] * box["width"], box["y"] + y / size_wh[1] * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for x, y in places[1:]:
        page.mouse.move(x, y, steps=4)
    page.mouse.up()


def given_by(page: Page) -> list[float]:
    """What each neuron of the figure gives, from the first of the first row to the last output."""
    values: list[float] = page.eval_on_selector_all("#neurons g", "all => all.map(each => Number(each.dataset.value))")
    return values


def settled(page: Page) -> list[float]:
    """What each neuron gives once nothing has changed for a second: the last strokes of a drawing are read late."""
    given, since_s = given_by(page), time.monotonic()
    while time.monotonic() < since_s + 1.0:
        time.sleep(0.05)
        if (now := given_by(page)) != given:
            given, since_s = now, time.monotonic()
    return given


def test_the_number_appears_and_its_history_and_the_picture(site: Site, open_page: OpenPage) -> None:
    site.show("2718")
    page = open_page(site)
    playwright.expect(page.locator("#number")).to_have_text("2718", timeout=PATIENCE_MS)
    playwright.expect(page.locator("#meters .meter")).to_have_count(4, timeout=PATIENCE_MS)
    playwright.expect(page.locator("#numbers li")).to_have_count(1, timeout=PATIENCE_MS)
    wait_until(lambda: page.evaluate("document.getElementById('picture').width") == 640)
    site.show("314", seed=8)
    playwright.expect(page.locator("#number")).to_have_text("314", timeout=PATIENCE_MS)


def test_the_shown_values_of_the_neurons_are_those_of_litert(site: Site, open_page: OpenPage) -> None:
    """The outputs are LiteRT's; those of the hidden neurons are proven against it with `LayeredNetwork`."""
    site.show("2718")
    page = open_page(site)
    wait_until(
        lambda: page.get_attribute("#glyph", "data-answer") in {"2", "7", "1", "8"} and len(given_by(page)) == 42
    )
    page.click("#freeze")
    time.sleep(0.5)
    answers = [round(value, 6) for value in given_by(page)[-10:]]
    model, newest = load_model("tiny", "litert"), site.board.newest()
    assert newest is not None
    told = [site.ask(f"/api/digits/{newest[0].number}/{at}").told for at in range(4)]
    glyphs = np.stack([np.frombuffer(base64.b64decode(each["glyph"]), np.uint8).reshape(28, 28) for each in told])
    expected = [[round(float(value), 6) for value in row] for row in model.activations(glyphs)]
    assert answers in expected


def test_a_neurons_sum_is_the_one_that_explain_gives(site: Site, open_page: OpenPage) -> None:
    page = open_page(site, "#play")
    told = site.ask("/api/samples/3").told
    glyph = np.frombuffer(base64.b64decode(told["glyph"]), np.uint8).reshape(28, 28)
    explanation = Figure().explain(glyph)
    for at, (layer, neuron) in {4: (1, 4), 20: (2, 4), 35: (3, 3)}.items():
        page.locator("#neurons g").nth(at).click()
        shown = float(page.get_attribute("#inspector", "data-sum") or "nan")
        # the browser adds in another order, and in 64 bits
        assert shown == pytest.approx(weighted_sum(explanation, layer, neuron).total, abs=1e-4)


def test_a_drawn_3_is_read_as_3_step_by_step_and_erasing_changes_the_answer(site: Site, open_page: OpenPage) -> None:
    page = open_page(site, "#play")
    stroke(page, "#paper", A_THREE, (480, 300))
    playwright.expect(page.locator("#play-answer")).to_have_text("3", timeout=PATIENCE_MS)
    playwright.expect(page.locator("#steps img")).to_have_count(3)
    assert page.get_attribute("#glyph", "data-answer") == "3"
    before = settled(page)[-10:]
    page.check("input[value=erase]")
    for row in range(2, 27, 2):
        stroke(page, "#glyph", ((3, row), (25, row)), (28, 28))
    wait_until(lambda: given_by(page)[-10:] != before and given_by(page)[-7] < 0.5)
    page.click("#reset-glyph")
    wait_until(lambda: given_by(page)[-10:] == before)


def test_why_one_digit_and_not_another_colours_the_pixels(site: Site, open_page: OpenPage) -> None:
    page = open_page(site, "#play")
    page.select_option("#against", "8")
    playwright.expect(page.locator("#why-words")).to_contain_text("speak for 3", timeout=PATIENCE_MS)


def test_why_follows_what_is_drawn_on_the_glyph(site: Site, open_page: OpenPage) -> None:
    page = open_page(site, "#play")
    page.select_option("#against", "8")
    playwright.expect(page.locator("#why-words")).to_contain_text("speak for 3", timeout=PATIENCE_MS)
    coloured = "document.getElementById('glyph').toDataURL()"
    before = page.evaluate(coloured)
    box = page.locator("#glyph").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.14 * box["width"], box["y"] + 0.1 * box["height"])
    playwright.expect(page.locator("#why-words")).to_contain_text("Let go")
    page.mouse.up()
    playwright.expect(page.locator("#why-words")).to_contain_text("Amber pixels speak for 3", timeout=PATIENCE_MS)
    assert page.input_value("#against") == "8"
    assert page.evaluate(coloured) != before


def test_a_region_drawn_with_the_mouse_is_obeyed(site: Site, open_page: OpenPage) -> None:
    site.show("2718")
    site.controls.apply_framing(site.frames[0])  # which tells it the picture's size
    page = open_page(site)
    wait_until(lambda: page.evaluate("document.getElementById('picture').width") == 640)
    playwright.expect(page.locator("#number")).to_have_text("2718", timeout=PATIENCE_MS)
    page.click(".settings summary")
    page.click("#draw-region")
    box = page.locator("#picture").bounding_box()
    assert box is not None
    # the picture keeps its shape inside of its canvas
    scale = min(box["width"] / 640, box["height"] / 480)
    left, top = (box["width"] - 640 * scale) / 2 / scale, (box["height"] - 480 * scale) / 2 / scale
    corners = ((100 + left, 120 + top), (400 + left, 300 + top))
    stroke(page, "#picture", corners, (round(box["width"] / scale), round(box["height"] / scale)))
    wait_until(lambda: site.controls.wanted.framing.region is not None)
    region = site.controls.wanted.framing.region
    assert region is not None
    given = (region.x, region.y, region.width, region.height)
    assert given == pytest.approx((100, 120, 300, 180), abs=3)
    assert site.controls.apply_framing(site.frames[0]).image.shape[:2] == (region.height, region.width)


def test_a_lost_connection_is_said_over_the_old_picture(site: Site, open_page: OpenPage) -> None:
    site.show("2718")
    page = open_page(site)
    playwright.expect(page.locator("#number")).to_have_text("2718", timeout=PATIENCE_MS)
    playwright.expect(page.locator("#notice")).to_be_hidden()
    site.server.close()
    playwright.expect(page.locator("#notice")).to_have_text(
        "The connection is lost; trying again.", timeout=PATIENCE_MS
    )


def test_what_one_viewer_changes_the_others_see(site: Site, open_page: OpenPage) -> None:
    site.show("2718")
    one, other = open_page(site), open_page(site)
    playwright.expect(other.locator("#number")).to_have_text("2718", timeout=PATIENCE_MS)
    one.click("#pause")
    playwright.expect(other.locator("#pause")).to_have_text("Go on", timeout=PATIENCE_MS)
    other.click("#pause")
    playwright.expect(one.locator("#pause")).to_have_text("Pause", timeout=PATIENCE_MS)
    one.click(".settings summary")
    other.click(".settings summary")
    one.select_option("#rotate", "90")
    playwright.expect(other.locator("#rotate")).to_have_value("90", timeout=PATIENCE_MS)


def test_a_region_that_is_too_small_and_one_that_a_turn_drops_are_told(site: Site, open_page: OpenPage) -> None:
    site.show("2718")
    site.controls.apply_framing(site.frames[0])
    page = open_page(site)
    wait_until(lambda: page.evaluate("document.getElementById('picture').width") == 640)
    page.click(".settings summary")
    page.click("#draw-region")
    box = page.locator("#picture").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4, y + 4)
    page.mouse.up()
    playwright.expect(page.locator("#saved")).to_contain_text("too small; draw one of at least 16 x 16")
    assert site.controls.wanted.framing.region is None
    site.controls.change({"region": [100, 100, 200, 150]})
    page.click("#draw-region")  # asks for the settings again
    playwright.expect(page.locator("#whole-picture")).to_be_enabled(timeout=PATIENCE_MS)
    page.select_option("#rotate", "90")
    playwright.expect(page.locator("#saved")).to_contain_text("all of it is read", timeout=PATIENCE_MS)


def test_a_wrong_digit_is_corrected_with_two_taps_and_forgotten_with_one(site: Site, open_page: OpenPage) -> None:
    site.show("2718")
    page = open_page(site)
    page.locator("#numbers .digits button").nth(1).click()
    page.get_by_role("button", name="4", exact=True).click()
    manifest = site.served.corrections.folder / "manifest.jsonl"
    wait_until(manifest.exists)
    kept = json.loads(manifest.read_text(encoding="utf-8"))
    assert (kept["read"], kept["truth"]) == (7, 4)
    page.click("#kept summary")
    page.get_by_role("button", name="Delete this correction").click()
    wait_until(lambda: manifest.read_text(encoding="utf-8") == "")


def test_the_tour_runs_through_its_seven_steps(site: Site, open_page: OpenPage) -> None:
    page = open_page(site, "#tour")
    titles = []
    for _ in range(7):
        titles.append(page.inner_text("#tour-title"))
        page.click("#tour-next")
    assert len(set(titles)) == 7
    playwright.expect(page.locator("#learn")).to_be_visible()


def test_training_in_the_browser_lets_the_loss_fall_and_is_replayed(site: Site, open_page: OpenPage) -> None:
    page = open_page(site, "#learn")
    page.get_by_label("Train a new one").check()  # it opens with how the shipped network learned
    page.click("#train")
    wait_until(lambda: float(page.inner_text("#passes")) > 10, within_s=200)
    page.click("#train")
    playwright.expect(page.locator("#use-trained")).to_be_enabled()
    assert float(page.inner_text("#loss-value")) < 3.0  # a network that knows nothing has 6.9
    before = page.inner_text("#loss-value")
    page.locator("#replay").fill("0")
    assert float(page.inner_text("#loss-value")) > float(before)
    page.click("#use-trained")
    assert page.inner_text("#network-title") == "Your network"
    page.goto(f"{site.server.link}#play")  # it stays, says so, and can be left from there
    playwright.expect(page.locator("#play")).to_be_visible()
    assert page.inner_text("#network-title") == "Your network"
    page.click("#back-to-shipped")
    assert page.inner_text("#network-title") == "The network"
    playwright.expect(page.locator("#back-to-shipped")).to_be_hidden()


def history_of_the_shipped_network() -> TrainingHistory:
    """Made up: the network at random, half way, and as it is."""
    rng, snapshots = np.random.default_rng(1), []
    for epoch, share in ((0, 0.0), (1, 0.5), (3, 1.0)):
        layers = [
            (
                np.float32(share) * each.weights + np.float32((1 - share) * 0.05) * rng.normal(size=each.weights.shape),
                each.biases,
            )
            for each in LayeredNetwork(locate_model("tiny").read_bytes(), "tiny").layers
        ]
        snapshots.append(Snapshot(epoch, tuple((weights.astype(np.float32), biases) for weights, biases in layers)))
    figures = np.array([[1.2, 0.7, 0.8, 0.8], [0.8, 0.8, 0.5, 0.9], [0.6, 0.9, 0.4, 0.95]], np.float32)
    return TrainingHistory("tiny", "relu", figures, tuple(snapshots))


def test_the_learning_step_replays_how_the_shipped_network_learned(
    site: Site, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_module, "read_history", lambda _: history_of_the_shipped_network())
    page = open_page(site, "#learn")
    playwright.expect(page.locator("#learn")).to_be_visible()
    playwright.expect(page.locator("#about-other")).to_be_hidden()
    assert (page.inner_text("#passes"), page.inner_text("#accuracy")) == ("0", "–")
    page.locator("#replay").fill("2")
    assert (page.inner_text("#passes"), page.inner_text("#loss-value"), page.inner_text("#accuracy")) == (
        "3",
        "0.600",
        "95 %",
    )
    now = given_by(page)
    page.click("#use-trained")
    assert page.inner_text("#network-title") == "After 3 epochs"
    assert given_by(page) == pytest.approx(now, abs=0.5)  # its weights are rounded to a few steps
    page.locator("#replay").fill("0")
    assert page.inner_text("#network-title") == "Before the first epoch"
    assert given_by(page) != pytest.approx(now, abs=0.5)
    page.click("#play-training")
    wait_until(lambda: page.inner_text("#passes") == "3")
    page.click("#use-shipped")
    assert given_by(page) == now
    page.goto(f"{site.server.link}#tour")
    page.get_by_role("button", name="Step 7").click()
    playwright.expect(page.locator("#tour-replay")).to_contain_text("After 3 epochs: 95 %", timeout=PATIENCE_MS)


def test_a_history_of_another_training_is_called_so(
    site: Site, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = history_of_the_shipped_network()
    other = dataclasses.replace(whole, snapshots=whole.snapshots[:1])
    monkeypatch.setattr(figure_module, "read_history", lambda _: other)
    page = open_page(site, "#learn")
    playwright.expect(page.locator("#about-other")).to_be_visible()


def test_without_a_history_only_a_new_network_can_be_trained(
    site: Site, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_module, "read_history", lambda _: None)
    page = open_page(site, "#learn")
    playwright.expect(page.locator("#train")).to_be_visible()
    playwright.expect(page.locator("#training")).to_be_hidden()
    assert site.ask("/api/history").status == 204


def test_rules_of_the_numbers_are_set_on_the_page_and_saved(site: Site, open_page: OpenPage) -> None:
    site.show("2718")
    page = open_page(site)
    page.click(".settings summary")
    playwright.expect(page.locator("#exposure-field")).to_be_hidden()
    refused = site.post("/api/controls", {"expect": "digits=9,nonsense"})
    assert refused.status == 400
    assert "no such rule" in refused.told["error"]
    page.fill("#expect", "digits=4,increasing")
    page.press("#expect", "Enter")
    wait_until(lambda: site.controls.wanted.expect == ("digits=4", "increasing"))
    page.click("#save")
    playwright.expect(page.locator("#saved")).to_contain_text("Saved to", timeout=PATIENCE_MS)
    assert site.served.config is not None
    assert 'expect = ["digits=4", "increasing"]' in site.served.config.read_text(encoding="utf-8")


def test_what_the_browser_learns_from_is_what_the_numbers_say(site: Site, open_page: OpenPage) -> None:
    """The slopes of the backward pass are those that the loss itself has."""
    page = open_page(site, "#learn")
    difference = page.evaluate(
        """async () => {
            const { newNetwork, randomGenerator, Learner, forward, lossOf } = await import('/static/learning.js');
            const random = randomGenerator(3), layers = newNetwork([784, 16, 16, 10], random);
            const picture = Float32Array.from({ length: 784 }, random), learner = new Learner(layers);
            const loss = () => lossOf(Float64Array.from(forward(layers, picture).at(-1)), 4);
            learner.add(picture, 4);
            let worst = 0;
            for (const [layer, at] of [[0, 100], [0, 9000], [1, 33], [1, 200], [2, 70], [2, 5]]) {
                const told = learner.sums[layer][0][at], weights = layers[layer].weights, kept = weights[at];
                weights[at] = kept + 1e-2; const high = loss();
                weights[at] = kept - 1e-2; const low = loss();
                weights[at] = kept;
                worst = Math.max(worst, Math.abs((high - low) / 2e-2 - told));
            }
            return worst;
        }"""
    )
    assert difference < 5e-3  # of slopes up to 1, from differences of 32-bit numbers


def test_the_page_fits_a_phone_in_all_its_parts(site: Site, open_page: OpenPage) -> None:
    site.show("2718")
    page = open_page(site, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    for part in ("live", "play", "tour", "learn"):
        page.goto(f"{site.server.link}#{part}")
        playwright.expect(page.locator(f"#{part}")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), part


def test_without_a_camera_there_is_no_live_part(open_site: OpenSite, open_page: OpenPage) -> None:
    site = open_site(name="")
    page = open_page(site)
    playwright.expect(page.locator("#play")).to_be_visible()
    playwright.expect(page.locator("[data-tab=live]")).to_be_hidden()


def test_a_link_with_the_token_pairs_the_browser_and_leaves_the_address(
    open_site: OpenSite, open_page: OpenPage
) -> None:
    site = open_site("0.0.0.0")  # noqa: S104 # the test of pairing has to
    page = open_page(site)
    assert "token" not in page.url
    page.reload()
    page.wait_for_selector("html[data-ready]")
    cookie = next(each for each in page.context.cookies() if each["name"] == "digitreader_pairing")
    assert cookie["httpOnly"]
    assert page.evaluate("document.cookie") == ""


def test_no_serious_violation_of_accessibility(site: Site, open_page: OpenPage) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    site.show("2718")
    for scheme in ("light", "dark"):
        page = open_page(site, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")  # colours at rest
        for part in ("live", "play", "tour", "learn"):
            page.goto(f"{site.server.link}#{part}")
            playwright.expect(page.locator(f"#{part}")).to_be_visible()
            found = axe.Axe().run(page).response["violations"]
            serious = [(each["id"], [n["html"][:90] for n in each["nodes"]][:3]) for each in found
                       if each["impact"] in {"serious", "critical"}]  # fmt: skip
            assert serious == [], (scheme, part)
