"""The systemd unit: what it says, and that systemd understands it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from digitreader.setup.service.unit import MARK, Service, devices_for, unit_text

COMMAND = (sys.executable, "-P", "-m", "digitreader", "read", "--config", "/etc/digitreader/config.toml")
OWN = Service("digitreader", COMMAND)
MACHINES = Service("digitreader", COMMAND, run_as="daemon", devices=("char-video4linux",), writable=(Path("/srv/a b"),))


def settings(service: Service) -> dict[str, list[str]]:
    """What a unit says, by the name of each setting."""
    told: dict[str, list[str]] = {}
    for line in unit_text(service).splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            told.setdefault(name, []).append(value)
    return told


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("whose", ["--system", "--user"])
@pytest.mark.parametrize("devices", [(), ("char-video4linux", "char-media", "char-dma_heap")])
def test_systemd_understands_the_unit(whose: str, devices: tuple[str, ...], tmp_path: Path) -> None:
    run_as = "daemon" if whose == "--system" else None
    unit = tmp_path / "digitreader.service"
    odd = (*COMMAND, 'a "quoted" 50% $HOME\\ word')
    unit.write_text(unit_text(Service("digitreader", odd, run_as, devices, (tmp_path / "a b",))), encoding="utf-8")
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    command = ["systemd-analyze", whose, "--man=no", "verify", str(unit)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    # other units of the machine are loaded beside it, and theirs are not our mistakes
    ours = [line for line in done.stderr.splitlines() if "digitreader" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_refuses_what_is_wrong(tmp_path: Path) -> None:
    unit = tmp_path / "digitreader.service"
    unit.write_text(unit_text(OWN).replace("Type=notify", "Type=often"), encoding="utf-8")
    command = ["systemd-analyze", "--system", "--man=no", "verify", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Type=often" in done.stderr.replace(" ", "") or "often" in done.stderr


@pytest.mark.parametrize("service", [OWN, MACHINES])
def test_it_is_watched_restarted_and_shut_in(service: Service) -> None:
    told = settings(service)
    expected = {
        "Type": "notify",
        "WatchdogSec": "60",
        "Restart": "always",
        "RestartPreventExitStatus": "2",
        "StartLimitIntervalSec": "0",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "read-only",
        "StandardOutput": "journal",
        "StandardError": "journal",
    }
    assert {name: told[name] for name in expected} == {name: [value] for name, value in expected.items()}


def test_the_machines_service_is_no_root_and_sees_the_camera_alone() -> None:
    told = settings(MACHINES)
    assert told["User"] == ["daemon"]
    assert told["CapabilityBoundingSet"] == [""]
    assert (told["DevicePolicy"], told["DeviceAllow"]) == (["closed"], ["char-video4linux rw"])
    assert told["WantedBy"] == ["multi-user.target"]


def test_a_service_without_a_camera_sees_no_device() -> None:
    told = settings(Service("digitreader", COMMAND, run_as="daemon"))
    assert told["PrivateDevices"] == ["yes"]
    assert "DeviceAllow" not in told
    assert "SupplementaryGroups" not in told


def test_a_users_own_service_asks_for_nothing_that_only_root_can_give() -> None:
    told = settings(OWN)
    assert not told.keys() & {"User", "SupplementaryGroups", "DevicePolicy", "CapabilityBoundingSet", "ProtectClock"}
    assert told["WantedBy"] == ["default.target"]


def test_it_may_write_to_its_own_folder_and_to_those_that_are_named() -> None:
    told = settings(MACHINES)
    assert (told["StateDirectory"], told["WorkingDirectory"]) == (["digitreader"], ["%S/digitreader"])
    assert told["ReadWritePaths"] == ['"/srv/a b"']


def test_words_of_the_command_are_quoted_as_systemd_reads_them() -> None:
    service = Service("digitreader", ("/usr/bin/python3", 'a "b" c', "50%", "$HOME", "back\\slash"))
    assert settings(service)["ExecStart"] == [r'/usr/bin/python3 "a \"b\" c" 50%% $$HOME "back\\slash"']


def test_the_first_line_says_who_wrote_it() -> None:
    assert unit_text(OWN).splitlines()[0] == MARK


@pytest.mark.parametrize(
    ("sources", "devices"),
    [
        (["0"], ("char-video4linux",)),
        (["/dev/video2", "1"], ("char-video4linux",)),
        (["/dev/v4l/by-id/usb-Cam-video-index0"], ("char-video4linux",)),
        (["0", "picamera"], ("char-video4linux", "char-media", "char-dma_heap")),
        (["auto"], ("char-video4linux", "char-media", "char-dma_heap")),
        (["rtsp://cam/1", "demo", "-", "clip.mp4"], ()),
    ],
)
def test_each_source_is_given_the_devices_that_it_needs(sources: list[str], devices: tuple[str, ...]) -> None:
    assert devices_for(sources) == devices
