"""Secrets in a configuration file: never shown, and told from what is none; readable ones are warned about."""

from __future__ import annotations

import stat

import pytest

from digitreader.cli.main import main
from digitreader.setup.config_file import hidden, secret_keys

from .conftest import Say


def test_a_secret_is_never_printed(write: Say, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("sources = ['rtsp://eye:geheim@cam/1']")
    assert main(["config", "--config", str(path)]) == 0
    said = capsys.readouterr()
    assert 'sources = ["rtsp://***@cam/1"]  # file, hidden here as ***' in said.out
    assert "geheim" not in said.out + said.err


def test_a_printed_file_is_no_file_before_its_hidden_secret_is_written_in(
    write: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "demo", "--no-config", "--output", "https://host/hooks/geheim"]) == 0
    printed, said = capsys.readouterr()
    assert "write it into the file yourself" in said
    assert main(["read", "--config", str(write(printed))]) == 2
    refused = capsys.readouterr().err
    assert refused.count("\n") == 1
    assert "output: *** stands where digitreader config has hidden" in refused
    assert main(["config", "--config", str(write(printed.replace("***", "hooks/geheim")))]) == 0


def test_a_secret_that_everybody_may_read_is_warned_about(write: Say, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("sources = ['rtsp://eye:geheim@cam/1']")
    assert main(["config", "--config", str(path)]) == 0
    assert "chmod" not in capsys.readouterr().err
    path.chmod(path.stat().st_mode | stat.S_IROTH)
    assert main(["config", "--config", str(path)]) == 0
    warned = capsys.readouterr().err.splitlines()[0]
    assert (
        warned == f"digitreader: warning: {path}: sources may hold a secret and everybody may read it; chmod 600 {path}"
    )


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
