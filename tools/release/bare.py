"""A wheel in an environment that has the locked runtime and nothing else, as a user gets it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
ABSENT = ("tensorflow", "keras", "matplotlib", "pytest", "hatchling")
"""What the light install must not bring."""


class BareError(Exception):
    """What the wheel does not do in a bare environment, in one line."""


MODELS = ("tiny", "small", "accurate", "finder")
FRAMES = 120
"""In so many of the demo's frames there are numbers to announce."""
OFFLINE: tuple[str, ...] = ()
"""More options for uv; a test says that what it kept must do."""


def tool(name: str) -> str:
    """A developers' tool beside the Python that runs this, or in the PATH.

    Raises:
        BareError: it is not installed.
    """
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise BareError(f"{name} is not installed here; run this by make, which installs it")
    return found


def run(*command: str, home: Path) -> str:
    """Run a command with nothing of this machine's environment but where programs lie; its stdout.

    Raises:
        BareError: it failed; its last lines.
    """
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return _run(command, home, kept | {"HOME": str(home), "LC_ALL": "C.UTF-8"})


def run_uv(*words: str, home: Path) -> str:
    """Run the developers' uv, with its cache and its registry; its stdout.

    Raises:
        BareError: it failed; its last lines.
    """
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return _run((tool("uv"), *words), home, environment)


def _run(command: Sequence[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = " / ".join((done.stdout + done.stderr).strip().splitlines()[-4:])
        raise BareError(f"{Path(command[0]).name} {' '.join(command[1:3])} failed with {done.returncode}: {last}")
    return done.stdout


def make_bare(folder: Path, wheel: Path, python: str) -> Path:
    """Make an environment with the locked runtime and the wheel.

    Args:
        folder: for it, and for the home of whoever runs in it.
        wheel: to install.
        python: the interpreter.

    Returns:
        The environment's bin folder.

    Raises:
        BareError: the registry cannot be reached, or a package has no wheel for this Python.
    """
    venv = folder / "venv"
    run_uv("venv", "--quiet", "--no-config", "--python", python, str(venv), home=folder)
    install = ("pip", "install", "--quiet", *OFFLINE, "--python", str(venv / "bin" / "python"))
    locked = REPOSITORY / "requirements" / "runtime.txt"
    run_uv(*install, "--only-binary", ":all:", "--require-hashes", "-r", str(locked), home=folder)
    run_uv(*install, "--no-deps", str(wheel.absolute()), home=folder)
    return venv / "bin"


def try_wheel(wheel: Path, version: str, *, python: str = sys.executable) -> Iterator[str]:
    """Install a wheel bare and use it; a line for each thing that holds.

    Raises:
        BareError: one does not.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = make_bare(folder, wheel, python)
        own, digitreader = str(programs / "python"), str(programs / "digitreader")
        run_uv("pip", "check", "--python", own, home=folder)
        told = run(own, "-c", "import platform; print(platform.python_version())", home=folder).strip()
        yield f"Python {told}, {wheel.name} and the locked runtime, nothing else; pip check finds no conflict"
        found = run(own, "-c", _FOUND.format(names=ABSENT), home=folder).split()
        if found:
            raise BareError(f"the light install brings {found[0]}")
        yield f"no {', no '.join(ABSENT)}"
        said = run(digitreader, "--version", home=folder).strip()
        if version not in said.split():
            raise BareError(f"digitreader --version says {said!r}, the wheel is {version}")
        yield said
        for model in MODELS:
            run(digitreader, "verify", model, home=folder)
        yield f"digitreader verify: {', '.join(MODELS)} give the integers of their cards"
        announced = run(digitreader, "read", "demo", "--frames", str(FRAMES), "--no-config", home=folder).split()
        if not announced:
            raise BareError(f"digitreader read demo --frames {FRAMES} reads no number")
        yield f"digitreader read demo: {announced[-1]}"


_FOUND = "import importlib.util as i; print(*[n for n in {names!r} if i.find_spec(n)])"
