# ruff: noqa: INP001  a script, no package
"""Takes docs/web.jpg, a picture of the live page in Chromium: `python docs/web_picture.py`, in a minute."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from digitreader.drawing import scene
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Frame
from digitreader.web.address import WebAddress
from digitreader.web.app import PageContext
from digitreader.web.board import Board
from digitreader.web.controls import Controls
from digitreader.web.corrections import Corrections
from digitreader.web.server import WebServer
from digitreader.web.workbench import Workbench

HERE = Path(__file__).parent
NUMBERS = ("1203", "1209", "1214", "1222", "1227", "27 1828")
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
VIEWS = {
    "light": {"viewport": {"width": 1360, "height": 900}},
    "dark": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
    "phone": PHONE,
}


def main(folder: Path) -> None:
    """Take a picture of each view into a folder, and the light one as docs/web.jpg."""
    reader = FrameReader(load_model("accurate"))
    board = Board(lambda: reader.last_found)
    served = PageContext(
        name="demo",
        model="accurate",
        board=board,
        open_workbench=lambda: Workbench("accurate", "auto"),
        corrections=Corrections(folder / "corrections"),
        controls=Controls(None, reader.model),
    )
    with WebServer(WebAddress("127.0.0.1", 0)) as server, sync_playwright() as playwright:
        server.start(served)
        for number, text in enumerate(NUMBERS):
            frame = Frame(scene(text, rng=np.random.default_rng(number + 3)).image, "demo", number, time_s=2.0 * number)
            page = reader.read_next(frame)
            board.frame(page, frame)
            board.change(page, frame)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, options in VIEWS.items():
            shown = browser.new_context(**options).new_page()  # type: ignore[arg-type] # of each option another type
            shown.goto(server.link)
            shown.wait_for_selector("html[data-ready]")
            for _ in range(30):  # the paper lies still, under a camera of 25 frames a second
                frame = replace(frame, index=frame.index + 1, time_s=frame.time_s + 0.04)
                board.frame(reader.read_next(frame), frame)
                time.sleep(0.04)
            take(shown, folder / f"{name}.jpg")
        browser.close()
    shutil.copyfile(folder / "light.jpg", HERE / "web.jpg")


def take(page: Page, path: Path) -> None:
    """Take a picture of the whole page once the network shows the camera's digit."""
    page.locator("#meters .meter").first.wait_for()
    page.locator("#neurons g").nth(9).click()
    time.sleep(1)  # until the picture and the digit have come
    page.screenshot(path=path, full_page=True, type="jpeg", quality=86)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(made))
