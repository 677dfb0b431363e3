"""The TLS context for cameras, brokers and webhooks."""

from __future__ import annotations

import ssl
from pathlib import Path

from digitreader.errors import DigitReaderError, OutputError


def tls_context(ca_file: Path | None, *, error_kind: type[DigitReaderError] = OutputError) -> ssl.SSLContext:
    """A context that checks certificate and name.

    Args:
        ca_file: the certificates that are trusted; None for those of the system.
        error_kind: the kind of error if the file is none.

    Raises:
        DigitReaderError: of this kind; the file cannot be read, or holds no certificates.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file and ca_file.expanduser())
    except OSError as error:
        raise error_kind(f"{ca_file}: holds no certificates that can be read; give a PEM file") from error
    if ca_file is not None:
        # certificates made at home seldom have every extension that Python wants since 3.13
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.sslsocket_class = _TlsSocket
    return context


class _TlsSocket(ssl.SSLSocket):
    """Closes itself where the handshake fails, since paho forgets it open."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise
