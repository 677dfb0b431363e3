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
from digitreader.host.distribution import install_extra
from digitreader.host.messages import print_error, print_info
from digitreader.host.tls import tls_context
from digitreader.output.delivery_queue import DeliveryError
from digitreader.output.mqtt.topics import MOST_BYTES, BrokerAddress, Message
from digitreader.output.settings import BrokerSettings

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

KEEPALIVE_S = 20
SOONEST_S, LATEST_S = 1, 30
"""Seconds between attempts to connect."""
CONNECT_S = 5.0
GOODBYE_S = 0.3
SILENCE_S = 1.5
"""Seconds after which a message names a broker that has not answered or has not taken an event."""
LONGEST_TOPIC = 80
"""Characters of a topic in a message about it."""


class BrokerConnection:
    """A connection that reconnects by itself; nothing happens before `start`.

    Args:
        address: the broker's address.
        settings: user, password and certificates.
        client_id: the name of this client; no other client of the broker has it.
        persistent: the broker keeps messages for this client while it is away.
        while_away: what happens while the broker is away, for the message.
        will: what the broker publishes if the connection is lost.
        latest_s: the longest pause between attempts to connect, in whole seconds.
        on_connect: called from the connection's thread each time that it is connected, also the first time.
        on_message: called from the connection's thread with topic, payload and whether the message was retained.

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
        while_away: str = "new events wait until it is back",
        will: Message | None = None,
        latest_s: int = LATEST_S,
        on_connect: Callable[[], None],
        on_message: Callable[[str, bytes, bool], None],
    ) -> None:
        self._address, self._while_away = address, while_away
        self._on_connect, self._on_message = on_connect, on_message
        self._changed = Condition()
        self._acknowledged: set[int] = set()
        self._unanswered: set[int] = set()
        self._up = self._begun = self._closed = False
        self._trouble, self._odd_topic, self._too_large = "", False, False
        self._client = _make_client(address, settings, client_id, persistent=persistent, on_broken=self._broken)
        self._client.reconnect_delay_set(SOONEST_S, latest_s)
        self._client.on_connect = self._connected
        self._client.on_connect_fail = self._not_connected
        self._client.on_disconnect = self._disconnected
        self._client.on_publish = self._published
        self._client.on_message = self._received
        self._client.on_subscribe = self._subscribed
        if will is not None:
            self._client.will_set(will.topic, will.payload, qos=1, retain=will.retain)

    def start(self) -> None:
        """Begin to connect."""
        self._client.connect_async(self._address.host, self._address.port, keepalive=KEEPALIVE_S)
        self._client.loop_start()
        Thread(target=self._name_silence, name="broker silence", daemon=True).start()

    def subscribe(self, topics: Sequence[str]) -> None:
        """Ask for messages. Call it in `on_connect`: a broker forgets a subscription when the connection ends."""
        with self._changed:
            _, request = self._client.subscribe([(topic, 1) for topic in topics])
            if request is not None:
                self._unanswered.add(request)
                self._changed.notify_all()

    def unsubscribe(self, topics: Sequence[str]) -> None:
        """Ask for no more of these messages until the next connection."""
        self._client.unsubscribe(list(topics))

    def publish_once(self, messages: Sequence[Message]) -> None:
        """Publish messages that are not sent again after a lost connection; for `on_connect` and `on_message`."""
        for message in messages:
            self._client.publish(message.topic, message.payload, qos=0, retain=message.retain)

    def wait_for_beginning(self, timeout_s: float | None = None, *, subscribed: bool = False) -> None:
        """Wait until `on_connect` has returned for the first time.

        Args:
            timeout_s: the longest wait.
            subscribed: wait also until the broker has answered every subscription.

        Raises:
            DeliveryError: the connection was closed before, or it did not come so far within this many seconds.
        """
        with self._changed:
            done = self._changed.wait_for(
                lambda: self._closed or (self._begun and not (subscribed and self._unanswered)), timeout_s
            )
        if not done:
            raise DeliveryError(f"{self._address}: {self._trouble or 'does not greet'}; given up after {timeout_s:g} s")
        if not self._begun:
            raise self._unpublished()

    def publish(self, messages: Sequence[Message]) -> None:
        """Publish, and wait until the broker has all messages, however long it is away. Only for one thread.

        Raises:
            DeliveryError: the connection was closed before.
        """
        with self._changed:
            self._acknowledged.clear()
        # published once: paho sends it again after each reconnection
        sent = {self._client.publish(each.topic, each.payload, qos=1, retain=each.retain).mid for each in messages}
        with self._changed:
            taken = self._changed.wait_for(lambda: self._closed or sent <= self._acknowledged, SILENCE_S)
        if not taken and self._up:
            self._fail("does not accept events; they wait until it does")
        with self._changed:
            self._changed.wait_for(lambda: self._closed or sent <= self._acknowledged)
        if not taken:
            self._recover("takes events again")
        with self._changed:
            if not sent <= self._acknowledged:
                raise self._unpublished()

    def close(self, last: Sequence[Message] = ()) -> None:
        """Publish the last messages if there is a connection, and end it."""
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
        # paho's thread may still be in a slow attempt to connect
        stopper = Thread(target=self._client.loop_stop, daemon=True)
        stopper.start()
        stopper.join(GOODBYE_S)
        # client and connection refer to each other: without this the sockets stay open until garbage is collected
        for heard in (
            "on_connect",
            "on_connect_fail",
            "on_disconnect",
            "on_publish",
            "on_message",
            "on_subscribe",
            "on_broken",
        ):
            setattr(self._client, heard, None)

    def _connected(self, client: Client, data: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:  # noqa: ARG002
        if reason.is_failure:
            self._fail(f"refuses this reader ({reason}); check --user, --password-file and the broker's rules")
            return
        with self._changed:
            self._unanswered.clear()
            self._up = True
            self._changed.notify_all()
        self._recover("connected again")
        self._guarded(self._on_connect)
        with self._changed:
            self._begun = True
            self._changed.notify_all()

    def _not_connected(self, client: Client, data: Any) -> None:  # noqa: ARG002
        # paho calls this while it handles the error, but does not pass the error on
        self._fail(_why(sys.exc_info()[1]))

    def _disconnected(self, client: Client, data: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:  # noqa: ARG002
        with self._changed:
            was_up, self._up = self._up, False
            self._changed.notify_all()
        if was_up and not self._closed:
            self._fail(f"the broker is away; {self._while_away}")
        elif not was_up:
            self._fail("ends the connection before it greets; check the port, and mqtts:// for TLS or mqtt:// without")

    def _published(self, client: Client, data: Any, mid: int, reason: ReasonCode, properties: Any) -> None:  # noqa: ARG002
        with self._changed:
            self._acknowledged.add(mid)
            self._changed.notify_all()

    def _received(self, client: Client, data: Any, message: MQTTMessage) -> None:  # noqa: ARG002
        try:
            topic = message.topic
        except UnicodeDecodeError:
            if not self._odd_topic:
                print_error(f"{self._address}: sends a topic that is not UTF-8; such messages are left out")
            self._odd_topic = True
            return
        if len(message.payload) > MOST_BYTES:
            self._leave_out(topic)
            return
        self._guarded(lambda: self._on_message(topic, bytes(message.payload), message.retain))

    def _leave_out(self, topic: str) -> None:
        """Report the first message that is too large; whoever sends such ones could fill the screen."""
        if not self._too_large:
            shown = ascii(topic[:LONGEST_TOPIC])
            print_error(f"{self._address}: sends more than {MOST_BYTES:,} bytes on {shown}; such messages are left out")
        self._too_large = True

    def _subscribed(self, client: Client, data: Any, mid: int, reasons: list[ReasonCode], properties: Any) -> None:  # noqa: ARG002
        with self._changed:
            self._unanswered.discard(mid)
            self._changed.notify_all()
        refused = next((reason for reason in reasons if reason.is_failure), None)
        if refused is not None:
            print_error(
                f"{self._address}: refuses to send some topics ({refused}); check the broker's rules for this user"
            )

    def _guarded(self, step: Callable[[], None]) -> None:
        """Run a callback; the connection's thread goes on if the callback fails."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 # else nothing would ever come from this broker again
            print_error(f"{self._address}: its message cannot be processed ({type(error).__name__}: {error})")

    def _broken(self, error: Exception) -> bool:
        """Report an error that would end the connection's thread, and connect again; False if it is closed."""
        self._fail(f"sends data that are not MQTT ({type(error).__name__}); check the port, and mqtts:// for TLS")
        with self._changed:
            self._up = False
            self._changed.wait_for(lambda: self._closed, SOONEST_S)
            if self._closed:
                return False
        self._client.connect_async(self._address.host, self._address.port, keepalive=KEEPALIVE_S)
        return True

    def _name_silence(self) -> None:
        """Print a message if the broker has not greeted, or has not answered a subscription, for a while."""
        while not self._closed:
            with self._changed:
                greeted = self._changed.wait_for(lambda: self._closed or self._up, SILENCE_S)
            if not greeted:
                self._fail("does not greet; check address and port, and mqtts:// for TLS or mqtt:// without")
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._up)
            while self._up and not self._closed:
                self._name_unanswered()

    def _name_unanswered(self) -> None:
        """Print a message if the broker does not answer the next subscription for a while, and another if it does."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or not self._up or self._unanswered)
            answered = self._changed.wait_for(self._is_answered, SILENCE_S)
        if answered:
            return
        self._fail("greets, but does not answer when it is asked for messages; restart the broker")
        with self._changed:
            self._changed.wait_for(self._is_answered)
        if self._up:
            self._recover("answers again")

    def _is_answered(self) -> bool:
        return self._closed or not self._up or not self._unanswered

    def _recover(self, how: str) -> None:
        with self._changed:
            was_trouble, self._trouble = self._trouble, ""
        if was_trouble and not self._closed:
            print_info(f"{self._address}: {how}")

    def _unpublished(self) -> DeliveryError:
        return DeliveryError(f"{self._address}: the connection was closed before the broker had the event")

    def _fail(self, why: str) -> None:
        with self._changed:
            first, self._trouble = not self._trouble, why
        if first and not self._closed:
            print_error(f"{self._address}: {why}; this is tried again until it works")


def _make_client(
    address: BrokerAddress,
    settings: BrokerSettings,
    client_id: str,
    *,
    persistent: bool,
    on_broken: Callable[[Exception], bool],
) -> Client:
    try:
        from paho.mqtt.enums import CallbackAPIVersion

        from digitreader.output.mqtt.robust_client import RobustClient
    except ImportError as error:
        raise MissingExtraError(f"MQTT needs paho-mqtt, which is not installed; {install_extra('mqtt')}") from error

    client = RobustClient(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=not persistent)
    client.on_broken = on_broken
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
        return f"it does not speak TLS ({error.reason}); check the port, or write mqtt://"
    if isinstance(error, TimeoutError):
        return "does not answer; check the address"
    return f"cannot be reached ({getattr(error, 'strerror', None) or error}); check the address and the broker"
