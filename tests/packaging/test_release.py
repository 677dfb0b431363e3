"""What a release tells of itself: its parts, its checksums, what is known of them, and the Pythons that were tried."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.commands import ToolError
from tools.release import audit, pythons
from tools.release.audit import audit_of
from tools.release.bare import try_wheel
from tools.release.build import committed_sources, sums_of
from tools.release.pythons import VERSIONS, find_python
from tools.release.sbom import DIRECT, read_lock, sbom_of

LOCK = """\
# made by make lock
numpy==2.4.6 \\
    --hash=sha256:aa11 \\
    --hash=sha256:bb22
tqdm==4.70.1 ; sys_platform == 'linux' \\
    --hash=sha256:cc33
"""
WHEEL = "digitreader-1.2.3-py3-none-any.whl"


def test_a_lock_is_read_with_its_markers_and_hashes() -> None:
    numpy, tqdm = read_lock(LOCK)
    assert (numpy.name, numpy.version, numpy.marker, numpy.hashes) == ("numpy", "2.4.6", "", ("aa11", "bb22"))
    assert (tqdm.marker, tqdm.address) == ("sys_platform == 'linux'", "pkg:pypi/tqdm@4.70.1")


def test_the_parts_list_is_the_same_each_time_and_names_the_wheel() -> None:
    once, again = (sbom_of(WHEEL, b"wheel", LOCK, made_at=1_700_000_000) for _ in range(2))
    assert once == again
    told = json.loads(once)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert told["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    product = told["metadata"]["component"]
    assert (product["purl"], product["hashes"][0]["content"]) == (
        "pkg:pypi/digitreader-edge@1.2.3",
        hashlib.sha256(b"wheel").hexdigest(),
    )
    assert sbom_of(WHEEL, b"another", LOCK, made_at=1_700_000_000) != once


def test_the_parts_list_names_every_locked_package_and_who_needs_it(repository: Path) -> None:
    lock = (repository / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    told = json.loads(sbom_of(WHEEL, b"wheel", lock, made_at=0))
    names = {each["name"] for each in told["components"]}
    assert set(DIRECT) <= names
    assert {each["bom-ref"] for each in told["components"]} == {row["ref"] for row in told["dependencies"][1:]}
    needed = {ref for row in told["dependencies"] for ref in row["dependsOn"]}
    assert needed == {each["bom-ref"] for each in told["components"]}


def test_checksums_are_what_sha256sum_checks(tmp_path: Path) -> None:
    files = {"b.whl": b"two", "a.tar.gz": b"one"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "SHA256SUMS").write_text(sums_of(files))
    done = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "a.tar.gz: OK\nb.whl: OK\n")


def test_what_is_not_committed_is_not_released(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tools.release.build.run", lambda *_, **__: " M runtime/digitreader/values.py\n?? notes.txt\n")
    with pytest.raises(ToolError, match=r"runtime/digitreader/values.py is not committed, nor are 1 others"):
        committed_sources(tmp_path)


def test_the_wheel_is_tried_bare(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # `make test` has left the runtime's wheels in uv's cache, so that no network is needed
    monkeypatch.setattr("tools.release.bare.OFFLINE", ("--offline",))
    monkeypatch.setattr("tools.release.bare.MODELS", ("tiny",))
    monkeypatch.setattr("tools.release.bare.FRAMES", 60)
    lines = list(try_wheel(wheel, wheel.name.split("-")[1]))
    assert lines[0].startswith("Python ")
    assert "digitreader verify: tiny give the integers of their cards" in lines
    assert lines[-1].startswith("digitreader read demo: ")


def test_a_wheel_of_another_version_is_refused(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.release.bare.OFFLINE", ("--offline",))
    with pytest.raises(ToolError, match=r"the wheel is 99\.0"):
        list(try_wheel(wheel, "99.0"))


ANSWER = {
    "dependencies": [
        {"name": "numpy", "version": "2.4.6", "vulns": []},
        {"name": "tqdm", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]}]},
        {"name": "protobuf", "skip_reason": "Dependency not found"},
    ]
}


def test_an_audit_tells_the_vulnerable_from_those_that_nobody_looked_at() -> None:
    told = audit_of(ANSWER)
    assert told.looked_at == 2
    assert told.vulnerable == ("tqdm 1.0: PYSEC-1; mended in 1.1, 2.0",)
    assert told.skipped == ("protobuf",)


@pytest.mark.parametrize(
    ("answer", "plain", "strict", "said"),
    [
        ({"dependencies": [{"name": "numpy", "version": "1", "vulns": []}]}, 0, 0, "1 packages looked at"),
        ({"dependencies": [{"name": "numpy", "skip_reason": "not found"}]}, 0, 1, "NOT AUDITED"),
        (ANSWER, 1, 1, "PYSEC-1"),
    ],
)
def test_an_audit_that_looked_at_nothing_does_not_pass_for_one(
    answer: dict[str, object],
    plain: int,
    strict: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(audit, "ask", lambda _lock: (audit_of(answer), ""))
    assert (audit.main([]), audit.main(["--strict"])) == (plain, strict)
    assert said in capsys.readouterr().out


def test_this_python_is_found_by_its_version() -> None:
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert own in VERSIONS
    assert find_python(own) == sys.executable
    assert find_python("3.4") is None


def test_a_python_that_is_not_here_is_said_and_fails_where_all_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(pythons, "find_python", lambda version: None if version == "3.13" else sys.executable)
    monkeypatch.setattr(pythons, "check", lambda *_, **__: None)
    wheel = str(tmp_path / WHEEL)
    assert (pythons.main([wheel]), pythons.main(["--all", wheel])) == (0, 1)
    said = capsys.readouterr().out
    assert "Python 3.13: not here; install it" in said
    assert "2 of 3 Pythons pass; 3.13 is not here" in said
