"""`digitreader service install` refuses what the service could not reach, find or mean, each in one line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from digitreader.cli.main import main
from digitreader.model.locate import shipped_models

from .conftest import Systemd


def serve(folder: Path, text: str, *words: str) -> int:
    """Print the unit of a configuration."""
    if "mqtt" in text:
        pytest.importorskip("paho.mqtt", reason="paho-mqtt is not installed; it is the extra [mqtt]")
    config = folder / "cam.toml"
    config.write_text(text if "source" in text else f"sources = [0]\n{text}", encoding="utf-8")
    config.chmod(0o600)  # what may be a secret in it is not warned about
    return main(["service", "install", "--user", "--config", str(config), "--print", *words])


@pytest.fixture
def srv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is not open to a service, though the tests' own may lie in /tmp, which is."""
    monkeypatch.setattr("digitreader.setup.service.sandbox.OPEN_TO_ALL", (Path("/dev"),))
    monkeypatch.setenv("HOME", str(tmp_path / "home/"))
    for folder in ("home", "srv/a"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path / "srv"


@pytest.mark.parametrize(
    "place", ["events:SRV/log.jsonl", "video:SRV/clip.avi", "pictures:SRV", "csv:~/digits.csv", "text:SRV/a/b"]
)
def test_an_output_that_the_service_could_not_write_to_is_refused(
    place: str, systemd: Systemd, srv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = place.replace("SRV", str(srv))
    assert serve(tmp_path, f"output = ['{named}']") == 1
    said = capsys.readouterr().err
    assert "a service may write only to its own folder" in said
    assert serve(tmp_path, f"output = ['{named}']", "--writable", said.split()[-1]) == 0


def test_corrections_that_the_service_could_not_write_are_refused_where_it_serves_a_page(
    systemd: Systemd, srv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = f"corrections = '{srv}'"
    assert serve(tmp_path, named) == 0
    assert serve(tmp_path, f"{named}\nweb = '8080'") == 1
    assert f"corrections:{srv}: a service may write only to its own folder" in capsys.readouterr().err
    assert serve(tmp_path, f"{named}\nweb = '8080'", "--writable", str(srv)) == 0


def test_a_folder_that_it_may_write_to_must_be_there(
    systemd: Systemd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing"
    assert serve(tmp_path, "", "--writable", str(missing)) == 1
    told = f"--writable {missing}: there is no such folder; make it first: mkdir -p {missing}"
    assert capsys.readouterr().err == f"digitreader: error: {told}\n"


@pytest.mark.parametrize("folder", ["/", "/etc", "/usr", "/usr/../usr", "/proc", "/dev"])
def test_a_folder_of_the_system_is_refused(
    folder: str, systemd: Systemd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve(tmp_path, "", "--writable", folder) == 1
    told = f"--writable {Path(folder)}: belongs to the system; give a folder for the outputs alone"
    assert capsys.readouterr().err == f"digitreader: error: {told}\n"


@pytest.mark.parametrize(
    ("text", "said", "status"),
    [
        ("expect = ['digits=x']", "CONFIG: expect 'digits=x': not understood; give digits=4 or", 2),
        ("output = ['mqtt://u:geheim@h']", "CONFIG: everyone who lists this computer's processes sees", 2),
        ("output = ['mqtt://h']\nname = 'a/b'", "CONFIG: name 'a/b': in MQTT a name has no", 2),
        ("output = ['http://']", "CONFIG: a webhook's address is http://HOST/PATH", 2),
        ("output = ['jsn:x']", "CONFIG: output jsn: there is no such output", 2),
        ('output = ["run:a \'b"]', "CONFIG: run:a: a quote is not closed; write it as in a shell", 2),
        ("output = ['mqtt://h']\npassword-file = '/nowhere'", "CONFIG: password-file /nowhere: cannot be read", 2),
        ("source = ['rtsp://h']\nfps = 5", "CONFIG: rtsp://h: --fps can be set only for a camera of this machine", 2),
        ("watch = true", "CONFIG: watch needs one folder that exists as SOURCE, not 0", 2),
        ("model = 'nosuch'", "nosuch: no such model; give the path of a .tflite, or a shipped name", 1),
        ("output = ['run:nosuchprogram 1']", "run:nosuchprogram: a service does not find this program", 1),
        ("output = ['run:./nosuchprogram 1']", "run:./nosuchprogram: a service starts in a folder of its own", 1),
        ("output = ['run:/nowhere/gate']", "run:/nowhere/gate: a service does not find this program", 1),
        ("output = ['mqtts://h']\nca-file = '/nowhere'", "/nowhere: holds no certificates that can be read", 1),
        ("output = ['window']", "CONFIG: window: a service has no desktop to show it on", 1),
    ],
)
def test_what_read_refuses_is_refused_in_one_line(
    text: str, said: str, status: int, systemd: Systemd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve(tmp_path, text) == status
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"digitreader: error: {said}".replace("CONFIG", str(tmp_path / "cam.toml")))
    assert "geheim" not in line


def test_a_program_of_ones_own_path_alone_is_none_of_a_services(
    systemd: Systemd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "bin" / "gate"  # which the double has put into PATH
    own.write_text("#!/bin/sh\n", encoding="utf-8")
    own.chmod(0o755)
    assert serve(tmp_path, "output = ['run:gate']") == 1
    assert "run:gate: a service does not find this program" in capsys.readouterr().err
    assert serve(tmp_path, f"output = ['run:{own}']") == 0


def test_a_model_that_is_damaged_is_refused(
    systemd: Systemd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "my.tflite").write_bytes(b"no model")
    assert serve(tmp_path, f"model = '{tmp_path / 'my.tflite'}'") == 1
    assert "my.tflite" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["events:log.jsonl", "pictures:out", "text:/dev/stderr", "mqtt://broker", "run:true"])
def test_outputs_within_its_reach_are_served(place: str, systemd: Systemd, tmp_path: Path) -> None:
    assert serve(tmp_path, f"output = ['{place}']") == 0


def test_its_own_folder_may_be_written_out(systemd: Systemd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert serve(tmp_path, "output = ['csv:~/.local/state/digitreader/a.csv']") == 0


@pytest.mark.parametrize(
    "text",
    [
        "output = ['run:./gate.sh 1']",
        "ca-file = 'gate.sh'",
        "web-key = 'gate.sh'",
        "source = ['gate.sh']",
        "model = 'gate.tflite'",
    ],
)
def test_what_is_named_from_the_present_folder_is_refused_with_its_whole_path(
    text: str, systemd: Systemd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gate.sh").touch(0o755)
    shutil.copy(shipped_models()["tiny"], tmp_path / "gate.tflite")
    assert serve(tmp_path, text) == 1
    assert f"starts in a folder of its own; write {tmp_path / 'gate.'}" in capsys.readouterr().err
    assert serve(tmp_path, text.replace("./", "").replace("gate.", str(tmp_path / "gate."))) == 0
