"""Checks that an encrypted camera is the one that the user named, before its pictures are read."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from digitreader.camera.source import TrustSettings, printable
from digitreader.errors import SourceError
from digitreader.host.tls import tls_context

ENCRYPTED_PORTS = {"https": 443, "rtsps": 322, "rtmps": 443}
HANDSHAKE_S = 10.0

SYSTEM_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)
"""Where systems keep the certificates that they trust: Debian and most others, Fedora, and the BSDs and macOS."""

_WEB = "http,https,httpproxy,tls,tcp,crypto,data"
PROTOCOLS = {
    "http": _WEB,
    # a playlist or an answer must not lead to an address that is not encrypted
    "https": "https,httpproxy,tls,tcp,crypto,data",
    "rtsp": "rtsp,rtp,tcp,udp",
    "rtsps": "rtsps,rtsp,rtp,tls,tcp,udp",
    "rtmp": "rtmp,tcp",
    "rtmps": "rtmps,tls,tcp",
    "udp": "udp,rtp",
    "tcp": "tcp",
    "srt": "srt",
    "file": "file",
}
"""The protocols that FFmpeg may use for each kind of address, whatever a stream or a playlist asks for."""

FILM_FORMATS = "mov,avi,matroska,mpeg,mpegvideo,mpegts,asf,flv,ogg,h264,hevc,m4v,ivf,obu,mjpeg,dv"
"""The formats that a video file may have; playlists are not among them, whatever a file is called."""


def check_certificate(url: str, trust: TrustSettings) -> None:
    """Refuse a camera that cannot prove its name.

    Args:
        url: of any kind; an address that is not encrypted is accepted without a check.
        trust: the trusted certificates.

    Raises:
        SourceError: the certificate is for another name, is not trusted or is missing; or nobody answers.
    """
    parts = urlsplit(url)
    if parts.scheme.lower() not in ENCRYPTED_PORTS or trust.insecure:
        return
    name, by_number = printable(url), trust.ca_file is None and _is_number(parts.hostname or "")
    context = tls_context(trust.ca_file, error_kind=SourceError)
    try:
        with (
            socket.create_connection(_address_of(parts), HANDSHAKE_S) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname),
        ):
            if not by_number:
                return
    except (OSError, ValueError) as error:
        if not (by_number and isinstance(error, ssl.SSLCertVerificationError)):
            raise SourceError(f"{name}: {why_not_trusted(error)}") from error
    raise SourceError(
        f"{name}: its address is a number, and a trusted certificate proves only a name; write the camera's name, or "
        f"give its certificate: --ca FILE"
    )


def why_not_trusted(error: Exception) -> str:
    """The reason why an encrypted connection fails, with advice."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted ({error.verify_message.rstrip('.')}); give the certificate that you "
            f"trust with --ca FILE, or switch this check off with --insecure"
        )
    if isinstance(error, ssl.SSLError):
        return "gives no video (it does not speak TLS there); check the port, or write http:// or rtsp:// without the s"
    if isinstance(error, TimeoutError):
        return "gives no video (no answer in time); check the address and the network"
    reason = getattr(error, "strerror", None) or type(error).__name__
    return f"gives no video ({reason}); check the address and the network"


def ffmpeg_options(kind: str, trust: TrustSettings) -> str:
    """The options that restrict FFmpeg, in the form in which OpenCV passes them on.

    Args:
        kind: the kind of the address, in small letters; ``file`` for a file.
        trust: the trusted certificates.

    Raises:
        SourceError: this system has no file of certificates, and none is given.
    """
    options = {"format_whitelist": FILM_FORMATS} if kind == "file" else {}
    options["protocol_whitelist"] = PROTOCOLS.get(kind, _WEB)
    if kind != "file":
        options["tls_verify"] = "0" if trust.insecure else "1"
        if not trust.insecure and (file := _trusted_file(trust, needed=kind in ENCRYPTED_PORTS)):
            options["ca_file"] = file
    return "|".join(f"{key};{_escaped(value)}" for key, value in options.items())


VARIABLE = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
DEFAULT_OPTIONS = "rtsp_transport;tcp"
"""The options that OpenCV gives FFmpeg if the variable is not set."""


class _Options:
    """Guards FFmpeg's options, which OpenCV reads from the environment: threads with other options must wait."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._now, self._users = "", 0
        self._before: str | None = None

    @contextmanager
    def set_to(self, options: str) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._users or self._now == options)
            if not self._users:
                self._now, self._before = options, os.environ.get(VARIABLE)
                # if an option has two values, the last one counts
                os.environ[VARIABLE] = "|".join(filter(None, (DEFAULT_OPTIONS, self._before, options)))
            self._users += 1
        try:
            yield
        finally:
            with self._changed:
                self._users -= 1
                if not self._users:
                    self._put_back()
                self._changed.notify_all()

    def _put_back(self) -> None:
        if self._before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = self._before


_OPTIONS = _Options()


@contextmanager
def ffmpeg_restricted_to(options: str) -> Iterator[None]:
    """Apply these options to everything that FFmpeg opens in the block, together with options that the user has set."""
    with _OPTIONS.set_to(options):
        yield


def _trusted_file(trust: TrustSettings, *, needed: bool) -> str:
    if trust.ca_file is not None:
        return str(trust.ca_file.expanduser().absolute())
    named = ssl.get_default_verify_paths().cafile
    found = next((file for file in (named, *SYSTEM_FILES) if file and Path(file).is_file()), "")
    if needed and not found:
        raise SourceError("this system has no file of trusted certificates; apt install ca-certificates, or --ca FILE")
    return found


def _address_of(parts: SplitResult) -> tuple[str, int]:
    return parts.hostname or "", parts.port or ENCRYPTED_PORTS[parts.scheme.lower()]


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        # resolvers, and so FFmpeg, accept other forms of a number too: 127.1, 0x7f000001
        return bool(re.fullmatch(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+)){0,3}", host, re.IGNORECASE))
    return True


def _escaped(value: str) -> str:
    """A value with its special characters escaped."""
    return re.sub(r"([\\';|])", r"\\\1", value)
