"""A webhook on this computer alone that can be gone for a while."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

LOOPBACK = "127.0.0.1"


class Hook:
    """A webhook that keeps what it is sent; a context manager.

    Attributes:
        taken: what was posted, in its order.
        recovered: how often it was gone and has taken events again.
    """

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.recovered = 0
        self._gone = self._was_gone = False
        self._server = ThreadingHTTPServer((LOOPBACK, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where to post to."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}/events"

    def cut(self, gone: bool) -> None:
        """Hang up on whoever comes from now on, or take events again."""
        self._was_gone = self._was_gone or gone
        self._gone = gone

    def take(self, body: bytes) -> bool:
        """Keep an event; False where it is gone."""
        if self._gone:
            return False
        self.taken.append(gist_of(json.loads(body)))
        self.recovered += self._was_gone
        self._was_gone = False
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.take(body):
                    self.send_response(204)
                    self.end_headers()
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class's name for it
                pass

        return Handler


def gist_of(event: dict[str, Any]) -> str:
    """What an event is about, and the how manieth of its run: its kind and its number, or what is wrong."""
    return f"{event['id'].rpartition('-')[2]} {event['event']} {event.get('text', event.get('message', ''))}"
