"""The server's own rules, asked over loopback as a browser, a foreign page or a vandal would."""

from __future__ import annotations

import http.client
import random
import re
import shutil
import socket
import ssl
import struct
import subprocess
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.errors import OutputError
from digitreader.values import ColourImage
from digitreader.web import gate as gate_module
from digitreader.web import server as server_module
from digitreader.web import streams as streams_module
from digitreader.web.address import WebAddress
from digitreader.web.app import MOST_PICTURE
from digitreader.web.server import Certificate, WebServer
from digitreader.web.values import jpeg_of

from .conftest import EVERYWHERE, LOOPBACK, OpenSite, Site


def test_the_page_has_a_policy_without_inline_script_and_loads_nothing_from_elsewhere(site: Site) -> None:
    answer = site.ask("/")
    assert answer.status == 200
    assert b"digitreader" in answer.body
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert b"http://" not in answer.body
    assert b"https://" not in answer.body
    assert "server" not in answer.headers


def test_no_static_file_has_inline_script_or_names_another_host(site: Site) -> None:
    folder = Path(server_module.__file__).parent / "static"
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
        assert "http" + "://" not in text, path.name
        assert "https" + "://" not in text, path.name
        assert " style=" not in text, path.name
        assert " onclick=" not in text, path.name


def test_the_page_asks_for_all_its_modules_at_once(site: Site) -> None:
    folder = Path(server_module.__file__).parent / "static"
    named = set(re.findall(r'<link rel="modulepreload" href="/static/(\S+)">', site.ask("/").body.decode()))
    assert named == {path.name for path in folder.glob("*.js")} - {"main.js"}


def test_the_page_weighs_less_than_300_kb_without_the_picture(site: Site) -> None:
    folder = Path(server_module.__file__).parent / "static"
    names = [f"/static/{path.name}" for path in folder.iterdir()]
    weights = [len(site.ask(name).body) for name in ("/", "/api/network", *names)]
    assert sum(weights) < 300_000


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.2", "localhost.evil.example:1"])
def test_a_foreign_host_is_refused(site: Site, host: str) -> None:
    assert site.ask("/", headers={"Host": host}).status == 400


def test_another_origin_reads_nothing(site: Site) -> None:
    for path in ("/api/state", "/frame.jpg", "/stream.mjpg", "/api/events"):
        assert site.ask(path, headers={"Origin": "http://evil.example"}).status == 403
        assert site.ask(path, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}).status == 403


def test_another_origin_changes_nothing(site: Site) -> None:
    body, kind = b'{"paused": true}', {"Content-Type": "application/json"}
    assert site.ask("/api/controls", "POST", body, kind).status == 403
    assert site.ask("/api/controls", "POST", body, {**kind, "Origin": "http://evil.example"}).status == 403
    assert not site.controls.wanted.paused
    assert site.post("/api/controls", {"paused": True}).status == 200
    assert site.controls.wanted.paused


def test_a_form_of_another_page_is_no_json(site: Site) -> None:
    headers = {"Origin": site.origin, "Content-Type": "text/plain"}
    assert site.ask("/api/controls", "POST", b'{"paused": true}', headers).status == 400


def test_in_the_network_only_a_browser_with_the_token_is_let_in(open_site: OpenSite) -> None:
    site = open_site(EVERYWHERE)
    token = site.server.link.partition("?token=")[2]
    assert len(token) >= 20
    assert site.ask("/").status == 401
    assert site.ask("/api/state").status == 401
    assert site.ask("/?token=wrong").status == 401
    assert site.ask(f"/api/state?token={token}").status == 401, "only the page takes it from the link"
    paired = site.ask(f"/?token={token}")
    assert paired.status == 200
    cookie = paired.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert site.ask("/api/state", headers={"Cookie": cookie.partition(";")[0]}).status == 200
    assert site.ask("/api/state", headers={"Cookie": "digitreader_pairing=wrong"}).status == 401


def test_wrong_tokens_cannot_be_tried_for_ever(open_site: OpenSite) -> None:
    site = open_site(EVERYWHERE)
    statuses = [site.ask(f"/?token=wrong{number}").status for number in range(20)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here to make a certificate")
def test_with_a_certificate_the_page_speaks_tls_alone_and_the_cookie_too(open_site: OpenSite, tmp_path: Path) -> None:
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1"
    made = [*words.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(chain)]
    subprocess.run(made, check=True, capture_output=True)
    site = open_site(EVERYWHERE, certificate=Certificate(chain, key))
    assert site.server.link.startswith("https://")
    token, trusting = site.server.link.partition("?token=")[2], ssl.create_default_context(cafile=str(chain))
    asked = http.client.HTTPSConnection(LOOPBACK, site.port, timeout=60, context=trusting)
    asked.request("GET", f"/?token={token}")
    answer = asked.getresponse()
    assert answer.status == 200
    assert "Secure" in str(answer.getheader("Set-Cookie"))
    asked.close()
    with pytest.raises((http.client.HTTPException, OSError)):
        site.ask("/")  # without TLS
    with pytest.raises(OSError, match="certificate verify failed"):
        http.client.HTTPSConnection(LOOPBACK, site.port, timeout=60, context=ssl.create_default_context()).request(
            "GET", "/"
        )


def test_a_certificate_that_is_none_is_refused(open_site: OpenSite, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate", encoding="utf-8")
    with pytest.raises(OutputError, match="--web-certificate: cannot be used"):
        open_site(certificate=Certificate(tmp_path / "none.pem", tmp_path / "none.pem"))


def test_on_loopback_no_token_is_needed(site: Site) -> None:
    assert "token" not in site.server.link
    assert site.ask("/api/state").told["source"] == "demo"


def test_posts_are_limited(open_site: OpenSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "POSTS_A_SECOND", 1e-6)
    monkeypatch.setattr(gate_module, "POSTS_AT_ONCE", 3)
    site = open_site()
    assert [site.post("/api/controls", {}).status for _ in range(5)] == [200, 200, 200, 429, 429]
    assert site.ask("/api/state").status == 200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        bytes(range(256)) * 40,
        b"\xff\xd8\xff\xe0" + bytes(2000),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"GIF89a" + bytes(50),
    ],
)
def test_what_is_no_picture_is_refused(site: Site, data: bytes) -> None:
    answer = site.post("/api/read", data)
    assert answer.status == 400
    assert "picture" in answer.told["error"]


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(site: Site) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    answer = site.post("/api/read", bomb)
    assert answer.status == 400
    assert "60000x60000" in answer.told["error"]


def test_a_picture_cut_short_is_refused(site: Site) -> None:
    jpeg = cv2.imencode(".jpg", np.full((200, 300, 3), 230, np.uint8))[1].tobytes()
    assert site.post("/api/read", jpeg[: len(jpeg) // 2]).status == 400


def test_too_large_an_upload_is_refused_by_its_length_and_by_what_comes(site: Site) -> None:
    assert site.post("/api/glyph", bytes(785)).status == 400
    head = f"POST /api/read HTTP/1.1\r\nHost: {LOOPBACK}:{site.port}\r\nOrigin: {site.origin}\r\n"
    with socket.create_connection((LOOPBACK, site.port), timeout=30) as connection:
        connection.sendall(f"{head}Content-Length: {MOST_PICTURE + 1}\r\n\r\n".encode())
        assert b" 400 " in connection.recv(200)
    with socket.create_connection((LOOPBACK, site.port), timeout=30) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        part = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
        answer = b""
        try:
            for _ in range(MOST_PICTURE // (1 << 20) + 2):
                connection.sendall(part)
        except OSError:
            pass
        else:
            answer = connection.recv(200)
        assert answer == b"" or b" 400 " in answer


def test_who_sends_a_request_too_slowly_is_cut_off(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "HEAD_S", 0.3)
    with socket.create_connection((LOOPBACK, site.port), timeout=20) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: ")
        try:
            left = slow.recv(1000)
        except ConnectionResetError:
            left = b""
        assert left == b""
    assert site.ask("/api/state").status == 200


def test_a_viewer_that_stops_reading_is_dropped_and_the_others_notice_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams_module, "SEND_S", 0.3)
    site.show("2718")
    with socket.create_connection((LOOPBACK, site.port), timeout=60) as stalled:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.sendall(f"GET /stream.mjpg HTTP/1.1\r\nHost: {LOOPBACK}:{site.port}\r\n\r\n".encode())
        live = site.server.live
        deadline_s = time.monotonic() + 60
        was_there = False
        while time.monotonic() < deadline_s and not (was_there and live.streams == 0):
            was_there = was_there or live.streams == 1
            page, frame = site.board.sighting(1), site.frames[0]
            assert page is None or page.page.text == "2718"
            site.board.frame(site.reader.read_next(frame), frame)
            assert site.ask("/frame.jpg").status == 200
        assert was_there
        assert live.streams == 0


def test_there_are_not_more_viewers_than_the_limit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams_module, "MOST_STREAMS", 2)
    site.show("2718")
    viewers = []
    try:
        for _ in range(2):
            viewer = http.client.HTTPConnection(LOOPBACK, site.port, timeout=30)
            viewer.request("GET", "/api/events")
            assert viewer.getresponse().read(5) == b"data:"
            viewers.append(viewer)
        assert site.ask("/api/events").status == 503
    finally:
        for viewer in viewers:
            viewer.close()


def test_a_thousand_random_requests_are_all_answered_without_a_fault_of_ours(site: Site) -> None:
    site.show("2718")
    rng = random.Random(5)
    names = "api numbers digits corrections static .. %2e%2e 1 -1 999999999999999999999 x frame.jpg glyph read state"
    parts = [*names.split(), "crop.png", "%c3%28", "%00", "samples", "controls"]
    connection = http.client.HTTPConnection(LOOPBACK, site.port, timeout=60)
    faults = []
    for _ in range(1000):
        path = "/" + "/".join(rng.choice(parts) for _ in range(rng.randrange(4)))
        query = rng.choice(["", "?after=" + "9" * rng.randrange(30), "?against=%ff", "?upright=1&after=x", "?after=-1"])
        if path == "/frame.jpg" and "999" in query:
            query = ""  # which waits for a frame that never comes
        method = rng.choice(["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
        body = rng.randbytes(rng.randrange(100)) if method in {"POST", "PUT"} else None
        headers = {"Origin": site.origin, "Content-Type": rng.choice(["application/json", "text/plain", "x/y"])}
        if path == "/api/practice":
            continue
        connection.request(method, path + query, body, headers)
        response = connection.getresponse()
        response.read()
        if response.status >= 500:
            faults.append((method, path + query, response.status))
    connection.close()
    assert faults == []
    assert site.ask("/api/state").status == 200


def test_no_file_outside_of_the_page_is_served(site: Site) -> None:
    for path in (
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static//etc/passwd",
        "/api/corrections/..%2f..%2fx/crop.png",
    ):
        assert site.ask(path).status >= 400


def test_a_port_that_is_taken_is_told(site: Site) -> None:
    with pytest.raises(OutputError, match="this port cannot be opened"):
        WebServer(WebAddress(LOOPBACK, site.port))


def test_a_frame_is_encoded_once_however_many_look_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []

    def encode(image: ColourImage) -> bytes:
        encoded.append(1)
        return jpeg_of(image)

    monkeypatch.setattr(streams_module, "jpeg_of", encode)
    site.show("2718", steady=False)
    with ThreadPoolExecutor(20) as viewers:
        answers = list(viewers.map(lambda _: site.ask("/frame.jpg"), range(20)))
    assert {answer.status for answer in answers} == {200}
    assert len(encoded) == 1


def test_nothing_is_encoded_while_nobody_looks_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams_module, "jpeg_of", lambda _: pytest.fail("nobody has asked for a picture"))
    site.show("2718")
    assert site.ask("/api/state").status == 200
