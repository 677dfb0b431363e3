"""`digitreader service`: what it asks systemd for; a systemctl of the test's own, a double, writes that down."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from digitreader.main import main
from digitreader.model.shipped import shipped_models
from digitreader.service.unit import MARK

SYSTEMCTL = """\
#!/bin/sh
echo "$(basename "$0") $*" >> "$ASKED"
[ "$2" = show ] && printf '%s' "$TOLD"
[ "$1" = show-user ] && echo "Linger=$LINGER"
case "$*" in *"$REFUSED"*) echo "Failed: $REFUSED" >&2; exit 1;; esac
exit 0
"""


class Systemd:
    """The double: what was asked of it, and the user's units."""

    def __init__(self, folder: Path) -> None:
        self.asked_file = folder / "asked"
        self.unit = folder / "config" / "systemd" / "user" / "digitreader.service"

    @property
    def asked(self) -> list[str]:
        return self.asked_file.read_text(encoding="utf-8").splitlines() if self.asked_file.exists() else []


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Systemd:
    """Takes the place of systemctl and loginctl."""
    double = Systemd(tmp_path)
    for name in ("systemctl", "loginctl"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(SYSTEMCTL, encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("ASKED", str(double.asked_file))
    monkeypatch.setenv("REFUSED", "nothing of all this")
    monkeypatch.setenv("TOLD", "")
    monkeypatch.setenv("LINGER", "no")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("digitreader.config.places.SYSTEM", tmp_path / "etc" / "config.toml")
    return double


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that names a camera."""
    path = tmp_path / "cam.toml"
    path.write_text("sources = [0]", encoding="utf-8")
    return path


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
    assert ("where none needs it any more: loginctl disable-linger\n" in capsys.readouterr().err) == said


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
    assert line.startswith(f"digitreader: error: {systemd.unit}: is removed, but what runs may go on until the machine")
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
    assert "'../x' is no name for a service" in capsys.readouterr().err


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
    assert "name one: --run-as USER" in capsys.readouterr().err


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


def serve(folder: Path, text: str, *words: str) -> int:
    """Print the unit of a configuration."""
    if "mqtt" in text:
        pytest.importorskip("paho.mqtt", reason="paho-mqtt is not installed; it is the extra [mqtt]")
    config = folder / "cam.toml"
    config.write_text(f"sources = [0]\n{text}", encoding="utf-8")
    config.chmod(0o600)  # what may be a secret in it is not warned about
    return main(["service", "install", "--user", "--config", str(config), "--print", *words])


@pytest.fixture
def srv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is not open to a service, though the tests' own may lie in /tmp, which is."""
    monkeypatch.setattr("digitreader.service.reaching.OPEN_TO_ALL", (Path("/dev"),))
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
    assert "a service may write to its own folder alone" in said
    assert serve(tmp_path, f"output = ['{named}']", "--writable", said.split()[-1]) == 0


def test_a_folder_that_it_may_write_to_must_be_there(
    systemd: Systemd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing"
    assert serve(tmp_path, "", "--writable", str(missing)) == 1
    told = f"--writable {missing}: there is no such folder; make it first: mkdir -p {missing}"
    assert capsys.readouterr().err == f"digitreader: error: {told}\n"


@pytest.mark.parametrize(
    ("text", "said", "status"),
    [
        ("expect = ['digits=x']", "CONFIG: expect 'digits=x': not understood; give digits=4 or", 2),
        ("output = ['mqtt://u:geheim@h']", "CONFIG: a password in an address is seen by everyone", 2),
        ("output = ['mqtt://h']\nname = 'a/b'", "CONFIG: name 'a/b': in MQTT a name has no", 2),
        ("output = ['http://']", "CONFIG: a webhook's address is http://HOST/PATH", 2),
        ("output = ['jsn:x']", "CONFIG: output jsn: there is no such output", 2),
        ('output = ["run:a \'b"]', "CONFIG: run:a: a quote is not closed; write it as in a shell", 2),
        ("output = ['mqtt://h']\npassword-file = '/nowhere'", "CONFIG: password-file /nowhere: cannot be read", 2),
        ("source = ['rtsp://h']\nfps = 5", "CONFIG: rtsp://h: --fps can be set of a camera of this machine only", 2),
        ("watch = true", "CONFIG: watch needs one folder that exists as SOURCE, not 0", 2),
        ("model = 'nosuch'", "nosuch: no such model; give the path of a .tflite, or a shipped name", 1),
        ("output = ['run:nosuchprogram 1']", "run:nosuchprogram: a service finds no such program", 1),
        ("output = ['run:./nosuchprogram 1']", "run:./nosuchprogram: a service starts in a folder of its own", 1),
        ("output = ['run:/nowhere/gate']", "run:/nowhere/gate: a service finds no such program", 1),
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
    assert "run:gate: a service finds no such program" in capsys.readouterr().err
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
    "text", ["output = ['run:./gate.sh 1']", "ca-file = 'gate.sh'", "source = ['gate.sh']", "model = 'gate.tflite'"]
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
