"""Webhooks: what is posted, and servers that hang, drip, fail or refuse, on loopback."""

from __future__ import annotations

import base64
import http.client
import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest

from digitreader.errors import OutputError, UsageError
from digitreader.output.delivery_queue import DeliveryError, RejectedError
from digitreader.output.event import NUMBER, Event
from digitreader.output.webhook import Webhook

EVENT = Event(NUMBER, "run-1", "desk", "2026-01-01T00:00:00.000Z", "demo", 7, text="12\n34")


class Server:
    """Answers what the test wants, and remembers what came."""

    def __init__(self) -> None:
        self.answer = 200
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.came.append((self.path, dict(self.headers), body))
                self.send_response(server.answer)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.http.serve_forever, args=(0.01,))
        self.thread.start()

    def url(self, path: str = "/hook", user: str = "") -> str:
        return f"http://{user}127.0.0.1:{self.http.server_address[1]}{path}"

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def raw_server() -> Iterator[Callable[[bytes], str]]:
    """Starts a server that takes one connection, sends the same bytes again and again, and never hangs up."""
    stop = Flag()
    opened: list[tuple[socket.socket, Thread]] = []

    def serve(listener: socket.socket, drip: bytes) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:  # nobody came until the test was over
            return
        with connection:
            while not stop.wait(0.02):
                try:
                    connection.sendall(drip)
                except OSError:
                    return

    def start(drip: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        thread = Thread(target=serve, args=(listener, drip))
        thread.start()
        opened.append((listener, thread))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/secret-path"

    yield start
    stop.set()
    for listener, thread in opened:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()


def test_an_event_is_posted_as_json(server: Server) -> None:
    Webhook(server.url("/hook?token=1"), timeout_s=30).deliver(EVENT)
    ((path, headers, body),) = server.came
    assert path == "/hook?token=1"
    assert headers["Content-Type"] == "application/json"
    told = json.loads(body)
    assert (told["event"], told["id"], told["reader"], told["text"]) == ("number", "run-1", "desk", "12\n34")


def test_user_and_password_of_the_address_are_sent_and_never_shown(server: Server) -> None:
    webhook = Webhook(server.url(user="me:s%20cret@"), timeout_s=30)
    webhook.deliver(EVENT)
    assert server.came[0][1]["Authorization"] == f"Basic {base64.b64encode(b'me:s cret').decode()}"
    assert webhook.where == server.url("")


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_a_server_in_trouble_is_tried_again(server: Server, status: int) -> None:
    server.answer = status
    with pytest.raises(DeliveryError, match=f"answers {status}"):
        Webhook(server.url(), timeout_s=30).deliver(EVENT)


@pytest.mark.parametrize("status", [400, 401, 404, 301])
def test_a_server_that_will_never_take_it_is_not_tried_again(server: Server, status: int) -> None:
    server.answer = status
    with pytest.raises(RejectedError, match=f"answers {status}"):
        Webhook(server.url(), timeout_s=30).deliver(EVENT)


@pytest.mark.parametrize("drip", [b"", b"H", b"X-Header: 1\r\n"])
def test_a_server_that_hangs_or_drips_is_given_up_in_time(raw_server: Callable[[bytes], str], drip: bytes) -> None:
    with pytest.raises(DeliveryError) as caught:
        Webhook(raw_server(drip), timeout_s=0.3).deliver(EVENT)
    assert "secret-path" not in str(caught.value)


def test_a_server_that_sends_headers_for_ever_is_given_up_in_time(raw_server: Callable[[bytes], str]) -> None:
    url = raw_server(b"HTTP/1.1 100 Continue\r\n\r\n")
    with pytest.raises(DeliveryError):
        Webhook(url, timeout_s=0.3).deliver(EVENT)


def test_a_server_that_is_not_there_is_tried_again(server: Server) -> None:
    url = server.url()
    server.stop()
    with pytest.raises(DeliveryError, match="refused"):
        Webhook(url, timeout_s=30).deliver(EVENT)


def test_a_delivery_under_way_is_broken_off_at_the_end(raw_server: Callable[[bytes], str]) -> None:
    webhook = Webhook(raw_server(b""), timeout_s=600)
    ended: list[str] = []

    def deliver() -> None:
        with pytest.raises(DeliveryError):
            webhook.deliver(EVENT)
        ended.append("yes")

    thread = Thread(target=deliver)
    thread.start()
    while thread.is_alive() and not ended:
        webhook.abandon()
        thread.join(0.01)
    assert ended == ["yes"]


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionAbortedError("Software caused connection abort")])
def test_a_delivery_that_is_ended_while_it_connects_says_why_it_failed(
    monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    webhook = Webhook("http://localhost/secret", timeout_s=30)

    def connect(_: http.client.HTTPConnection) -> None:
        webhook.abandon()
        raise error

    monkeypatch.setattr(http.client.HTTPConnection, "connect", connect)
    why = "no answer in time" if isinstance(error, TimeoutError) else "Software caused connection abort"
    with pytest.raises(DeliveryError, match=rf"^http://localhost: does not take the event \({why}\)"):
        webhook.deliver(EVENT)


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "https:///path",
        "http://host:x/secret",
        "http://host:0/secret",
        "http://ho st/secret",
        "ftp://a",
        "http://a..b/",
        "http://[::1/",
        "http://host/secret\x7f",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(UsageError, match=r"http://HOST/PATH") as caught:
        Webhook(url, timeout_s=1)
    assert "secret" not in str(caught.value)


def test_what_is_no_http_is_told_without_what_it_says(raw_server: Callable[[bytes], str]) -> None:
    with pytest.raises(DeliveryError, match="does not speak HTTP") as caught:
        Webhook(raw_server(b"\x1b[2J\xff garbage\r\n"), timeout_s=30).deliver(EVENT)
    assert str(caught.value).isprintable()


def secure(server: Server, folder: Path) -> str:
    """The server's address from now on, with a certificate for localhost that signs itself, in ``ca.pem``."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl; apt-get install openssl")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/ca.pem"]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True, do_handshake_on_connect=False)
    return server.url().replace("http://127.0.0.1", "https://localhost")


def test_a_certificate_made_at_home_is_trusted_where_it_is_given(server: Server, tmp_path: Path) -> None:
    url = secure(server, tmp_path)
    Webhook(url, timeout_s=30, ca_file=tmp_path / "ca.pem").deliver(EVENT)
    assert len(server.came) == 1
    with pytest.raises(DeliveryError, match=r"not trusted.*--ca-file"):
        Webhook(url, timeout_s=30).deliver(EVENT)
    assert len(server.came) == 1


def test_certificates_that_cannot_be_read_are_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("none")
    with pytest.raises(OutputError, match="give a PEM file"):
        Webhook("https://localhost/", timeout_s=30, ca_file=tmp_path / "ca.pem")
