"""The TLS context for cameras, brokers and webhooks."""

from __future__ import annotations

import ssl
from pathlib import Path

from digitreader.errors import DigitReaderError, OutputError


def tls_context(ca_file: Path | None, *, error_kind: type[DigitReaderError] = OutputError) -> ssl.SSLContext:
    """A context that checks the certificate and the name in it.

    Args:
        ca_file: the trusted certificates; None for those of the system.
        error_kind: the class of the error that is raised.

    Raises:
        DigitReaderError: of the class `error_kind`: the file cannot be read, or has no certificates.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file and ca_file.expanduser())
    except OSError as error:
        raise error_kind(f"{ca_file}: holds no certificates that can be read; give a PEM file") from error
    if ca_file is not None:
        # self-made certificates often lack extensions that Python requires since 3.13
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.sslsocket_class = _TlsSocket
    return context


class _TlsSocket(ssl.SSLSocket):
    """Closes itself if the handshake fails, because paho does not close it."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise
