"""A page that is served on loopback: the demo's numbers on a board, and what asks for them."""

from __future__ import annotations

import dataclasses
import http.client
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitreader.drawing import scene
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Frame
from digitreader.web.address import WebAddress
from digitreader.web.app import PageContext
from digitreader.web.board import Board
from digitreader.web.controls import Controls
from digitreader.web.corrections import Corrections
from digitreader.web.server import Certificate, WebServer
from digitreader.web.workbench import Workbench

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 # the test of pairing has to


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Site:
    """A server under test, and what it serves."""

    server: WebServer
    served: PageContext
    board: Board
    controls: Controls
    reader: FrameReader
    frames: list[Frame] = field(default_factory=list)

    @property
    def port(self) -> int:
        return self.server.address.port

    @property
    def origin(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def post(self, path: str, body: bytes | dict[str, Any], method: str = "POST") -> Answer:
        """As the page itself posts."""
        is_json = isinstance(body, dict)
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        kind = "application/json" if is_json else "application/octet-stream"
        return self.ask(path, method, data, {"Origin": self.origin, "Content-Type": kind})

    def show(self, text: str, *, steady: bool = True, seed: int = 7) -> None:
        """Let the camera see a number."""
        index = len(self.frames)
        frame = Frame(scene(text, rng=np.random.default_rng(seed)).image, "demo", index, time_s=2.0 * index)
        self.frames.append(frame)
        page = self.reader.read_next(frame)
        self.board.frame(page, frame)
        if steady:
            self.board.change(page, frame)


OpenSite = Callable[..., Site]


@pytest.fixture(scope="session")
def reader() -> FrameReader:
    return FrameReader(load_model("accurate"))


@pytest.fixture
def open_site(reader: FrameReader, tmp_path: Path) -> Iterator[OpenSite]:
    """Opens servers, and closes them when the test ends; the fields of the context named in `without` are None."""
    opened: list[WebServer] = []

    def open_one(
        host: str = LOOPBACK,
        name: str = "demo",
        certificate: Certificate | None = None,
        without: Sequence[str] = (),
        token_file: Path | None = None,
    ) -> Site:
        reader.forget()
        board, controls = Board(lambda: reader.last_found), Controls(None, reader.model)
        server = WebServer(WebAddress(host, 0), certificate, token_file=token_file)
        opened.append(server)
        served = PageContext(
            name=name,
            model="accurate",
            board=board,
            open_workbench=lambda: Workbench("accurate", "auto"),
            corrections=Corrections(tmp_path / "corrections"),
            controls=controls,
            config=tmp_path / "config.toml",
        )
        missing: dict[str, Any] = dict.fromkeys(without)
        served = dataclasses.replace(served, **missing)
        server.start(served)
        return Site(server, served, board, controls, reader)

    yield open_one
    for server in opened:
        server.close()


@pytest.fixture
def site(open_site: OpenSite) -> Site:
    return open_site()
