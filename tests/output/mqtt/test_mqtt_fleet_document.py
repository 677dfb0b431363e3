"""docs/fleet.md: its broker really starts, with TLS, passwords and rules, and its playbook's commands are known."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from digitreader.cli.main import build_parser, main
from digitreader.output.settings import BrokerSettings

from .conftest import Broker, Listen, Readers, event, texts, until


@pytest.fixture
def blocks(repository: Path) -> dict[str, str]:
    """The fenced blocks of the document that have a language, by it."""
    text = (repository / "docs" / "fleet.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^```(\w+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


@pytest.fixture
def fleet(blocks: dict[str, str], make_broker: Callable[..., Broker], tmp_path: Path) -> Broker:
    """The broker of the document, for this computer alone."""
    for program in ("openssl", "mosquitto_passwd"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program}")
    made = tmp_path / "fleet"
    made.mkdir()
    script = blocks["sh"].replace("broker.local", "localhost")
    subprocess.run(["sh", "-ec", script], cwd=made, check=True, capture_output=True)
    (made / "acl").write_text(blocks["acl"])
    for name in ("acl", "passwords"):
        (made / name).chmod(0o600)
    lines = blocks["conf"].replace("/etc/mosquitto/fleet", str(made)).splitlines()
    assert lines.pop(0) == "listener 8883"
    return make_broker(*lines, tls=True)


def user(fleet: Broker, name: str) -> BrokerSettings:
    made = fleet.folder / "fleet"
    return BrokerSettings(name, (made / f"{name}.password").read_text().strip(), ca_file=made / "ca.pem")


def test_a_reader_tells_its_own_number_and_who_watches_sees_it(fleet: Broker, reader: Readers, listen: Listen) -> None:
    watcher = listen(fleet, user(fleet, "watcher"))
    home = listen(fleet, user(fleet, "homeassistant"))
    queue = reader(fleet, user(fleet, "cellar-1"), name="cellar-1")
    queue.take(event("12"))
    until(lambda: texts(watcher, "digitreader/cellar-1/event") == ["12"])
    until(lambda: home.on("homeassistant/sensor/digitreader_cellar-1/number/config"))
    assert not [topic for topic, _, _ in watcher.heard if topic.startswith("homeassistant/")]


def test_nobody_tells_numbers_for_another(fleet: Broker, reader: Readers, listen: Listen) -> None:
    watcher, thief = (listen(fleet, user(fleet, name)) for name in ("watcher", "homeassistant"))
    thief.send("digitreader/cellar-1/event", '{"id": "x-1"}')
    stranger = reader(fleet, user(fleet, "cellar-1"), name="cellar-2")
    stranger.take(event("66"))
    own = reader(fleet, user(fleet, "cellar-1"), name="cellar-1", run="r2")
    own.take(event("12"))
    until(lambda: texts(watcher, "digitreader/cellar-1/event") == ["12"])
    assert {topic.split("/")[1] for topic, _, _ in watcher.heard} == {"cellar-1"}


def test_a_stranger_is_not_let_in(fleet: Broker, reader: Readers, capsys: pytest.CaptureFixture[str]) -> None:
    reader(fleet, BrokerSettings(ca_file=fleet.folder / "fleet" / "ca.pem"))
    said = ""

    def refused() -> bool:
        nonlocal said
        said += capsys.readouterr().err
        return "refuses this reader" in said

    until(refused)


def test_the_commands_of_the_playbook_are_known_and_the_shipped_model_is_proved(blocks: dict[str, str]) -> None:
    text = re.sub(r"\{\{.*?\}\}", "x", re.sub(r"\n\s+(?=--)", " ", blocks["yaml"]))
    commands = re.findall(r"digitreader ((?:verify|watch) [^\"\n]+)", text)
    assert [each.split()[0] for each in commands] == ["verify", "watch"]
    for each in commands:
        build_parser(each.split()).parse_args(each.split())
    assert main(["verify", "tiny"]) == 0
