"""An encrypted camera has to prove its name, unless a person says otherwise."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.camera import certificates
from digitreader.camera.certificates import VARIABLE, ffmpeg_options, ffmpeg_restricted_to, why_not_trusted
from digitreader.camera.opening import open_source
from digitreader.camera.source import TrustSettings
from digitreader.cli.main import main
from digitreader.errors import SourceError

JPEG = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()


class Camera(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://localhost/v")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=f")
        self.end_headers()
        for _ in range(3):
            self.wfile.write(b"--f\r\nContent-Length: %d\r\n\r\n" % len(JPEG) + JPEG + b"\r\n")

    def log_message(self, *_: object) -> None:
        """Nobody asks."""


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Starts an https camera whose certificate is for the given name; it lies in ``NAME.pem``."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl; apt-get install openssl")
    servers: list[ThreadingHTTPServer] = []

    def begin(name: str) -> str:
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        command += ["-nodes", "-days", "2"]
        files = ["-keyout", f"{tmp_path}/{name}.key", "-out", f"{tmp_path}/{name}.pem"]
        names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
        subprocess.run([*command, *names, *files], check=True, capture_output=True)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a refused handshake is meant
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / f"{name}.pem", tmp_path / f"{name}.key")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return f"https://localhost:{server.server_port}/v"

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


def frame_of(url: str, trust: TrustSettings) -> tuple[int, ...]:
    with open_source(url, trust=trust) as source:
        return next(source.frames()).image.shape


@pytest.mark.parametrize("scheme", ["https", "rtsps"])
def test_a_camera_without_a_trusted_certificate_is_refused(camera: Callable[[str], str], scheme: str) -> None:
    url = camera("localhost").replace("https", scheme)
    with pytest.raises(SourceError, match=r"not trusted.*--ca FILE.*--insecure"):
        frame_of(url, TrustSettings())


def test_a_camera_with_another_name_is_refused_though_its_certificate_is_trusted(
    camera: Callable[[str], str], tmp_path: Path
) -> None:
    url = camera("other.example")
    with pytest.raises(SourceError, match="not trusted"):
        frame_of(url, TrustSettings(tmp_path / "other.example.pem"))


def test_a_camera_whose_certificate_is_given_is_read(camera: Callable[[str], str], tmp_path: Path) -> None:
    assert frame_of(camera("localhost"), TrustSettings(tmp_path / "localhost.pem")) == (48, 64, 3)


def test_a_number_is_proven_by_no_certificate_of_the_system(camera: Callable[[str], str]) -> None:
    with pytest.raises(SourceError, match="write the camera's name"):
        frame_of(camera("localhost").replace("localhost", "127.0.0.1"), TrustSettings())


def test_insecure_reads_anybody_and_says_so(camera: Callable[[str], str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["read", camera("other.example"), "--insecure", "--frames", "1"])
    said = capsys.readouterr().err
    assert "warning: --insecure" in said
    assert "not trusted" not in said


def test_ffmpeg_is_told_to_check_and_to_open_nothing_else(tmp_path: Path) -> None:
    options = ffmpeg_options("rtsps", TrustSettings(tmp_path / "a;b.pem"))
    assert "tls_verify;1" in options
    assert r"a\;b.pem" in options
    assert (
        "file"
        not in ffmpeg_options("https", TrustSettings(insecure=True)).partition("protocol_whitelist;")[2].split("|")[0]
    )


def test_a_redirect_from_an_encrypted_address_to_another_is_refused(
    camera: Callable[[str], str], tmp_path: Path
) -> None:
    url = camera("localhost").replace("/v", "/away")
    with pytest.raises(SourceError, match=r"redirects to an address that is not encrypted \(302 Found\)"):
        frame_of(url, TrustSettings(tmp_path / "localhost.pem"))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), r"it does not speak TLS there\); check the port"),
        (TimeoutError(), r"no answer in time\); check the address"),
        (ConnectionRefusedError(111, "Connection refused"), r"Connection refused\); check the address"),
        (ValueError("no such port"), r"ValueError\); check the address"),
    ],
)
def test_each_reason_why_there_is_no_encrypted_connection_has_its_advice(error: Exception, says: str) -> None:
    assert re.match(rf"gives no video \({says}", why_not_trusted(error))


def test_equal_options_of_ffmpeg_are_shared_and_those_of_the_user_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, "rtsp_transport;udp")
    with ffmpeg_restricted_to("tls_verify;1"):
        shared = os.environ[VARIABLE]
        with ffmpeg_restricted_to("tls_verify;1"):
            assert os.environ[VARIABLE] == shared
        assert os.environ[VARIABLE] == shared
    assert shared.endswith("rtsp_transport;udp|tls_verify;1")  # the last one counts
    assert os.environ[VARIABLE] == "rtsp_transport;udp"


def test_a_system_without_certificates_is_told_to_install_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nowhere = ssl.get_default_verify_paths()._replace(cafile="")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nowhere)
    monkeypatch.setattr(certificates, "SYSTEM_FILES", (str(tmp_path / "none.crt"),))
    with pytest.raises(SourceError, match="no file of trusted certificates; apt install ca-certificates, or --ca FILE"):
        ffmpeg_options("https", TrustSettings())
    assert "ca_file" not in ffmpeg_options("rtsp", TrustSettings())
