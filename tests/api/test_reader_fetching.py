"""Pictures from web addresses, served by this machine itself."""

from __future__ import annotations

import base64
import http.client
import socket
import threading
import urllib.error
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import digitreader
from digitreader.api import fetching
from digitreader.errors import ImageError

REDIRECTS = {
    "/moved.png": "/paper.png",
    "/circle.png": "/circle.png",
    "/local.png": "file:///etc/passwd",
    "/ftp.png": "ftp://127.0.0.1/a.png",
}


@pytest.fixture
def server(png: Path) -> Iterator[str]:
    """The address of a server with /paper.png, behind a password /secret.png, and a /stream."""
    content = png.read_bytes()
    login = "Basic " + base64.b64encode(b"me:pa/ss").decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path in {"/paper.png", "/stream"} or self.headers.get("Authorization") == login
            if self.path in REDIRECTS:
                self.send_response(302)
                self.send_header("Location", REDIRECTS[self.path])
                self.end_headers()
                return
            self.send_response(200 if known else 401 if self.path == "/secret.png" else 404)
            if self.path == "/secret.png":
                self.send_header("WWW-Authenticate", 'Basic realm="pictures"')
            self.send_header("Content-Type", "multipart/x-mixed-replace" if self.path == "/stream" else "image/png")
            self.end_headers()
            if known and self.path != "/stream":
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


def test_a_picture_is_fetched(reader: digitreader.Reader, server: str, png: Path) -> None:
    page = reader.read(f"{server}/paper.png")
    assert (page.source, page.lines) == (f"{server}/paper.png", reader.read(png).lines)


def test_a_redirect_is_followed_to_a_picture_and_nowhere_else(
    reader: digitreader.Reader, server: str, png: Path
) -> None:
    assert reader.read(f"{server}/moved.png").lines == reader.read(png).lines
    for path in ("/circle.png", "/local.png", "/ftp.png"):
        with pytest.raises(ImageError, match=r"redirects in a circle or to another kind of address \(HTTP 302\); give"):
            reader.read(f"{server}{path}")


def test_a_password_is_sent_and_not_told(reader: digitreader.Reader, server: str) -> None:
    with_login = server.replace("http://", "http://me:pa%2Fss@") + "/secret.png"
    page = reader.read(with_login)
    assert (page.source, page.text) == (f"{server}/secret.png", "27\n380")
    with pytest.raises(ImageError, match=r"/secret\.png: cannot be fetched \(HTTP 401 Unauthorized\)") as refused:
        reader.read(with_login.replace("pa%2Fss", "geheim"))
    assert "geheim" not in str(refused.value)


def test_what_cannot_be_fetched_is_told_with_its_address(
    reader: digitreader.Reader, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ImageError, match=rf"^{server}/other: cannot be fetched \(HTTP 404 Not Found\)"):
        reader.read(f"{server}/other")
    with pytest.raises(ImageError, match=r"is a stream, not a picture; read it with digitreader\.read"):
        reader.read(f"{server}/stream")
    with pytest.raises(ImageError, match=r"^http://127\.0\.0\.1:9/a\.png: cannot be fetched \(Connection refused\)"):
        reader.read("http://127.0.0.1:9/a.png")
    monkeypatch.setattr(fetching, "MOST_BYTES", 1000)
    with pytest.raises(ImageError, match="is larger than 0 MB"):
        reader.read(f"{server}/paper.png")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (urllib.error.URLError(TimeoutError("timed out")), "no whole answer within 20 s"),
        (urllib.error.URLError(socket.gaierror(-2, "Name or service not known")), "there is no such host"),
        (urllib.error.URLError("no protocol given"), "URLError"),
        (http.client.IncompleteRead(b""), "IncompleteRead"),
    ],
)
def test_the_reason_why_a_picture_cannot_be_fetched_is_said_without_the_password(
    monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("urllib.request.OpenerDirector.open", fail)
    with pytest.raises(
        ImageError, match=rf"^http://cam/a\.png: cannot be fetched \({says}\); check the address"
    ) as told:
        fetching.fetch_picture("http://me:geheim@cam/a.png")
    assert "geheim" not in str(told.value)
