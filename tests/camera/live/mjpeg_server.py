"""A network camera on loopback: an HTTP server that sends JPEG pictures one after another, and can be disturbed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import cv2

from digitreader.values import ColourImage

BOUNDARY = "frame"


class MjpegServer:
    """Serves what `draw` draws to whoever connects; a context manager.

    Args:
        draw: the picture with this index.
        fps: pictures a second; change it to slow the camera down.

    Attributes:
        whole: the share of each picture's bytes that is sent; below 1 it is damaged.
        flowing: clear it, and connections stay open without a byte; set it, and they go on.
    """

    def __init__(self, draw: Callable[[int], ColourImage], *, fps: float = 30.0) -> None:
        self.draw, self.fps, self.whole = draw, fps, 1.0
        self.flowing = threading.Event()
        self.flowing.set()
        self.connections = 0
        self.sent = 0
        self._running = True
        self._port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}/stream.mjpg"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.flowing.set()
        self.stop()

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._running = True
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.connections += 1
                self.send_response(200)
                self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
                self.end_headers()
                camera.send_pictures(self.wfile.write)

            def log_message(self, *_: object) -> None:
                """Nobody asks."""

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A reader that leaves is not an error."""

        self._server = Server(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        """Cut every connection off, and listen no more."""
        if self._running:
            self._running = False
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def send_pictures(self, write: Callable[[bytes], object]) -> None:
        """Send pictures until the camera is stopped or the reader leaves."""
        while self._running:
            self.flowing.wait()
            jpeg = cv2.imencode(".jpg", self.draw(self.sent))[1].tobytes()
            jpeg = jpeg[: round(self.whole * len(jpeg))]
            self.sent += 1
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            write(head.encode() + jpeg + b"\r\n")
            time.sleep(1 / self.fps)
