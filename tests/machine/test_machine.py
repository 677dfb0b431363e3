"""The emulated machine: its RAM disk, its modules, what starts it and how its checks are judged."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from tools.commands import ToolError
from tools.machine import camera, system
from tools.machine.camera import command, main, watch
from tools.machine.guest import check
from tools.machine.initrd import Initrd
from tools.machine.system import ARCHITECTURES, Machine, in_order


def entries(path: Path) -> dict[str, tuple[int, bytes]]:
    """Name -> mode and content of each entry of a cpio file."""
    content, at = path.read_bytes(), 0
    found: dict[str, tuple[int, bytes]] = {}
    while True:
        head = content[at : at + 110]
        assert head[:6] == b"070701"
        fields = [int(head[6 + 8 * number : 14 + 8 * number], 16) for number in range(13)]
        name = content[at + 110 : at + 110 + fields[11] - 1].decode()
        begin = at + 110 + fields[11]
        begin += -begin % 4
        if name == "TRAILER!!!":
            return found
        found[name] = fields[1], content[begin : begin + fields[6]]
        at = begin + fields[6]
        at += -at % 4


def test_a_ram_disk_holds_files_links_and_the_folders_that_they_lie_in(tmp_path: Path) -> None:
    with Initrd(tmp_path / "initrd") as initrd:
        initrd.file("etc/deep/name", "text", mode=0o600)
        initrd.link("init", "usr/lib/systemd/systemd")
        initrd.file("etc/deep/name", "later")
    found = entries(tmp_path / "initrd")
    assert found["etc/deep/name"] == (0o100600, b"text")
    assert found["init"] == (0o120777, b"usr/lib/systemd/systemd")
    assert found["etc/deep"][0] == found["etc"][0] == 0o040755
    assert found["tmp"][0] == 0o041777
    assert found["bin"] == (0o120777, b"usr/bin")


def test_a_tree_is_merged_into_usr_and_loses_what_no_check_needs(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for name in ("bin/program", "usr/bin/other", "usr/share/doc/readme", "lib/modules/6.1/kernel/big.ko"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)
    (tree / "bin" / "program").chmod(0o755)
    with Initrd(tmp_path / "initrd") as initrd:
        initrd.tree(tree)
    found = entries(tmp_path / "initrd")
    assert found["usr/bin/program"] == (0o100755, b"bin/program")
    assert "usr/bin/other" in found
    assert not {name for name in found if "readme" in name or "big.ko" in name}


def test_modules_are_loaded_after_those_that_they_depend_on(tmp_path: Path) -> None:
    needs = {"vivid": b"videodev,v4l2-tpg,builtin", "v4l2_tpg": b"videodev", "videodev": b"mc", "mc": b""}
    files = {}
    for name, depends in needs.items():
        files[name] = tmp_path / f"{name}.ko"
        files[name].write_bytes(b"\x7fELF\0license=GPL\0depends=" + depends + b"\0name=x\0")
    order = in_order("vivid", files)
    assert order == ["mc", "videodev", "v4l2_tpg", "vivid"]


def test_the_machine_has_no_network_and_no_disk(tmp_path: Path) -> None:
    machine = Machine(ARCHITECTURES["aarch64"], tmp_path / "vmlinuz", tmp_path / "initrd")
    words = command(machine, accelerated=False)
    assert words[0] == "qemu-system-aarch64"
    assert words[words.index("-nic") + 1] == "none"
    assert "cortex-a72" in words
    assert not {"-drive", "-hda", "-device"} & set(words)


@pytest.mark.parametrize(("failed", "status"), [(0, 0), (1, 1)])
def test_the_checks_are_printed_and_judged_by_their_last_line(
    failed: int, status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = f"print('booting'); print('CHECK install ok 1.0 s fine'); print('CHECKS 7 passed, {failed} failed')"
    monkeypatch.setattr(camera, "KEPT", tmp_path)
    monkeypatch.setattr(camera, "build_wheel", lambda _folder: tmp_path / "wheel")
    monkeypatch.setattr(camera, "make_machine", lambda *_: None)
    monkeypatch.setattr(camera, "command", lambda _machine, **_: [sys.executable, "-c", said])
    assert main([]) == status
    printed = capsys.readouterr()
    assert "CHECK install ok" in printed.out
    assert "booting" not in printed.out
    assert ("not all checks passed" in printed.err) is bool(failed)
    assert (tmp_path / "console.txt").read_text().startswith("booting")


def test_a_machine_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(camera, "KEPT", tmp_path)
    with pytest.raises(ToolError, match="did not end in 1 s"):
        watch([sys.executable, "-c", "import time; time.sleep(60)"], 1)


def test_a_machine_without_the_emulator_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tools.machine.system.shutil.which", lambda _name: None)
    with pytest.raises(ToolError, match="sudo apt-get install qemu-system-arm"):
        system.make_machine("aarch64", tmp_path / "wheel")


def test_kvm_is_refused_for_another_processor() -> None:
    other = next(name for name in ARCHITECTURES if name != system.own_processor())
    with pytest.raises(ToolError, match="leave --kvm out"):
        camera.check_kvm(other)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in which two sheets are about to be shown, 12 and 34."""
    now = time.time()
    sheets = [("12", now + 10, now + 11), ("34", now + 12, now + 13)]
    rows = [{"text": text, "from": since, "to": to} for text, since, to in sheets]
    (tmp_path / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    pace = {"frame_s": 0.05, "held_s": 1.5, "away_s": 0.0, "rate": 30.0}
    (tmp_path / "pace.json").write_text(json.dumps(pace))
    monkeypatch.setattr(check, "TRUTH", tmp_path / "truth.jsonl")
    monkeypatch.setattr(check, "EVENTS", tmp_path / "events.jsonl")
    monkeypatch.setattr(check, "PACE", tmp_path / "pace.json")
    return tmp_path


def announce(folder: Path, *texts: str) -> None:
    """Write events: each a number that was told while its sheet was there."""
    when = [time.time() + 10.5 + 2 * at for at in range(len(texts))]
    told = [time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(each)) + f".{int(each % 1 * 1000):03d}Z" for each in when]
    rows = [{"event": "number", "text": text, "time": time} for text, time in zip(texts, told, strict=True)]
    (folder / "events.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_what_is_announced_must_be_what_is_shown(shown: Path) -> None:
    announce(shown, "12", "34")
    assert check.sheets_are_announced(2) == "2 sheets, 12 34"


@pytest.mark.parametrize("texts", [(), ("12",), ("12", "35"), ("34", "12")])
def test_a_number_that_is_missing_or_wrong_fails(shown: Path, texts: tuple[str, ...]) -> None:
    announce(shown, *texts)
    with pytest.raises(check.CheckError, match=r"shown \['12', '34'\], announced"):
        check.sheets_are_announced(2)
