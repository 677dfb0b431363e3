"""What --output and its companions are understood as, and that no secret is repeated."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from digitreader.cli.output_arguments import add_output_arguments, host_name, output_settings
from digitreader.cli.parser import Parser
from digitreader.errors import UsageError
from digitreader.output.kinds import parse_place
from digitreader.output.mqtt.topics import Topics
from digitreader.output.settings import OutputSettings, Place


def parsed(*words: str) -> argparse.Namespace:
    parser = Parser(prog="digitreader read")
    parser.add_argument("--format", default="text")
    add_output_arguments(parser)
    return parser.parse_args(words)


def settings(*words: str, **environment: str) -> OutputSettings:
    understood = output_settings(parsed(*words), environment)
    assert understood is not None
    return understood


def test_without_outputs_there_is_nothing_to_settle() -> None:
    assert output_settings(parsed("--name", "desk"), {}) is None
    assert settings("--format", "events", "--name", "desk").name == "desk"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("csv:all.csv", Place("csv", "all.csv")),
        ("events:/var/log/a:b.jsonl", Place("events", "/var/log/a:b.jsonl")),
        ("run:./gate.sh --open 'wide'", Place("run", "./gate.sh --open 'wide'")),
        ("window", Place("window")),
        ("https://host/hook", Place("webhook", "https://host/hook")),
        ("mqtts://host", Place("mqtt", "mqtts://host")),
    ],
)
def test_a_place_is_understood(text: str, place: Place) -> None:
    assert parse_place(text) == place


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("csv:~/a.csv", "/home/pi/a.csv"),
        ("run:~/gate.sh 1", "/home/pi/gate.sh 1"),
        ("csv:a~/b", "a~/b"),
        ("csv:~", "~"),
    ],
)
def test_a_tilde_is_the_users_home_where_no_shell_has_filled_it_in(
    text: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/pi/")
    assert parse_place(text).where == where


@pytest.mark.parametrize(
    "text",
    ["", "csv", "csv:", "tsv:file", "mqtt:host", "window:1", "out.csv", "ftp://me:geheim@host", "host.org/T0/geheim"],
)
def test_what_is_no_place_is_refused_and_its_secrets_are_not_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="--output") as caught:
        parse_place(text)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(("text", "kept"), [("500M", 500 << 20), ("2g", 2 << 30), ("1G", 1 << 30)])
def test_how_much_is_kept_is_a_size(text: str, kept: int) -> None:
    assert settings("--keep", text).keep_bytes == kept
    assert settings("--output", "csv:a").keep_bytes is None


@pytest.mark.parametrize("text", ["", "500", "0M", "M", "-1G", "1.5G", "5K", "1GB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a size; give a whole number with M or G behind it"):
        parsed(f"--keep={text}")


def test_a_place_does_not_show_what_may_be_a_secret() -> None:
    environment = {"DIGITREADER_MQTT_PASSWORD": "geheim"}
    line = ("--output", "https://me:geheim@host", "--output", "mqtt://host")
    assert "geheim" not in repr(settings(*line, **environment))


def test_places_keep_their_order_and_may_be_alike() -> None:
    places = settings("--output", "csv:a", "--output", "csv:b", "--output", "window").places
    assert [(place.kind, place.where) for place in places] == [("csv", "a"), ("csv", "b"), ("window", "")]


def test_user_and_password_come_from_the_environment_or_beat_it(tmp_path: Path) -> None:
    environment = {"DIGITREADER_MQTT_USER": "me", "DIGITREADER_MQTT_PASSWORD": "one"}
    broker = settings("--output", "mqtt://host", **environment).broker
    assert (broker.user, broker.password) == ("me", "one")
    file = tmp_path / "password"
    file.write_text("two words \nrest\n")
    file.chmod(0o600)
    line = ("--output", "mqtt://host", "--user", "you", "--password-file", str(file))
    broker = settings(*line, **environment).broker
    assert (broker.user, broker.password) == ("you", "two words ")


def test_a_password_that_others_may_read_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "password"
    file.write_text("geheim\n")
    file.chmod(0o644)
    settings("--output", "mqtt://host", "--password-file", str(file))
    said = capsys.readouterr().err
    assert f"chmod 600 {file}" in said
    assert "geheim" not in said
    file.chmod(0o600)
    settings("--output", "mqtt://host", "--password-file", str(file))
    assert capsys.readouterr().err == ""


def test_a_password_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        settings("--output", "mqtt://host", "--password-file", str(tmp_path / "missing"))
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="it is not text"):
        settings("--output", "mqtt://host", "--password-file", str(tmp_path / "binary"))


@pytest.mark.parametrize(
    "words", [("--timeout", "0"), ("--timeout", "x"), ("--timeout", "nan"), ("--queue", "1"), ("--queue", "-3")]
)
def test_a_number_that_cannot_be_meant_is_refused(words: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match=words[0]):
        parsed(*words)


def test_a_reader_without_a_name_has_the_computers_which_fits_a_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    for given, name in (("pi4.local", "pi4"), ("a+b#c", "a-b-c"), ("", "digitreader"), ("$x", "x")):
        monkeypatch.setattr("socket.gethostname", lambda given=given: given)
        assert host_name() == name
        Topics("digitreader", name)


def test_a_desktop_is_seen_in_the_environment() -> None:
    assert settings("--output", "window", DISPLAY=":0").has_display
    assert settings("--output", "window", WAYLAND_DISPLAY="wayland-0").has_display
    assert not settings("--output", "window").has_display


@pytest.mark.parametrize("prefix", ["home+", "home/#", "a//b", "$SYS"])
def test_a_discovery_prefix_that_is_no_topic_is_refused(prefix: str) -> None:
    with pytest.raises(UsageError, match="the usual one is homeassistant"):
        settings("--output", "mqtt://broker", "--discovery", prefix)


def test_webhooks_get_the_certificates_that_are_given() -> None:
    assert settings("--output", "https://host/", "--ca-file", "ca.pem").ca_file == Path("ca.pem")
