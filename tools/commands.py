"""Commands that the tools start, and the wheel with its locked dependencies, installed for another machine."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
LOCKED = REPOSITORY / "requirements" / "runtime.txt"
"""The runtime's dependencies, each with its hashes."""


class ToolError(Exception):
    """What this machine lacks, or what went wrong, in one line."""


def tool(name: str) -> str:
    """A developers' tool beside the Python that runs this, or in the PATH.

    Raises:
        ToolError: it is not installed.
    """
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise ToolError(f"{name} is not installed here; run this by make, which installs it")
    return found


def run(
    *command: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None, longest_s: float | None = None
) -> str:
    """Run a command that must succeed; its stdout.

    Raises:
        ToolError: it failed, with its last lines; or it took longer than `longest_s` seconds.
    """
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, timeout=longest_s, capture_output=True, text=True, check=False
        )
    except subprocess.TimeoutExpired:
        raise ToolError(f"{Path(command[0]).name} did not end within {longest_s:.0f} s") from None
    except FileNotFoundError:
        raise ToolError(f"{command[0]}: no such command here; install it") from None
    if done.returncode != 0:
        last = " / ".join((done.stdout + done.stderr).strip().splitlines()[-4:])
        raise ToolError(f"{Path(command[0]).name} {' '.join(command[1:3])} failed with {done.returncode}: {last}")
    return done.stdout


def build_wheel(folder: Path) -> Path:
    """Build the checkout's wheel into a folder, which is emptied."""
    shutil.rmtree(folder, ignore_errors=True)
    run(tool("hatchling"), "build", "-t", "wheel", "-d", str(folder.absolute()), cwd=REPOSITORY)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install_into(folder: Path, wheel: Path, *, platform: str, python: str) -> None:
    """Install the locked runtime's wheels for another machine, and ours, into a folder.

    Args:
        folder: what was locked is fetched once, and again when the lock has changed.
        wheel: ours, installed each time.
        platform: uv's name of the machine, such as ``aarch64-manylinux_2_36``.
        python: its version, such as ``3.11``.

    Raises:
        ToolError: the registry cannot be reached, or a package has no such wheel.
    """
    mark, made_from = folder.with_suffix(".lock"), hashlib.sha256(LOCKED.read_bytes()).hexdigest()
    targets = ("--python-platform", platform, "--python-version", python, "--target", str(folder))
    install = (tool("uv"), "pip", "install", "--quiet", "--no-config", "--python", sys.executable)
    common = (*install, "--only-binary", ":all:", *targets)
    if not mark.exists() or mark.read_text() != made_from:
        shutil.rmtree(folder, ignore_errors=True)
        run(*common, "--require-hashes", "-r", str(LOCKED))
        mark.write_text(made_from)
    run(*common, "--no-deps", "--reinstall", str(wheel))
