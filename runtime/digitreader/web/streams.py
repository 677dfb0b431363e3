"""Endless answers: values as server-sent events and a series of pictures, at the pace of each viewer.

The answer for a frame is made once for all viewers, so another viewer only costs sending the same bytes over another
connection.
"""

from __future__ import annotations

import asyncio
import json
import math
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from digitreader.errors import UsageError
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.reading.tracks import overlaps
from digitreader.setup.doctor.gather_hardware import THERMAL, temperature_c
from digitreader.values import Box
from digitreader.web.board import Board, Sighting, ink_of
from digitreader.web.figure import Figure
from digitreader.web.values import frame_values, jpeg_of, readings_of

MOST_STREAMS = 128
"""The most endless answers at the same time; an open page takes two."""
SEND_S = 8.0
"""A viewer that reads nothing for this many seconds is dropped."""
VALUES_EVERY_S, PICTURES_EVERY_S = 1 / 15, 1 / 20
"""The shortest time between two values, and between two pictures, however fast frames are read."""
STILL_THERE_S = 10.0
"""Seconds without a frame after which an empty line is sent, to notice viewers that have left."""
HEAT_EVERY_S = 5.0
BOUNDARY = "digitreader-frame"
SAME_DIGIT = 0.3
"""Two boxes show the same digit if they overlap by at least this share."""


@dataclass(slots=True)
class Ticker:
    """Wakes all viewers for a new frame together, at most once in so many seconds, so that none needs a clock."""

    every_s: float
    count: int = 0
    _last_s: float = -math.inf
    _due: asyncio.TimerHandle | None = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Tick now, or as soon as it may; to be called in the loop's thread for each new frame."""
        if self._due is None:
            loop = asyncio.get_running_loop()
            self._due = loop.call_at(self._last_s + self.every_s, self._tick)

    def _tick(self) -> None:
        self._due, self._last_s = None, asyncio.get_running_loop().time()
        self.count += 1
        self._woken.set()
        self._woken = asyncio.Event()

    async def after(self, count: int, wait_s: float) -> int:
        """Wait for a tick after this one; returns the count of the last tick, the same if none comes in time."""
        try:
            async with asyncio.timeout(wait_s):
                while self.count <= count:
                    await self._woken.wait()
        except TimeoutError:
            return count
        return self.count


@dataclass(slots=True)
class Live:
    """The newest frame for the server's loop: the board wakes it, and each frame is encoded once for all viewers.

    Attributes:
        board: gives the newest frame.
        executor: encodes pictures.
        streams: how many endless answers there are.
        figure: the network that the page draws.
        settings: those that a viewer changed last, as JSON for all others; empty before.
    """

    board: Board
    executor: Executor
    streams: int = 0
    figure: Figure = field(default_factory=Figure)
    settings: str = ""
    _focus: Box | None = None
    _values_ticker: Ticker = field(default_factory=lambda: Ticker(VALUES_EVERY_S))
    _pictures_ticker: Ticker = field(default_factory=lambda: Ticker(PICTURES_EVERY_S))
    _encoding: asyncio.Lock = field(default_factory=asyncio.Lock)
    _picture: tuple[int, bytes] = (0, b"")
    _values: tuple[int, str] = (0, "")
    _heat: tuple[float, float | None] = (-1e9, None)

    def wake(self) -> None:
        """Wake everybody who waits for a frame; to be called in the loop's thread."""
        self._values_ticker.wake()
        self._pictures_ticker.wake()

    def tell_settings(self, controls: Mapping[str, Any]) -> None:
        """Tell all viewers the settings as they are now; to be called in the loop's thread."""
        self.settings = json.dumps(controls)
        self._values_ticker.wake()

    async def next_sighting(self, after: int, wait_s: float) -> Sighting | None:
        """Wait for a frame after this number, and give the newest one; None if none comes in time."""
        deadline_s, tick = time.monotonic() + wait_s, -1
        while (newest := self.board.newest()) is None or newest[0].number <= after:
            before, tick = tick, await self._pictures_ticker.after(tick, max(0.0, deadline_s - time.monotonic()))
            if tick == before:
                return None
        return newest[0]

    async def picture(self) -> tuple[int, bytes]:
        """The number of the newest frame, and its picture as JPEG."""
        async with self._encoding:
            newest = self.board.newest()
            if newest is not None and newest[0].number > self._picture[0]:
                loop = asyncio.get_running_loop()
                self._picture = newest[0].number, await loop.run_in_executor(self.executor, jpeg_of, newest[1])
            return self._picture

    def values(self, sighting: Sighting) -> str:
        """The values of a frame for the page, as JSON."""
        if self._values[0] != sighting.number:
            now_s = time.monotonic()
            if now_s - self._heat[0] > HEAT_EVERY_S:
                self._heat = now_s, processor_heat_c()
            rate = self.board.frames_a_second()
            values = frame_values(sighting, frames_a_second=rate, now_s=now_s, heat_c=self._heat[1])
            self._values = sighting.number, json.dumps(values | {"look": self._look(sighting)})
        return self._values[1]

    def _look(self, sighting: Sighting) -> dict[str, Any] | None:
        """The digit that the page explains if its viewer has chosen none, with the network's activations.

        It is the same digit as before or, if that has left, the surest.
        """
        readings = readings_of(sighting.page)
        if not readings:
            return None
        at = max(range(len(readings)), key=lambda place: readings[place].confidence)
        if self._focus is not None:
            shares = overlaps([self._focus], [each.box for each in readings])[0]
            at = int(shares.argmax()) if shares.max() > SAME_DIGIT else at
        self._focus = readings[at].box
        ink = ink_of(readings[at], sighting.found, sighting.scale)
        return None if ink is None else {"at": at} | self.figure.look(normalise_glyph(ink))

    async def events(self) -> AsyncIterator[bytes]:
        """Values of the newest frame, and settings that were changed, as server-sent events."""
        number, tick, settings = 0, -1, self.settings
        while True:
            before, tick = tick, await self._values_ticker.after(tick, STILL_THERE_S)
            if settings != self.settings:
                settings = self.settings
                yield f"event: settings\ndata: {settings}\n\n".encode()
            newest = self.board.newest()
            if tick == before:
                yield b": still there\n\n"
            elif newest is not None and newest[0].number > number:
                number = newest[0].number
                yield f"data: {self.values(newest[0])}\n\n".encode()

    async def pictures(self) -> AsyncIterator[bytes]:
        """The newest pictures, each as the number of its frame and its length, in four bytes each, and a JPEG."""
        async for number, jpeg in self._newest_pictures():
            yield struct.pack(">II", number, len(jpeg)) + jpeg

    async def mjpeg(self) -> AsyncIterator[bytes]:
        """The newest pictures as the parts of an MJPEG stream."""
        async for _, jpeg in self._newest_pictures():
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            yield head.encode() + jpeg + b"\r\n"

    async def _newest_pictures(self) -> AsyncIterator[tuple[int, bytes]]:
        number, tick = 0, -1
        while True:
            tick = await self._pictures_ticker.after(tick, STILL_THERE_S)
            newest, jpeg = await self.picture()
            if newest > number:
                number = newest
                yield number, jpeg


class EndlessResponse(Response):
    """An answer that goes on until its viewer leaves, or reads nothing for `SEND_S` seconds.

    Args:
        live: counts the answer.
        parts: the parts of the answer; the next part is made when the one before was taken.
        media_type: the media type of the whole answer.
    """

    def __init__(self, live: Live, parts: AsyncIterator[bytes], media_type: str) -> None:
        super().__init__(media_type=media_type)
        del self.headers["content-length"]
        self._live, self._parts = live, parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the viewer has left."""
        if self._live.streams >= MOST_STREAMS:
            await PlainTextResponse("Too many viewers; close some.\n", 503)(scope, receive, send)
            return
        self._live.streams += 1
        sending = asyncio.ensure_future(self._send(send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._live.streams -= 1
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async for part in self._parts:
            async with asyncio.timeout(SEND_S):  # unlike wait_for, it starts no task in Python 3.11
                await send({"type": "http.response.body", "body": part, "more_body": True})


def processor_heat_c() -> float | None:
    """The processor's temperature in degrees Celsius; None if this machine reports none."""
    with suppress(OSError, UnicodeDecodeError):
        return temperature_c(THERMAL.read_text(encoding="ascii"))
    return None


async def _left(receive: Callable[[], Awaitable[Message]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def body_of(chunks: AsyncIterator[bytes], *, most: int, within_s: float) -> bytes:
    """The body of a request.

    Args:
        chunks: the pieces of the body, as they arrive.
        most: the most bytes.
        within_s: the most seconds.

    Raises:
        UsageError: it is larger, or takes longer.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            async for chunk in chunks:
                body += chunk
                if len(body) > most:
                    raise UsageError(f"what was sent has more than {most} bytes; make it smaller")
    except TimeoutError as error:
        raise UsageError(f"what was sent took more than {within_s:g} seconds") from error
    return bytes(body)
