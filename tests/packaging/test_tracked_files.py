"""What no file of the repository may name: one machine's folders, and the host of a package registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

# Put together from halves, so that this file passes its own test.
REGISTRY_HOSTS = ("py" + "pi.org", "python" + "hosted.org", "np" + "mjs", "deb" + ".debian.org", "pi" + "wheels.org")
MACHINE_FOLDERS = ("/" + "root/", "/" + "work/", "/home/(?!pi/)" + r"\w", "/t" + r"mp/\w", "/Us" + "ers/")


@pytest.fixture(scope="module")
def texts(repository: Path) -> dict[str, str]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=repository,
        capture_output=True,
        check=False,
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout, so it is not known which files belong to the repository")
    paths = [repository / name for name in listing.stdout.decode().split("\0") if name]
    return {str(path.relative_to(repository)): path.read_bytes().decode("latin-1") for path in paths if path.is_file()}


@pytest.mark.parametrize("forbidden", [*map(re.escape, REGISTRY_HOSTS), *MACHINE_FOLDERS])
def test_no_file_names_a_machine_or_a_registry(texts: dict[str, str], forbidden: str) -> None:
    pattern = re.compile(rf"(?<![\w.~]){forbidden}" if forbidden.startswith("/") else forbidden)
    assert [name for name, text in texts.items() if pattern.search(text)] == []


def test_no_uv_lock_is_kept(texts: dict[str, str]) -> None:
    assert "uv.lock" not in texts
