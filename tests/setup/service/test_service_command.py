"""`digitreader service`: what it asks systemd for; a systemctl of the test's own, a double, writes that down."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from digitreader.cli.main import main
from digitreader.errors import ServiceError
from digitreader.setup.service.systemctl import Systemd as Manager
from digitreader.setup.service.unit import MARK

from .conftest import Systemd


def test_install_writes_the_unit_and_starts_it(systemd: Systemd, config: Path) -> None:
    assert main(["service", "install", "--user", "--config", str(config)]) == 0
    assert f"read --config {config} --wait-for-camera\n" in systemd.unit.read_text(encoding="utf-8")
    assert systemd.asked == [
        "systemctl --user daemon-reload",
        "systemctl --user enable digitreader.service",
        "systemctl --user restart --no-block digitreader.service",
        "loginctl enable-linger",
    ]


def test_a_file_in_the_services_own_folder_is_no_module(systemd: Systemd, config: Path, tmp_path: Path) -> None:
    assert main(["service", "install", "--user", "--config", str(config)]) == 0
    unit = systemd.unit.read_text(encoding="utf-8").splitlines()
    command = next(line.removeprefix("ExecStart=") for line in unit if line.startswith("ExecStart="))
    started = [*shlex.split(command.partition(" read ")[0]), "--version"]
    (tmp_path / "digitreader.py").write_text("raise SystemExit('taken for digitreader')", encoding="utf-8")
    told = subprocess.run(started, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.startswith("digitreader ")


def test_install_again_replaces_our_own_unit(systemd: Systemd, config: Path) -> None:
    for watch in ("60", "20"):
        assert main(["service", "install", "--user", "--config", str(config), "--watchdog", watch]) == 0
    assert "WatchdogSec=20\n" in systemd.unit.read_text(encoding="utf-8")


@pytest.mark.parametrize("what", ["install", "remove"])
def test_anothers_unit_is_left_alone(
    what: str, systemd: Systemd, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    systemd.unit.parent.mkdir(parents=True)
    systemd.unit.write_text("[Service]\n", encoding="utf-8")
    assert main(["service", what, "--user", "--config", str(config)]) == 1
    assert "was not written by digitreader and is left alone" in capsys.readouterr().err
    assert (systemd.unit.read_text(encoding="utf-8"), systemd.asked) == ("[Service]\n", [])


def test_print_changes_nothing(systemd: Systemd, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "install", "--user", "--config", str(config), "--print"]) == 0
    assert capsys.readouterr().out.startswith(MARK)
    assert (systemd.unit.exists(), systemd.asked) == (False, [])


def test_remove_stops_it_and_takes_the_unit_away(systemd: Systemd, config: Path) -> None:
    assert main(["service", "install", "--user", "--config", str(config)]) == 0
    assert main(["service", "remove", "--user"]) == 0
    assert not systemd.unit.exists()
    assert systemd.asked[-3:-1] == [
        "systemctl --user disable --now digitreader.service",
        "systemctl --user daemon-reload",
    ]


@pytest.mark.parametrize(("linger", "said"), [("yes", True), ("no", False)])
def test_remove_says_that_lingering_is_still_on(
    linger: str,
    said: bool,
    systemd: Systemd,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["service", "install", "--user", "--config", str(config)]) == 0
    monkeypatch.setenv("LINGER", linger)
    assert main(["service", "remove", "--user"]) == 0
    assert ("if none needs that any more: loginctl disable-linger\n" in capsys.readouterr().err) == said


@pytest.mark.parametrize("step", ["daemon-reload", "enable digitreader", "restart"])
def test_a_failed_install_leaves_no_unit_behind(
    step: str, systemd: Systemd, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFUSED", step)
    link = systemd.unit.parent / "default.target.wants" / systemd.unit.name
    link.parent.mkdir(parents=True)
    link.symlink_to(systemd.unit)  # as systemd makes it, and as it stays where systemd cannot be reached
    assert main(["service", "install", "--user", "--config", str(config)]) == 1
    assert (systemd.unit.exists(), link.is_symlink()) == (False, False)


def test_a_failed_install_leaves_the_earlier_unit(
    systemd: Systemd, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["service", "install", "--user", "--config", str(config)]) == 0
    earlier = systemd.unit.read_bytes()
    monkeypatch.setenv("REFUSED", "restart")
    assert main(["service", "install", "--user", "--config", str(config), "--watchdog", "20"]) == 1
    assert systemd.unit.read_bytes() == earlier
    assert systemd.asked[-1] == "systemctl --user daemon-reload"


@pytest.mark.parametrize("step", ["disable", "daemon-reload"])
def test_remove_takes_the_unit_away_even_where_systemd_refuses(
    step: str, systemd: Systemd, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["service", "install", "--user", "--config", str(config)]) == 0
    capsys.readouterr()
    monkeypatch.setenv("REFUSED", step)
    assert main(["service", "remove", "--user"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        f"digitreader: error: {systemd.unit}: is removed, but the running service may go on until the machine"
    )
    assert f"Failed: {step}; log in directly" in line
    assert not systemd.unit.exists()


def test_what_is_not_installed_cannot_be_removed(systemd: Systemd, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "remove", "--user"]) == 1
    assert "there is no such service" in capsys.readouterr().err


def test_status_tells_what_runs(
    systemd: Systemd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "LoadState=loaded\nActiveState=active\nSubState=running\nStatusText=0: 9 frames processed\nNRestarts=2\n"
    monkeypatch.setenv("TOLD", f"{told}UnitFileState=enabled\n")
    assert main(["service", "status", "--user"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "digitreader: active (running), enabled, restarts: 2",
        "0: 9 frames processed",
    ]


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ("LoadState=not-found\nActiveState=inactive\n", "digitreader: not installed"),
        (
            "LoadState=loaded\nActiveState=failed\nSubState=failed\nUnitFileState=enabled\nNRestarts=0\n",
            "digitreader: failed (failed), enabled, restarts: 0",
        ),
    ],
)
def test_status_is_1_where_it_does_not_run(
    told: str, line: str, systemd: Systemd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOLD", told)
    assert main(["service", "status", "--user"]) == 1
    assert capsys.readouterr().out.splitlines() == [line]


def test_a_refusal_of_systemd_is_one_line(
    systemd: Systemd, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REFUSED", "daemon-reload")
    assert main(["service", "install", "--user", "--config", str(config)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("digitreader: error: systemctl --user daemon-reload: Failed: daemon-reload; log in directly")


def test_without_lingering_it_says_when_the_service_ends(
    systemd: Systemd, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REFUSED", "enable-linger")
    assert main(["service", "install", "--user", "--config", str(config)]) == 0
    assert "sudo loginctl enable-linger $USER" in capsys.readouterr().err


def test_a_machine_without_systemd_is_told_so(
    systemd: Systemd, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["service", "status", "--user"]) == 1
    assert "this system has no systemd" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (None, 1, "a service needs a configuration file: digitreader config 0 > cam.toml"),
        ("format = 'jsonl'", 1, "names no source, and a service must not guess one"),
        ("sorces = [0]", 2, "unknown key 'sorces'; the nearest is 'sources'"),
    ],
)
def test_install_refuses_a_configuration_that_cannot_be_served(
    text: str | None, status: int, said: str, systemd: Systemd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = []
    if text is not None:
        (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
        words = ["--config", str(tmp_path / "bad.toml")]
    assert main(["service", "install", "--user", *words]) == status
    assert said in capsys.readouterr().err
    assert not systemd.unit.exists()


def test_a_name_is_no_path(systemd: Systemd, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["service", "install", "--user", "--config", str(config), "--name", "../x"]) == 1
    assert "'../x' is not a name for a service" in capsys.readouterr().err


def test_the_machines_service_runs_as_who_called_sudo(
    systemd: Systemd, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUDO_USER", "daemon")
    assert main(["service", "install", "--system", "--config", str(config), "--print"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert {"User=daemon", "DeviceAllow=char-video4linux rw"} <= set(told)


@pytest.mark.parametrize(("watch", "watched"), [("false", True), ("true", False)])
def test_a_folder_that_may_stay_as_it_is_for_long_is_given_no_watchdog(
    watch: str, watched: bool, systemd: Systemd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "inbox.toml"
    config.write_text(f"sources = ['{tmp_path}']\nwatch = {watch}", encoding="utf-8")
    assert main(["service", "install", "--user", "--config", str(config), "--print"]) == 0
    assert ("WatchdogSec=60" in capsys.readouterr().out) == watched


def test_a_source_by_its_option_is_a_source(
    systemd: Systemd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "cam.toml"
    config.write_text("source = ['0']", encoding="utf-8")
    command = ["service", "install", "--system", "--run-as", "daemon", "--config", str(config), "--print"]
    assert main(command) == 0
    assert "DeviceAllow=char-video4linux rw" in capsys.readouterr().out


def test_the_machines_service_is_never_roots(
    systemd: Systemd, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SUDO_USER", "root")
    assert main(["service", "install", "--system", "--config", str(config), "--print"]) == 1
    assert "name another user: --run-as USER" in capsys.readouterr().err


def test_the_machines_service_needs_a_user_that_exists(
    systemd: Systemd, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["service", "install", "--system", "--config", str(config), "--print", "--run-as"]
    assert main([*command, "nobody-of-this-name"]) == 1
    assert "nobody-of-this-name: there is no such user here" in capsys.readouterr().err


def test_who_runs_it_must_be_able_to_read_the_configuration(
    systemd: Systemd, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["service", "install", "--system", "--config", str(config), "--print", "--run-as", "daemon"]
    config.chmod(0o600)
    assert main(command) == 1
    assert f"sudo chown daemon {config}" in capsys.readouterr().err
    config.chmod(0o604)
    assert main(command) == 0
    config.chmod(0o640)
    assert main(command) == 1
    monkeypatch.setattr(os, "getgrouplist", lambda _name, _group: [config.stat().st_gid])
    assert main(command) == 0


def test_a_reference_of_the_configuration_needs_a_file_that_the_service_reads(
    systemd: Systemd, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text("sources = ['rtsp://eye:${CAMERA}@cam/1']", encoding="utf-8")
    install = ["service", "install", "--user", "--config", str(config)]
    monkeypatch.setenv("CAMERA", "which a service does not have")
    assert main(install) == 1
    told = capsys.readouterr().err
    assert (
        f"{config}: ${{CAMERA}}: a service does not know this variable; write the file that --environment-file FILE"
        in told
    )
    secrets = tmp_path / "my 100 %.env"
    secrets.write_text("# for the camera\nOTHER=x\n", encoding="utf-8")
    assert main([*install, "--environment-file", str(secrets)]) == 1
    assert f"write it into {secrets}: CAMERA=..." in capsys.readouterr().err
    assert (systemd.unit.exists(), systemd.asked) == (False, [])
    secrets.write_text("# for the camera\nCAMERA='geheim'\n", encoding="utf-8")
    assert main([*install, "--environment-file", str(secrets)]) == 0
    unit = systemd.unit.read_text(encoding="utf-8")
    assert f"EnvironmentFile={tmp_path}/my 100 %%.env\n" in unit
    assert "geheim" not in unit


def test_root_is_not_told_to_become_root(
    systemd: Systemd, config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    systemd.unit.parent.mkdir(parents=True)
    systemd.unit.mkdir()  # which nobody can read like a file
    for user, told in ((0, "root itself is refused"), (1000, "become root with sudo")):
        monkeypatch.setattr("os.geteuid", lambda user=user: user)
        assert main(["service", "remove", "--user", "--config", str(config)]) == 1
        assert told in capsys.readouterr().err


@pytest.mark.parametrize(("user", "advice"), [(True, "log in directly"), (False, "journalctl -b tells more")])
def test_a_refusal_of_systemctl_has_advice_for_users_and_for_root(tmp_path: Path, user: bool, advice: str) -> None:
    def refuse(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "Failed to connect to bus\n")

    manager = Manager(tmp_path, user, refuse)
    with pytest.raises(ServiceError, match=f"Failed to connect to bus; .*{advice}") as refused:
        manager._systemctl("daemon-reload")  # noqa: SLF001
    assert ("--user" in str(refused.value)) == user
