"""The client of an MQTT broker, hardened: it survives data that paho cannot read, and holds no huge message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode

from digitreader.output.mqtt.topics import MOST_BYTES

MOST_PACKET_BYTES = MOST_BYTES + 65_540
"""Bytes of a packet that are kept: the longest topic with its length, a number, and more than the largest payload."""
READ_BYTES = 65_536
"""Bytes that are taken from the broker at once."""


class BoundedPacket(bytearray):
    """The bytes of a packet while it arrives; those after the first `MOST_PACKET_BYTES` are dropped."""

    def __iadd__(self, more: bytes) -> Self:  # type: ignore[override, misc] # paho adds only bytes
        self.extend(memoryview(more)[: max(MOST_PACKET_BYTES - len(self), 0)])
        return self


class RobustClient(Client):
    """A client whose thread goes on after a broker has sent data that paho cannot read."""

    on_broken: Callable[[Exception], bool] | None = None

    def _packet_read(self) -> MQTTErrorCode:
        """Read on, without keeping the whole of a huge packet; paho has no limit, nor a public way to set one."""
        if not isinstance(self._in_packet["packet"], BoundedPacket):
            self._in_packet["packet"] = BoundedPacket(self._in_packet["packet"])
        return super()._packet_read()

    def _sock_recv(self, bufsize: int) -> bytes:
        return super()._sock_recv(min(bufsize, READ_BYTES))

    def loop_forever(self, timeout: float = 1.0, retry_first_connection: bool = False) -> MQTTErrorCode:
        """Serve the connection until it is closed, also after an error."""
        while True:
            try:
                return super().loop_forever(timeout, retry_first_connection)
            except Exception as error:  # noqa: BLE001 # it is said, and the connection begins again
                if self.on_broken is None or not self.on_broken(error):
                    return MQTTErrorCode.MQTT_ERR_SUCCESS
