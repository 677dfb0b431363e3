"""Viewers without a browser, in another process, for the bench: `python -m digitreader.web.viewers PORT COUNT`.

Each takes values and pictures, as an open page does. The process prints a line when all are served. It ends when its
standard input is closed, and then prints what each received as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field

HOST = "127.0.0.1"
READY_S = 30.0


@dataclass(slots=True)
class ViewerTotals:
    """What one viewer received.

    Attributes:
        values: the number of each frame whose values arrived, and when, by the monotonic clock.
        pictures: how many bytes of pictures arrived.
    """

    values: list[tuple[int, float]] = field(default_factory=list)
    pictures: int = 0


async def view_all(port: int, count: int) -> list[ViewerTotals]:
    """Run this many viewers until standard input is closed; what each received."""
    received = [ViewerTotals() for _ in range(count)]
    viewers = [asyncio.create_task(take(port, each)) for each in received for take in (_take_values, _take_pictures)]
    deadline_s = time.monotonic() + READY_S
    while not all(each.values and each.pictures for each in received) and time.monotonic() < deadline_s:
        await asyncio.sleep(0.01)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for viewer in viewers:
        viewer.cancel()
    await asyncio.gather(*viewers, return_exceptions=True)
    return received


async def _take_values(port: int, received: ViewerTotals) -> None:
    reader = await _ask(port, "/api/events")
    while line := await reader.readline():
        if line.startswith(b"data: "):
            received.values.append((json.loads(line[6:])["number"], time.monotonic()))


async def _take_pictures(port: int, received: ViewerTotals) -> None:
    reader = await _ask(port, "/api/pictures")
    while data := await reader.read(1 << 18):
        received.pictures += len(data)


async def _ask(port: int, path: str) -> asyncio.StreamReader:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    reader.writer = writer  # type: ignore[attr-defined] # the reference keeps the connection open
    return reader


def main(port: int, count: int) -> None:
    """Run the viewers, and print what they received."""
    print(json.dumps([asdict(each) for each in asyncio.run(view_all(port, count))]))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
