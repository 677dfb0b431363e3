"""The connection to an MQTT broker.

It reconnects by itself and prints one message when it breaks and one when it is back.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any

from digitreader.errors import MissingExtraError
from digitreader.host.messages import print_error, print_info
from digitreader.host.tls import tls_context
from digitreader.output.delivery_queue import DeliveryError
from digitreader.output.mqtt.topics import BrokerAddress, Message
from digitreader.output.settings import BrokerSettings

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

KEEPALIVE_S = 20
SOONEST_S, LATEST_S = 1, 30
"""Between the tries to connect."""
CONNECT_S = 5.0
GOODBYE_S = 0.3


class BrokerConnection:
    """A connection that comes back by itself; nothing happens before `start`.

    Args:
        address: of the broker.
        settings: how to come in.
        client_id: no other client of the broker has it.
        lasting: the broker keeps what comes for it while it is away.
        will: what the broker publishes when the link is cut.
        latest_s: the longest pause between the tries to connect, in whole seconds.
        on_connect: called from the link's thread at each connection, the first too.
        on_message: called from the link's thread with topic, payload and whether it was retained.

    Raises:
        MissingExtraError: paho-mqtt is not installed.
        OutputError: the file of trusted certificates cannot be read.
    """

    def __init__(
        self,
        address: BrokerAddress,
        settings: BrokerSettings,
        *,
        client_id: str,
        persistent: bool = False,
        will: Message | None = None,
        latest_s: int = LATEST_S,
        on_connect: Callable[[], None],
        on_message: Callable[[str, bytes, bool], None],
    ) -> None:
        self._address = address
        self._on_connect, self._on_message = on_connect, on_message
        self._changed = Condition()
        self._acknowledged: set[int] = set()
        self._up = self._begun = self._closed = False
        self._trouble = ""
        self._client = _make_client(address, settings, client_id, persistent=persistent)
        self._client.reconnect_delay_set(SOONEST_S, latest_s)
        self._client.on_connect = self._connected
        self._client.on_connect_fail = self._not_connected
        self._client.on_disconnect = self._disconnected
        self._client.on_publish = self._published
        self._client.on_message = self._received
        if will is not None:
            self._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)

    def start(self) -> None:
        """Begin to connect."""
        self._client.connect_async(self._address.host, self._address.port, keepalive=KEEPALIVE_S)
        self._client.loop_start()

    def subscribe(self, topics: Sequence[str]) -> None:
        """Ask for messages; called in `on_connect`, since a broker forgets it with the connection."""
        self._client.subscribe([(topic, 1) for topic in topics])

    def publish_once(self, messages: Sequence[Message]) -> None:
        """Publish what is worth nothing once the connection breaks; called in `on_connect` or `on_message`."""
        for message in messages:
            self._client.publish(message.topic, message.payload, qos=0, retain=message.retain)

    def wait_for_beginning(self) -> None:
        """Wait until `on_connect` has told what it tells at the first connection.

        Raises:
            DeliveryError: the link was closed before.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._begun)
        if not self._begun:
            raise self._unpublished()

    def publish(self, messages: Sequence[Message]) -> None:
        """Publish, and wait until the broker has all of it, however long it is away. For one thread alone.

        Raises:
            DeliveryError: the link was closed before.
        """
        with self._changed:
            self._acknowledged.clear()
        # published once: paho sends it again after each reconnection
        sent = {self._client.publish(each.topic, each.payload, qos=1, retain=each.retain).mid for each in messages}
        with self._changed:
            self._changed.wait_for(lambda: self._closed or sent <= self._acknowledged)
            if not sent <= self._acknowledged:
                raise self._unpublished()

    def close(self, last: Sequence[Message] = ()) -> None:
        """Publish the last messages where there is a connection, and end it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            up = self._up
        if up:
            for message in last:
                info = self._client.publish(message.topic, message.payload, qos=1, retain=message.retain)
                with suppress(RuntimeError, ValueError):
                    info.wait_for_publish(GOODBYE_S)
        self._client.disconnect()
        # paho's thread may be in a connection attempt that takes its time
        stopper = Thread(target=self._client.loop_stop, daemon=True)
        stopper.start()
        stopper.join(GOODBYE_S)
        # a client in a cycle with its link would keep its sockets until some later collection of garbage
        for heard in ("on_connect", "on_connect_fail", "on_disconnect", "on_publish", "on_message"):
            setattr(self._client, heard, None)

    def _connected(self, client: Client, data: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:  # noqa: ARG002
        if reason.is_failure:
            self._fail(f"refuses this reader ({reason}); check --user, --password-file and the broker's rules")
            return
        with self._changed:
            was_trouble, self._trouble, self._up = self._trouble, "", True
            self._changed.notify_all()
        if was_trouble:
            print_info(f"{self._address}: connected again")
        self._on_connect()
        with self._changed:
            self._begun = True
            self._changed.notify_all()

    def _not_connected(self, client: Client, data: Any) -> None:  # noqa: ARG002
        # paho calls this while it handles the error, and tells no more of it
        self._fail(_why(sys.exc_info()[1]))

    def _disconnected(self, client: Client, data: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:  # noqa: ARG002
        with self._changed:
            was_up, self._up = self._up, False
        if was_up and not self._closed:
            self._fail("the broker is away; what comes meanwhile waits")

    def _published(self, client: Client, data: Any, mid: int, reason: ReasonCode, properties: Any) -> None:  # noqa: ARG002
        with self._changed:
            self._acknowledged.add(mid)
            self._changed.notify_all()

    def _received(self, client: Client, data: Any, message: MQTTMessage) -> None:  # noqa: ARG002
        self._on_message(message.topic, bytes(message.payload), message.retain)

    def _unpublished(self) -> DeliveryError:
        return DeliveryError(f"{self._address}: the link was closed before the broker had the event")

    def _fail(self, why: str) -> None:
        first, self._trouble = not self._trouble, why
        if first and not self._closed:
            print_error(f"{self._address}: {why}; it is tried again for ever")


def _make_client(address: BrokerAddress, settings: BrokerSettings, client_id: str, *, persistent: bool) -> Client:
    try:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion
    except ImportError as error:
        raise MissingExtraError(
            'MQTT needs paho-mqtt, which is not installed; pip install "digitreader[mqtt]"'
        ) from error
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=not persistent)
    client.connect_timeout = CONNECT_S
    user = settings.user or address.user
    if user:
        client.username_pw_set(user, settings.password or None)
    if address.tls:
        client.tls_set_context(tls_context(settings.ca_file))
    return client


def _why(error: BaseException | None) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message}); give --ca-file FILE, and the right name"
    if isinstance(error, ssl.SSLError):
        return f"no TLS is spoken there ({error.reason}); check the port, or write mqtt://"
    if isinstance(error, TimeoutError):
        return "does not answer; check the address"
    return f"cannot be reached ({getattr(error, 'strerror', None) or error}); check the address and the broker"
