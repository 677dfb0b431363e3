"""A wheel in an environment that has the locked runtime and nothing else, as a user gets it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.commands import LOCKED, ToolError, run, tool

ABSENT = ("tensorflow", "keras", "matplotlib", "pytest", "hatchling")
"""What the light install must not bring."""


MODELS = ("tiny", "small", "accurate", "finder")
FRAMES = 120
"""In so many of the demo's frames there are numbers to announce."""
OFFLINE: tuple[str, ...] = ()
"""More options for uv; a test says that what it kept must do."""


def run_bare(*command: str, home: Path) -> str:
    """Run a command with nothing of this machine's environment but where programs lie; its stdout.

    Raises:
        ToolError: it failed; its last lines.
    """
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return run(*command, cwd=home, environment=kept | {"HOME": str(home), "LC_ALL": "C.UTF-8"})


def run_uv(*words: str, home: Path) -> str:
    """Run the developers' uv, with its cache and its registry; its stdout.

    Raises:
        ToolError: it failed; its last lines.
    """
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return run(tool("uv"), *words, cwd=home, environment=environment)


def make_bare(folder: Path, wheel: Path, python: str) -> Path:
    """Make an environment with the locked runtime and the wheel.

    Args:
        folder: for it, and for the home of whoever runs in it.
        wheel: to install.
        python: the interpreter.

    Returns:
        The environment's bin folder.

    Raises:
        ToolError: the registry cannot be reached, or a package has no wheel for this Python.
    """
    venv = folder / "venv"
    run_uv("venv", "--quiet", "--no-config", "--python", python, str(venv), home=folder)
    install = ("pip", "install", "--quiet", *OFFLINE, "--python", str(venv / "bin" / "python"))
    run_uv(*install, "--only-binary", ":all:", "--require-hashes", "-r", str(LOCKED), home=folder)
    run_uv(*install, "--no-deps", str(wheel.absolute()), home=folder)
    return venv / "bin"


def try_wheel(wheel: Path, version: str, *, python: str = sys.executable) -> Iterator[str]:
    """Install a wheel bare and use it; a line for each thing that holds.

    Raises:
        ToolError: one does not.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = make_bare(folder, wheel, python)
        own, digitreader = str(programs / "python"), str(programs / "digitreader")
        run_uv("pip", "check", "--python", own, home=folder)
        told = run_bare(own, "-c", "import platform; print(platform.python_version())", home=folder).strip()
        yield f"Python {told}, {wheel.name} and the locked runtime, nothing else; pip check finds no conflict"
        found = run_bare(own, "-c", _FOUND.format(names=ABSENT), home=folder).split()
        if found:
            raise ToolError(f"the light install brings {found[0]}")
        yield f"no {', no '.join(ABSENT)}"
        said = run_bare(digitreader, "--version", home=folder).strip()
        if version not in said.split():
            raise ToolError(f"digitreader --version says {said!r}, the wheel is {version}")
        yield said
        for model in MODELS:
            run_bare(digitreader, "verify", model, home=folder)
        yield f"digitreader verify: {', '.join(MODELS)} give the integers of their cards"
        announced = run_bare(digitreader, "read", "demo", "--frames", str(FRAMES), "--no-config", home=folder).split()
        if not announced:
            raise ToolError(f"digitreader read demo --frames {FRAMES} reads no number")
        yield f"digitreader read demo: {announced[-1]}"


_FOUND = "import importlib.util as i; print(*[n for n in {names!r} if i.find_spec(n)])"
