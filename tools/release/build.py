"""`make release`: sdist and wheel, built twice to the same bytes, with SBOM and checksums, tried in a bare place."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.commands import LOCKED, REPOSITORY, ToolError, run
from tools.release.bare import try_wheel
from tools.release.sbom import sbom_of

DIST = REPOSITORY / "dist"
SUMS = "SHA256SUMS"


def committed_sources(folder: Path) -> None:
    """Unpack what is committed, and nothing else, into a folder.

    Raises:
        ToolError: something is not committed.
    """
    changed = run("git", "status", "--porcelain", cwd=REPOSITORY).splitlines()
    if changed:
        raise ToolError(f"{changed[0][3:]} is not committed, nor are {len(changed) - 1} others; commit or stash first")
    content = subprocess.run(["git", "archive", "HEAD"], cwd=REPOSITORY, stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # not in Python 3.11.2
        archive.extractall(folder)  # noqa: S202 # our own files


def build(folder: Path, *, umask: int) -> dict[str, bytes]:
    """Build both distributions of the committed sources, in a folder that is empty.

    Args:
        folder: its path must not matter ...
        umask: ... nor which rights new files get.

    Returns:
        By file name.
    """
    source, out = folder / "source", folder / "out"
    source.mkdir(parents=True)
    before = os.umask(umask)
    try:
        committed_sources(source)
        committed_at = run("git", "log", "-1", "--format=%ct", cwd=REPOSITORY).strip()
        environment = os.environ | {"SOURCE_DATE_EPOCH": committed_at}
        command = (sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(out))
        run(*command, cwd=source, environment=environment)
    finally:
        os.umask(before)
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def built_twice() -> dict[str, bytes]:
    """Both distributions, built in two places with other rights.

    Raises:
        ToolError: the bytes differ.
    """
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = build(Path(one) / "a", umask=0o022)
        second = build(Path(other) / "another" / "place", umask=0o077)
    if first.keys() != second.keys():
        raise ToolError(f"built {', '.join(first)}, and then {', '.join(second)}")
    different = [name for name, content in first.items() if second[name] != content]
    if different:
        raise ToolError(f"{different[0]}: a second build gave other bytes; look at both with diffoscope")
    return first


def sums_of(files: dict[str, bytes]) -> str:
    """What `sha256sum --check` reads."""
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))


def main() -> int:
    """Fill dist/ and say what is in it.

    Returns:
        0, or 1 where there is no release.
    """
    try:
        files = built_twice()
        (wheel,) = (name for name in files if name.endswith(".whl"))
        version = wheel.split("-")[1]
        locked = LOCKED.read_text(encoding="utf-8")
        made_at = int(run("git", "log", "-1", "--format=%ct", cwd=REPOSITORY))
        files[f"digitreader-{version}.cdx.json"] = sbom_of(wheel, files[wheel], locked, made_at=made_at)
        shutil.rmtree(DIST, ignore_errors=True)
        DIST.mkdir()
        for name, content in files.items():
            (DIST / name).write_bytes(content)
        (DIST / SUMS).write_text(sums_of(files), encoding="utf-8")
        print("built twice to the same bytes:")
        print(sums_of(files), end="")
        for line in try_wheel(DIST / wheel, version):
            print(f"bare environment: {line}", flush=True)
    except ToolError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
