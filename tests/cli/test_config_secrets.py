"""Secrets in a configuration file: never shown, and told from what is none; readable ones are warned about."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from digitreader.cli.config_arguments import apply_config
from digitreader.cli.main import main
from digitreader.cli.read import read_parser
from digitreader.setup.config_file import hidden, secret_keys
from digitreader.setup.references import filled_in

from .conftest import Say


def test_a_secret_is_never_printed(write: Say, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("sources = ['rtsp://eye:geheim@cam/1']")
    assert main(["config", "--config", str(path)]) == 0
    said = capsys.readouterr()
    assert 'sources = ["rtsp://${DIGITREADER_SECRET}@cam/1"]  # file' in said.out
    assert "geheim" not in said.out + said.err


def test_a_printed_file_runs_once_its_secrets_are_in_the_environment(
    write: Say, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = ["--output", "https://host/hooks/geheim", "--output", "run:say --token geheim"]
    assert main(["config", "rtsp://eye:ge:heim@cam/1", "--no-config", *outputs]) == 0
    printed, said = capsys.readouterr()
    assert "geheim" not in printed
    assert "set $DIGITREADER_SECRET in the environment" in said
    path = write(printed)
    assert main(["read", "--config", str(path)]) == 2
    refused = capsys.readouterr().err
    assert refused.count("\n") == 1
    assert "sources: ${DIGITREADER_SECRET} is not set in the environment" in refused
    for name, value in {"": "eye:ge:heim", "_2": "hooks/geheim", "_3": "--token geheim"}.items():
        monkeypatch.setenv(f"DIGITREADER_SECRET{name}", value)
    told = read_parser().parse_args(["--config", str(path)])
    apply_config(told, ["--config", str(path)], read_parser)
    assert told.sources == ["rtsp://eye:ge:heim@cam/1"]
    assert told.output == ["https://host/hooks/geheim", "run:say --token geheim"]
    # what stands in the environment is shown as it is written, and is not a secret that others may read
    assert main(["config", "--config", str(path)]) == 0
    again, said = capsys.readouterr()
    assert 'output = ["https://host/${DIGITREADER_SECRET_2}", "run:say ${DIGITREADER_SECRET_3}"]  # file' in again
    assert said == ""


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("rtsp://eye:${PW}@cam/1", "rtsp://eye:a%23b%2F%40c@cam/1"),
        ("https://host/${PATH_}?x=${PW}", "https://host/T0/x?x=a#b/@c"),
        ("${PATH_}", "T0/x"),
        (["a-${PATH_}", 3], ["a-T0/x", 3]),
        ("$${PW} $PW $(PW) ${1}", "${PW} $PW $(PW) ${1}"),
    ],
)
def test_references_are_filled_in_and_encoded_where_a_login_stands(value: object, filled: object) -> None:
    environment = {"PW": "a#b/@c", "PATH_": "T0/x"}
    assert filled_in({"key": value}, environment, Path("cam.toml")) == {"key": filled}


@pytest.mark.parametrize(
    ("key", "value", "is_secret"),
    [
        ("sources", "rtsp://eye:${PW}@cam/1", False),
        ("sources", "rtsp://eye:x${PW}@cam/1", True),
        ("sources", "rtsp://cam/1?pwd=${PW}", False),
        ("output", "https://host/${PW}", False),
        ("output", "https://host/hooks/${PW}", True),
        ("output", "${PW}", False),
        ("output", "https://host/$${PW}", True),
    ],
)
def test_a_reference_alone_is_no_secret(key: str, value: str, is_secret: bool) -> None:
    assert (hidden(key, value) != value) is is_secret
    assert bool(secret_keys({key: value})) is is_secret


def test_a_star_of_an_earlier_version_is_told_what_to_write(write: Say, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--config", str(write("output = ['https://host/***']"))]) == 2
    assert "output: *** stands for a secret that was not shown" in capsys.readouterr().err


def test_a_secret_that_everybody_may_read_is_warned_about(write: Say, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("sources = ['rtsp://eye:geheim@cam/1']")
    assert main(["config", "--config", str(path)]) == 0
    assert "chmod" not in capsys.readouterr().err
    path.chmod(path.stat().st_mode | stat.S_IROTH)
    assert main(["config", "--config", str(path)]) == 0
    warned = capsys.readouterr().err.splitlines()[0]
    told = "sources may contain a secret, and other users can read this file"
    assert warned == f"digitreader: warning: {path}: {told}; chmod 600 {path}"


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("mqtt-password", "x", "***"),
        ("token", "x", "***"),
        ("mqtt-password-file", "/run/x", "/run/x"),
        ("mqtt-password-env", "X", "X"),
        ("output", "mqtts://pi:p@ss@broker:8883/x", "mqtts://***@broker:8883/x"),
        ("output", "mqtt://pi@broker/x", "mqtt://pi@broker/x"),
        ("output", ["https://host:8/T0/abc", "csv:a.csv"], ["https://host:8/***", "csv:a.csv"]),
        ("output", "https://me:abc@host?id=abc", "https://***@host/***"),
        ("output", "http://host", "http://host"),
        ("sources", "rtsp://pi:a/bc@cam/1?x=2&pwd=abc", "rtsp://***@cam/1?x=2&pwd=***"),
        ("sources", ["rtsp://cam:554/1", "http://host/a@b"], ["rtsp://cam:554/1", "http://host/a@b"]),
        ("frames", 3, 3),
    ],
)
def test_secrets_are_told_from_what_is_none(key: str, value: object, shown: object) -> None:
    assert hidden(key, value) == shown
    assert secret_keys({key: value}) == ([key] if shown != value else [])


@pytest.mark.parametrize(
    ("command", "shown", "warned"),
    [
        ("./gate.sh", "./gate.sh", False),
        ("'my gate'", "'my gate'", False),
        ("./gate.sh --open 3 -u pi", "./gate.sh ***", False),
        ("'my gate' open", "'my gate' ***", False),
        ("say monkey: --pass --no", "say ***", False),
        ("curl http://host", "curl ***", False),
        ("curl -u pi:abc x", "curl ***", True),
        ("curl https://host/abc", "curl ***", True),
        ("say --token abc", "say ***", True),
        ("say --api-key=abc", "say ***", True),
        ("mail --password 'abc def'", "mail ***", True),
        ("mail --password 'abc", "mail ***", True),
        ("sshpass -p abc ssh pi", "sshpass ***", True),
        ("say -H 'X-Api-Key: abc'", "say ***", True),
        ("say -H 'Authorization: Bearer abc' x", "say ***", True),
        ("env PW=abc say", "env ***", True),
        ("env MAIL_KEY=abc say", "env ***", True),
        ("PW=abc say", "***", True),
        ("PW=abc", "***", True),
    ],
)
def test_of_a_command_only_the_program_is_shown(command: str, shown: str, warned: bool) -> None:
    assert hidden("output", ["window", f"run:{command}"]) == ["window", f"run:{shown}"]
    assert secret_keys({"output": ["window", f"run:{command}"]}) == (["output"] if warned else [])
