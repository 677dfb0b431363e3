"""Brokers that want to know who comes, and those that speak TLS: nothing secret is shown, nothing is sent unproven."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from digitreader.errors import OutputError
from digitreader.host.tls import tls_context
from digitreader.output.mqtt.publisher import MqttPublisher
from digitreader.output.mqtt.topics import parse_address
from digitreader.output.settings import BrokerSettings

from .conftest import Broker, Listen, Readers, event, texts, until


def passwords(folder: Path) -> Path:
    program = shutil.which("mosquitto_passwd")
    if program is None:
        pytest.skip("there is no mosquitto_passwd; apt-get install mosquitto")
    file = folder / "passwords"
    file.touch()
    subprocess.run([program, "-b", file, "me", "se cret"], check=True, capture_output=True)
    file.chmod(0o644)
    return file


def test_a_broker_that_wants_a_password_gets_it(
    make_broker: Callable[..., Broker], reader: Readers, listen: Listen, tmp_path: Path
) -> None:
    broker = make_broker("allow_anonymous false", f"password_file {passwords(tmp_path)}")
    settings = BrokerSettings("me", "se cret")
    listener, queue = listen(broker, settings), reader(broker, settings)
    queue.take(event("1"))
    until(lambda: texts(listener) == ["1"])


def test_a_broker_that_refuses_is_told_once_without_the_password_and_tried_again(
    make_broker: Callable[..., Broker],
    reader: Readers,
    listen: Listen,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broker = make_broker("allow_anonymous false", f"password_file {passwords(tmp_path)}")
    queue = reader(broker, BrokerSettings("me", "wrong-word"))
    queue.take(event("1"))
    said = ""

    def refused() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "refuses this reader" in said

    until(refused)
    until(lambda: (tmp_path / "mosquitto.log").read_text().count("not authorised") >= 2)
    broker.stop()
    broker.lines = ["allow_anonymous true"]
    broker.start()
    listener = listen(broker)
    until(lambda: texts(listener, "digitreader/desk/state")[-1:] == ["1"])
    said += capsys.readouterr().err
    assert said.count("refuses this reader") == 1
    assert "wrong-word" not in said


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    """A certificate for localhost that signs itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl; apt-get install openssl")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", f"{tmp_path}/key.pem", "-out", f"{tmp_path}/ca.pem"]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    (tmp_path / "key.pem").chmod(0o644)
    return tmp_path


def tls_lines(folder: Path) -> list[str]:
    return ["allow_anonymous true", f"certfile {folder / 'ca.pem'}", f"keyfile {folder / 'key.pem'}"]


def test_over_tls_numbers_arrive_and_survive_the_broker_stopping(
    make_broker: Callable[..., Broker], reader: Readers, listen: Listen, certificates: Path
) -> None:
    broker = make_broker(*tls_lines(certificates), tls=True)
    settings = BrokerSettings(ca_file=certificates / "ca.pem")
    listener, queue = listen(broker, settings), reader(broker, settings)
    queue.take(event("1", number=1))
    until(lambda: texts(listener) == ["1"])
    broker.stop()
    queue.take(event("2", number=2))
    broker.start()
    until(lambda: "2" in texts(listener))


def test_a_certificate_that_is_not_trusted_is_told_and_nothing_is_sent(
    make_broker: Callable[..., Broker], reader: Readers, certificates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broker = make_broker(*tls_lines(certificates), tls=True)
    queue = reader(broker)
    queue.take(event("1"))
    said = ""

    def told() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "certificate is not trusted" in said

    until(told)
    queue.close(0.0)
    assert "1 event was not delivered" in capsys.readouterr().err


def test_tls_where_none_is_spoken_is_told(broker: Broker, reader: Readers, capsys: pytest.CaptureFixture[str]) -> None:
    broker.tls = True
    reader(broker)
    said = ""

    def told() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "error" in said

    until(told)
    assert "mqtts://localhost" in said


def test_a_connection_whose_handshake_fails_is_not_left_open() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    wrapped = tls_context(None).wrap_socket(ours, server_hostname="localhost", do_handshake_on_connect=False)
    with pytest.raises(OSError, match=r"EOF|reset|pipe"):
        wrapped.do_handshake()
    assert wrapped.fileno() == -1


def test_certificates_that_cannot_be_read_are_refused_at_the_start(broker: Broker, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    broker.tls = True
    for file in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        with pytest.raises(OutputError, match="PEM"):
            MqttPublisher(parse_address(broker.url), BrokerSettings(ca_file=file), name="desk", run="r")
