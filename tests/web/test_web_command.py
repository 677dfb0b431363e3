"""`digitreader read --web` and `digitreader serve`, as they are started."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from digitreader.cli.web_arguments import config_to_save_to

Digitreader = Callable[..., Any]
Start = Callable[..., tuple["subprocess.Popen[str]", int]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts commands that serve a page; gives the process and the page's port."""
    started: list[subprocess.Popen[str]] = []

    def start_one(*arguments: str) -> tuple[subprocess.Popen[str], int]:
        command = [sys.executable, "-m", "digitreader", *arguments]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        started.append(process)
        assert process.stderr is not None
        line = next(line for line in process.stderr if "the page: " in line)
        found = re.search(r"http://127\.0\.0\.1:(\d+)/$", line.strip())
        assert found, line
        return process, int(found[1])

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def status_of(port: int, path: str = "/", host: str | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Host": host} if host else {})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("arguments", [("read", "demo", "--web", "127.0.0.1:0"), ("serve", "0")])
def test_the_page_is_served_and_a_foreign_host_is_not(start: Start, arguments: tuple[str, ...]) -> None:
    process, port = start(*arguments)
    assert status_of(port) == 200
    assert status_of(port, host="evil.example") >= 400
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 143


def test_the_camera_of_the_command_is_on_the_page(start: Start) -> None:
    _, port = start("read", "demo", "--web", "0")
    assert status_of(port, "/frame.jpg") == 200


def test_after_so_many_frames_the_page_ends_with_the_run(digitreader: Digitreader) -> None:
    ran = digitreader("read", "demo", "--frames", "3", "--web", "0", "--no-config")
    assert ran.status == 0
    assert "the page: http://127.0.0.1:" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--web", "nonsense"), "is not a [HOST:]PORT"),
        (("--web", "0", "--web-key", "key.pem"), "belong together"),
        (("--web", "0", "--web-key", "none.pem", "--web-certificate", "none.pem"), "--web-certificate"),
        (("--threshold", "2"), "is not a number from 0 to 1"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    digitreader: Digitreader, arguments: tuple[str, ...], said: str
) -> None:
    ran = digitreader("read", "demo", "--frames", "1", "--no-config", *arguments)
    assert ran.status != 0
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_without_the_extra_it_is_said_how_to_install_it(
    digitreader: Digitreader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.cli.web_arguments.WEB_MODULES", ("no_such_module_here",))
    ran = digitreader("serve", "0")
    assert ran.status == 1
    assert '[web]"' in ran.err


def test_a_threshold_leaves_out_what_is_doubtful(digitreader: Digitreader) -> None:
    every = digitreader("read", "demo", "--frames", "30", "--format", "csv", "--no-config", "--threshold", "1")
    assert every.status == 0
    assert len(every.out.splitlines()) == 1, "the head of the table alone"


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"no_config": True}, None),
        ({"config": "mine.toml"}, Path("mine.toml")),
        ({}, Path("/home/pi/.config/digitreader/config.toml")),
    ],
)
def test_the_page_saves_its_settings_where_the_next_run_looks_for_them(
    options: dict[str, Any], place: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/home/pi/.config")
    assert config_to_save_to(Namespace(**({"no_config": False, "config": None} | options))) == place
