"""Serves metrics to Prometheus: the reader's number, its confidence, and the camera's state."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from digitreader import __version__
from digitreader.errors import MissingExtraError, OutputError, UsageError
from digitreader.host.distribution import install_extra
from digitreader.output.sink import Sink
from digitreader.values import Frame, Page

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

LOOPBACK = "127.0.0.1"
NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")


def parse_listen_address(text: str) -> tuple[str, int]:
    """Parse ``[HOST:]PORT``.

    Returns:
        The host, which is this computer only if none is named, and the port.

    Raises:
        UsageError: the text has no port.
    """
    host, _, port = text.rpartition(":")
    if not (port.isdecimal() and port.isascii() and 0 <= int(port) <= 65_535):
        raise UsageError(f"--output prometheus:{text}: has no port; write it as prometheus:9105 or 0.0.0.0:9105")
    return host.strip("[]") or LOOPBACK, int(port)


class PrometheusSink(Sink):
    """Serves the metrics of one reader from a separate thread.

    Args:
        address: host and port to listen on; port 0 is a free one.
        name: the reader's name, a label of each metric.
        model: the name of the model.

    Raises:
        MissingExtraError: prometheus-client is not installed.
        OutputError: the address is in use, or not one of this computer.
    """

    def __init__(self, address: tuple[str, int], *, name: str, model: str) -> None:
        try:
            from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server
        except ImportError as error:
            raise MissingExtraError(
                f"Prometheus needs prometheus-client, which is not installed; {install_extra('prometheus')}"
            ) from error

        self.registry: CollectorRegistry = CollectorRegistry()

        def gauge(metric: str, about: str) -> Gauge:
            return Gauge(f"digitreader_{metric}", about, ["reader"], registry=self.registry)

        def counter(metric: str, about: str) -> Counter:
            return Counter(f"digitreader_{metric}", about, ["reader"], registry=self.registry).labels(name)

        # no value before the first number: 0 would look like a number that was read
        self._name = name
        self._number = gauge("number", "The last steady number, if it was one number only.")
        self._confidence = gauge("confidence", "The confidence of its least certain digit, 0 to 1.")
        self._read_at = gauge("number_timestamp_seconds", "When the number became steady, in seconds since 1970.")
        self._shown = gauge("number_shown", "1 while the number is seen, 0 if it left or the camera is away.").labels(
            name
        )
        self._camera = gauge("camera_fault", "1 while the camera is away, black or hangs.").labels(name)
        self._numbers = counter("numbers", "Numbers that became steady, or pictures with a number.")
        self._doubtful = counter("doubtful_numbers", "Steady numbers that cannot follow on the one before them.")
        self._frames = counter("frames", "Frames of streams, and pictures, that were read.")
        self._faults = counter("faults", "Interruptions of a camera, and sources that could not be read.")
        about = Gauge(
            "digitreader_info",
            "The reader's model and version.",
            ["reader", "model", "version"],
            registry=self.registry,
        )
        about.labels(name, model, __version__).set(1)
        host, port = address
        try:
            self._server, self._thread = start_http_server(port, host, self.registry)
        except OSError as error:
            raise OutputError(
                f"prometheus: cannot listen on {host}:{port} ({error.strerror}); name a free port, and a host "
                "of this computer"
            ) from error

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def picture(self, page: Page, frame: Frame) -> None:
        """Count the picture, and its number if it has one."""
        self._frames.inc()
        if page.text:
            self.change(page, frame)

    def frame(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Count the frame."""
        self._frames.inc()

    def change(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Set the number."""
        self._numbers.inc()
        self._shown.set(1)
        if NUMBER.fullmatch(page.text) is None:
            return
        self._number.labels(self._name).set(float(page.text.replace(",", ".")))
        self._confidence.labels(self._name).set(min(each.confidence for line in page.lines for each in line.readings))
        self._read_at.labels(self._name).set(time.time())

    def gone(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Keep the number as the last one, and mark it as not seen any more."""
        self._shown.set(0)

    def doubtful(self, page: Page, frame: Frame) -> None:  # noqa: ARG002
        """Count the doubtful number; the number before it stays."""
        self._doubtful.inc()

    def error(self, source: str, message: str, *, frame: int = 0) -> None:  # noqa: ARG002
        """Count the error."""
        self._faults.inc()

    def fault(self, source: str, message: str) -> None:  # noqa: ARG002
        """The camera is away."""
        self._faults.inc()
        self._camera.set(1)
        self._shown.set(0)

    def back(self, source: str, message: str) -> None:  # noqa: ARG002
        """It is there again."""
        self._camera.set(0)

    def close(self, timeout_s: float) -> None:  # noqa: ARG002
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
