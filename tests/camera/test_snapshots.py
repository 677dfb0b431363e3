"""Network cameras that give one picture when asked, and what is said where one gives nothing."""

from __future__ import annotations

import base64
import http.client
import io
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from typing import cast

import cv2
import numpy as np
import pytest

from digitreader.camera.answer_deadline import Deadline
from digitreader.camera.http_login import _DigestLogin
from digitreader.camera.live import open_live
from digitreader.camera.network_address import check_address
from digitreader.camera.network_faults import refusal, why_no_answer, why_no_rtsp, with_quoted_login
from digitreader.camera.opening import open_source
from digitreader.camera.picture_stream import open_pictures, whole_pictures
from digitreader.camera.snapshots import SnapshotCamera
from digitreader.camera.source import SYSTEM_TRUST, LiveSettings
from digitreader.errors import SourceError

Answer = Callable[[BaseHTTPRequestHandler], None]


def picture(level: int) -> bytes:
    return cv2.imencode(".jpg", np.full((48, 64, 3), level, np.uint8))[1].tobytes()


def answer(content: bytes, kind: str | None, status: int = 200) -> Answer:
    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        if kind is not None:
            request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return reply


@contextmanager
def serving(reply: Answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply(self)

        def log_message(self, *_: object) -> None:
            """Nobody asks."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def counting(kind: str | None) -> Answer:
    """A camera whose pictures become brighter."""
    asked = iter(range(20, 250, 40))

    def reply(request: BaseHTTPRequestHandler) -> None:
        answer(picture(next(asked)), kind)(request)

    return reply


def in_turn(*replies: Answer) -> Answer:
    """A camera that answers once with each."""
    following = iter(replies)

    def reply(request: BaseHTTPRequestHandler) -> None:
        next(following)(request)

    return reply


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.camera.snapshots.POLL_S", 0.0)


@pytest.mark.parametrize("path", ["/snapshot.cgi?channel=1", "/live", "/video.mp4", "/"])
@pytest.mark.parametrize("kind", ["image/jpeg", "application/octet-stream", None])
def test_a_camera_is_asked_again_and_again_whatever_its_address_ends_in(path: str, kind: str | None) -> None:
    with serving(counting(kind)) as host, open_source(f"http://{host}{path}") as source:
        assert isinstance(source, SnapshotCamera)
        frames = list(islice(source.frames(), 4))
    assert [round(float(frame.image.mean()), -1) for frame in frames] == [20, 60, 100, 140]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]


def test_a_damaged_picture_now_and_then_is_left_out() -> None:
    replies = in_turn(*(answer(content, "image/jpeg") for content in (picture(20), picture(60)[:30], picture(100))))
    with serving(replies) as host, open_source(f"http://{host}/") as source:
        assert [round(float(frame.image.mean()), -1) for frame in islice(source.frames(), 2)] == [20, 100]


@pytest.mark.parametrize(
    ("content", "kind", "status", "says"),
    [
        (b"", "text/html", 503, "503 Service Unavailable"),
        (b"<html>", "text/html", 200, "gives text/html instead of pictures"),
        (picture(60)[:-30], "image/jpeg", 200, "gives only damaged pictures; restart it"),
    ],
    ids=["refuses", "gives a page", "gives only damaged pictures"],
)
def test_a_camera_that_gives_no_picture_any_more_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, content: bytes, kind: str, status: int, says: str
) -> None:
    monkeypatch.setattr("digitreader.camera.snapshots.DAMAGED_S", 0.0)
    replies = in_turn(answer(picture(20), "image/jpeg"), answer(content, kind, status))
    with serving(replies) as host, open_source(f"http://{host}/") as source:
        frames = source.frames()
        next(frames)
        with pytest.raises(SourceError, match=says):
            next(frames)


def test_a_first_picture_that_is_damaged_is_refused() -> None:
    with (
        serving(answer(picture(20)[:-30], "image/jpeg")) as host,
        pytest.raises(SourceError, match="gives a picture that is damaged or of an unknown kind; set it to send JPEG"),
    ):
        open_source(f"http://{host}/")


def test_a_first_picture_that_does_not_come_in_time_is_an_error_of_the_camera() -> None:
    """A camera with no time left stands for one that sends its picture byte by byte."""
    reply = cast("http.client.HTTPResponse", io.BufferedReader(io.BytesIO(picture(20))))
    with pytest.raises(SourceError, match=r"^cam: .* sends no whole answer within -1 s"):
        SnapshotCamera("cam", "http://cam/", reply, lambda: reply, deadline=Deadline(-1.0))
    assert reply.closed


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"--b\r\nContent-Length: 4\r\n\r\nnone", "multipart/x-mixed-replace; boundary=b"),
        (b"", "multipart/x-mixed-replace"),
    ],
)
def test_a_stream_without_a_single_picture_is_no_video(content: bytes, kind: str) -> None:
    with (
        serving(answer(content, kind)) as host,
        pytest.raises(SourceError, match="gives no video; check the address and the network"),
    ):
        open_pictures(f"http://{host}/", patience_s=5, trust=SYSTEM_TRUST)


def test_what_may_be_another_kind_of_video_is_left_to_other_readers() -> None:
    with serving(answer(b"\0\0\0\x18ftypmp42", "video/mp4")) as host:
        assert open_pictures(f"http://{host}/", patience_s=5, trust=SYSTEM_TRUST) is None


def test_a_camera_that_sends_the_user_to_another_page_is_followed() -> None:
    def reply(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/":
            request.send_response(302)
            request.send_header("Location", "/now.jpg")
            request.end_headers()
        else:
            answer(picture(60), "image/jpeg")(request)

    with serving(reply) as host, open_source(f"http://{host}/") as source:
        assert round(float(next(source.frames()).image.mean()), -1) == 60


@pytest.mark.parametrize(
    ("head", "patience_s"), [(b"Content-Length: 0\r\n\r\n", 5.0), (b"--b\r\nContent-Length: %d\r\n\r\n", -1.0)]
)
def test_a_stream_without_lengths_and_boundary_or_without_time_gives_nothing(head: bytes, patience_s: float) -> None:
    content = picture(20)
    stream = io.BytesIO((head % len(content) if b"%d" in head else head) + content)
    assert list(whole_pictures(stream, b"", name="cam", deadline=Deadline(patience_s))) == []


def test_a_stream_of_damaged_pictures_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = b"".join(b"--b\r\nContent-Length: %d\r\n\r\n%b" % (len(each), each) for each in (b"bad", picture(20)))
    (good,) = whole_pictures(io.BytesIO(stream), b"b", name="cam", deadline=Deadline(5))
    assert round(float(good.mean()), -1) == 20
    monkeypatch.setattr("digitreader.camera.picture_stream.DAMAGED_S", 0.0)
    assert list(whole_pictures(io.BytesIO(stream), b"b", name="cam", deadline=Deadline(5))) == []


def test_a_picture_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digitreader.camera.snapshots.MOST_PICTURE_BYTES", 1000)
    with (
        serving(answer(bytes(5000), "image/jpeg")) as host,
        pytest.raises(SourceError, match="a picture of more"),
    ):
        open_source(f"http://{host}/")


@pytest.mark.parametrize("password", ["p#ss", "a@b", "50%off", "a/b?c", "geheim:1", "ü€", "%41 x"])
@pytest.mark.parametrize("user", ["me", "me@home"])
def test_a_password_may_hold_any_sign(user: str, password: str) -> None:
    meant = password.replace("%41", "A")
    login = base64.b64encode(f"{user}:{meant}".encode()).decode()

    def reply(request: BaseHTTPRequestHandler) -> None:
        if request.headers.get("Authorization") == f"Basic {login}":
            counting("image/jpeg")(request)
            return
        request.send_response(401)
        request.send_header("WWW-Authenticate", 'Basic realm="camera"')
        request.end_headers()

    with serving(reply) as host, open_source(f"http://{user}:{password}@{host}/pic") as source:
        assert source.name == f"http://{host}/pic"


@pytest.mark.parametrize(
    ("url", "quoted"),
    [
        ("rtsp://me:p#s@s@cam/live", "rtsp://me:p%23s%40s@cam/live"),
        ("rtsp://me:50%25@cam/live", "rtsp://me:50%25@cam/live"),
        ("rtsp://me@cam:554/live?a=b@c", "rtsp://me@cam:554/live?a=b@c"),
        ("http://cam/live#a@b", "http://cam/live#a@b"),
        ("http://:only@cam/", "http://:only@cam/"),
    ],
)
def test_a_login_is_written_as_every_parser_takes_it(url: str, quoted: str) -> None:
    assert with_quoted_login(url) == quoted


@pytest.mark.parametrize(
    ("status", "login", "message"),
    [
        (401, "", "asks for a user and a password .*http://USER:PASSWORD@HOST"),
        (401, "me:x@", "does not take this user and password .*check both"),
        (403, "", "does not allow this without a user"),
        (403, "me:x@", "does not allow this to this user .*settings"),
        (404, "me:x@", "no such page .*manual"),
        (503, "", "cannot give its pictures now .*restart it"),
    ],
)
def test_each_refusal_says_what_to_do(status: int, login: str, message: str) -> None:
    with serving(answer(b"no", "text/html", status)) as host, pytest.raises(SourceError, match=message) as caught:
        open_source(f"http://{login}{host}/")
    assert "me:x" not in str(caught.value)
    assert message  # and each is another one
    assert refusal(status, f"http://{login}h/") in str(caught.value)


def redirecting(target: str) -> Answer:
    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        if target:
            request.send_header("Location", target)
        request.end_headers()

    return reply


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("/", "in a circle"),
        ("file:///etc/passwd", "to something that is no camera"),
        ("ftp://127.0.0.1/picture.jpg", "to something that is no camera"),
        ("http://[::1/", "to something that is no camera"),
        ("", "to something that is no camera"),
    ],
)
def test_a_redirect_that_is_not_followed_is_told(target: str, message: str) -> None:
    with (
        serving(redirecting(target)) as host,
        pytest.raises(SourceError, match=rf"the camera redirects {message} \(302 Found\); see the camera's manual"),
    ):
        open_source(f"http://{host}/")


def asking(*challenges: str) -> Answer:
    """A camera that asks for a login of one of these kinds, and gives its picture to anybody who sends one."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        if request.headers.get("Authorization"):
            answer(picture(60), "image/jpeg")(request)
            return
        request.send_response(401)
        for challenge in challenges:
            request.send_header("WWW-Authenticate", challenge)
        request.end_headers()

    return reply


@pytest.mark.parametrize(
    "challenge",
    [
        'Digest realm="x", nonce="n", algorithm=FOO, qop="auth"',
        'Digest realm="x", nonce="n", qop="other"',
        'Digest realm="x',
        "Digest x, nonce=",
        "Negotiate",
    ],
)
def test_a_login_of_an_unknown_kind_is_told(challenge: str) -> None:
    with (
        serving(asking(challenge)) as host,
        pytest.raises(SourceError, match=r"asks for a login of an unknown kind \(401 Unauthorized\); set it to Basic"),
    ):
        open_source(f"http://me:x@{host}/")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "challenges",
    [
        ["Basic realm=x"],
        ["Negotiate", 'Basic realm="x"'],
        ['Digest realm="x", nonce="n", algorithm=FOO', 'Digest realm="x", nonce="n", algorithm=SHA-256, qop="auth"'],
    ],
    ids=["without quotes", "among others", "with a newer hash"],
)
def test_of_several_logins_a_known_one_is_used(challenges: list[str]) -> None:
    with serving(asking(*challenges)) as host, open_source(f"http://me:ü@{host}/") as source:
        assert next(source.frames()).image.shape == (48, 64, 3)


def test_the_digest_of_a_login_is_that_of_its_standard() -> None:
    """RFC 7616, 3.9.1: the user Mufasa and SHA-256."""
    digest, join = _DigestLogin().get_algorithm_impls("SHA-256")
    secret, request = digest("Mufasa:http-auth@example.org:Circle of Life"), digest("GET:/dir/index.html")
    nonce, client = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    answered = join(secret, f"{nonce}:00000001:{client}:auth:{request}")
    assert answered == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:99999/", "has a port that does not exist; a port is a number from 1 to 65535"),
        ("rtsp://127.0.0.1:0/", "has a port that does not exist"),
        ("https://cam:one/", "has a port that does not exist"),
        ("http://[::1/x", "is not an address; write it as http://HOST/PATH"),
        ("rtsp://", "is not an address; write it as rtsp://HOST/PATH"),
        ("http://a..b/x", "is not an address"),
        (f"rtmps://{'a' * 300}/x", "is not an address"),
        ("http://127.0.0.1/a\tb", "has a control character in it"),
    ],
)
def test_a_wrong_address_is_told_and_not_waited_for(url: str, message: str) -> None:
    for begin in (open_source, lambda each: open_live(each, settings=LiveSettings(from_the_start=True))):
        with pytest.raises(SourceError, match=f"^{re.escape(url)}: {re.escape(message)}"):
            begin(url)


@pytest.mark.parametrize("url", ["udp://@:1234", "udp://239.0.0.1:1234", "http://[fe80::1%25eth0]:80/", "rtsp://ü.de/"])
def test_an_address_that_may_be_right_is_tried(url: str) -> None:
    check_address(url)


def test_an_address_with_spaces_is_asked_as_it_has_to_be_written() -> None:
    asked: list[str] = []

    def reply(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        answer(picture(60), "image/jpeg")(request)

    with serving(reply) as host, open_source(f"http://{host}/my ü/%20?a=b c"):
        assert asked == ["/my%20%C3%BC/%20?a=b%20c"]


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (b"<html>", "text/html", "is a web page, not a video; .*manual"),
        (b'{"state": "ok"}', "application/json", "is JSON, not a video; .*manual"),
        (b"<a/>", "text/xml", "is XML, not a video; .*manual"),
        (b"", "image/jpeg", r"answers without a picture \(0 bytes\); try again, or restart the camera"),
        (b"no picture", "image/jpeg", "gives a picture that is damaged or of an unknown kind; set it to send JPEG"),
    ],
)
def test_an_answer_without_pictures_is_told_as_what_it_is(content: bytes, kind: str, message: str) -> None:
    with serving(answer(content, kind)) as host, pytest.raises(SourceError, match=message):
        open_source(f"http://{host}/")


def test_an_encrypted_address_of_a_port_that_is_not_is_told_so() -> None:
    with (
        serving(answer(picture(60), "image/jpeg")) as host,
        pytest.raises(SourceError, match=r"it does not speak TLS there.*; check the port, or write http://"),
    ):
        open_source(f"https://{host}/")


def test_a_port_where_nobody_listens_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(SourceError, match=rf"nothing listens on port {port} there; .*manual"):
        open_source(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (None, "accepts the connection on port .* and sends no whole answer within 0.5 s"),
        (b"", "ends the connection on port .* without an answer; .*https://"),
        (b"RTSP/1.0 400 Bad Request\r\n\r\n", "does not speak HTTP on port .*rtsp://"),
    ],
)
def test_a_server_of_another_kind_is_told(said: bytes | None, message: str) -> None:
    over = threading.Event()

    def work() -> None:
        taken, _ = server.accept()
        with taken:
            taken.recv(4096)
            if said is None:
                over.wait(30)
            else:
                taken.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=work)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(SourceError, match=message):
            open_pictures(url, patience_s=0.5, trust=SYSTEM_TRUST)
        over.set()
        thread.join()


SLOW = (b"X", b"HTTP/1.1 100 Continue\r\n\r\n")
"""What a server may send again and again without ever giving its answer."""


def slowly(piece: bytes) -> Answer:
    """A server whose answer is this piece again and again, until the other side hangs up, or 200 times."""

    def reply(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: " if len(piece) == 1 else b"")
        with suppress(OSError):
            for _ in range(200):
                request.wfile.write(piece)
                threading.Event().wait(0.02)

    return reply


@pytest.mark.parametrize("piece", SLOW)
def test_an_answer_that_comes_byte_by_byte_has_one_time_limit(piece: bytes) -> None:
    with (
        serving(slowly(piece)) as host,
        pytest.raises(SourceError, match=r"sends no whole answer within 0\.5 s"),
    ):
        open_pictures(f"http://{host}/", patience_s=0.5, trust=SYSTEM_TRUST)


@pytest.mark.parametrize("piece", SLOW)
def test_a_later_picture_that_comes_byte_by_byte_has_one_time_limit(piece: bytes) -> None:
    replies = in_turn(answer(picture(20), "image/jpeg"), slowly(piece))
    with serving(replies) as host:
        camera = open_pictures(f"http://{host}/", patience_s=0.5, trust=SYSTEM_TRUST)
        assert camera is not None
        frames = camera.frames()
        next(frames)
        with pytest.raises(SourceError, match=r"sends no whole answer within 0\.5 s"):
            next(frames)


def test_a_name_that_nobody_has_and_one_that_does_not_answer_are_told_apart() -> None:
    from urllib.error import URLError

    unknown, silent = URLError(socket.gaierror(-2, "Name or service not known")), URLError(TimeoutError())
    assert "no computer in the network has this name" in why_no_answer(unknown, "http://nowhere.invalid/", patience_s=5)
    assert "does not answer within 5 s" in why_no_answer(silent, "http://192.0.2.1/", patience_s=5)


@pytest.mark.parametrize(
    ("said", "login", "message"),
    [
        (b"RTSP/1.0 401 Unauthorized\r\n\r\n", "", "asks for a user and a password .* rtsp://USER:PASSWORD@HOST"),
        (b"RTSP/1.0 401 Unauthorized\r\n\r\n", "me:x@", "does not take this user and password"),
        (b"RTSP/1.0 404 Not Found\r\n\r\n", "", "no such page"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "", "does not speak RTSP on port"),
        (b"", "", "ends the connection on port .* without an answer"),
        (b"RTSP/1.0 200 OK\r\n\r\n", "", "^$"),
    ],
)
def test_a_camera_of_rtsp_is_asked_why_it_gives_nothing(said: bytes, login: str, message: str) -> None:
    def work() -> None:
        taken, _ = server.accept()
        with taken:
            asked.append(taken.recv(4096))
            taken.sendall(said)

    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=work)
        thread.start()
        port = server.getsockname()[1]
        assert re.search(message, why_no_rtsp(f"rtsp://{login}127.0.0.1:{port}/live", patience_s=5))
        thread.join()
    assert asked[0].startswith(f"DESCRIBE rtsp://127.0.0.1:{port}/live RTSP/1.0\r\n".encode())
