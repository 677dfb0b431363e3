"""The TLS context for cameras, brokers and webhooks."""

from __future__ import annotations

import ssl
from pathlib import Path

from digitreader.errors import DigitReaderError, OutputError
from digitreader.host.waiting import pipe_announced


def tls_context(ca_file: Path | None, *, error_kind: type[DigitReaderError] = OutputError) -> ssl.SSLContext:
    """A context that checks the certificate and the name in it.

    Args:
        ca_file: the trusted certificates; None for those of the system.
        error_kind: the class of the error that is raised.

    Raises:
        DigitReaderError: of the class `error_kind`: the file cannot be read, or has no certificates.
    """
    try:
        context = _context(ca_file)
    except OSError as error:
        raise error_kind(f"{ca_file}: holds no certificates that can be read; give a PEM file") from error
    if ca_file is not None:
        # self-made certificates often lack extensions that Python requires since 3.13
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.sslsocket_class = _TlsSocket
    return context


def _context(ca_file: Path | None) -> ssl.SSLContext:
    if ca_file is None:
        return ssl.create_default_context()
    file = ca_file.expanduser()
    with pipe_announced(file):
        return ssl.create_default_context(cafile=file)


class _TlsSocket(ssl.SSLSocket):
    """Closes itself if the handshake fails, because paho does not close it."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise
