"""Damaged requests to the live page: each is answered, and none ends in an error of the server."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from digitreader.drawing import scene
from digitreader.model.load import load_model
from digitreader.reading.pipeline import FrameReader
from digitreader.values import Frame
from digitreader.web.app import Answers, PageContext, make_app
from digitreader.web.board import Board
from digitreader.web.controls import Controls
from digitreader.web.corrections import Corrections
from digitreader.web.streams import Live
from digitreader.web.workbench import Workbench

from .inputs import pictures
from .test_mutations import ROUNDS, mutated

JSON, BYTES = b"application/json", b"application/octet-stream"

Post = Callable[[str, bytes, bytes], int]
"""Takes path, body and content type, and gives the status of the answer."""


@pytest.fixture(scope="module")
def reader() -> FrameReader:
    return FrameReader(load_model("accurate"))


@pytest.fixture(scope="module")
def board(reader: FrameReader) -> Board:
    """Shows one number."""
    frame = Frame(scene("31415", rng=np.random.default_rng(7)).image, "demo")
    board = Board(lambda: reader.last_found)
    page = reader.read_next(frame)
    board.frame(page, frame)
    board.change(page, frame)
    return board


@pytest.fixture(scope="module")
def post(reader: FrameReader, board: Board, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Posts to the page in this process, without its access control; an error of a handler is raised here."""
    folder: Path = tmp_path_factory.mktemp("page")
    context = PageContext(
        name="demo",
        model="accurate",
        board=board,
        open_workbench=lambda: Workbench("accurate", "auto"),
        corrections=Corrections(folder / "corrections"),
        controls=Controls(None, reader.model),
        config=folder / "config.toml",
    )
    with ThreadPoolExecutor(1) as worker:
        app = make_app(Answers(context, Live(board, worker), worker))

        def post_one(path: str, body: bytes, kind: bytes) -> int:
            return asyncio.run(_posted(app, path, body, kind))

        yield post_one


async def _posted(app: Any, path: str, body: bytes, kind: bytes) -> int:
    given, statuses = [{"type": "http.request", "body": body, "more_body": False}], list[int]()

    async def receive() -> dict[str, Any]:
        return given.pop() if given else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    name, _, query = path.partition("?")
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "POST", "path": name, "raw_path": name.encode(), "headers": headers}
    scope |= {"query_string": query.encode(), "http_version": "1.1", "scheme": "http", "root_path": ""}
    await app(scope | {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2)}, receive, send)
    return statuses[0]


def bar() -> bytes:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[4:24, 12:16] = 255
    return glyph.tobytes()


def photograph() -> bytes:
    drawn = cv2.resize(scene("27", rng=np.random.default_rng(1)).image, (160, 120))
    return cv2.imencode(".png", drawn)[1].tobytes()


def told(*objects: dict[str, Any]) -> list[bytes]:
    return [json.dumps(each).encode() for each in objects]


GOOD: dict[str, tuple[bytes, list[bytes]]] = {
    "/api/glyph": (BYTES, [bar()]),
    "/api/glyph?against=9": (BYTES, [bar()]),
    "/api/read": (BYTES, [photograph(), *pictures().values()]),
    "/api/corrections": (JSON, told({"number": 1, "digit": 1, "truth": 1}, {"kept": 1, "truth": 3})),
    "/api/controls": (
        JSON,
        told({"threshold": 0.5}, {"region": [1, 2, 30, 40]}, {"rotate": 90}, {"paused": True}, {"expect": "digits=5"}),
    ),
}


@pytest.mark.parametrize("path", GOOD)
def test_a_damaged_request_is_answered(path: str, post: Post, board: Board) -> None:
    (kind, given), rng = GOOD[path], random.Random(path)
    bodies = [body.replace(b'"number": 1', b'"number": %d' % board.numbers()[0].number) for body in given]
    assert post(path, bodies[0], kind) in (200, 201)
    statuses = {post(path, mutated(rng.choice(bodies), rng), kind) for _ in range(ROUNDS)}
    assert statuses <= {200, 201, 400, 404, 413}
    assert 400 in statuses
