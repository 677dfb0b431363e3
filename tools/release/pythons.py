"""`make pythons`: the wheel, and the tests that need no TensorFlow, on every Python that the product supports."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.commands import REPOSITORY, ToolError, build_wheel, tool
from tools.release.bare import make_bare, try_wheel

KEPT = REPOSITORY / ".tools" / "pythons"
"""The checkout's wheel goes here; `make clean` removes it."""
VERSIONS = ("3.11", "3.12", "3.13")
TESTED = ("tests/test_boxes.py", "tests/find", "tests/model", "tests/reading", "tests/host", "tests/api")
"""Tests of the runtime alone; CI's matrix runs all, TensorFlow's too, on each Python."""
TOOLS = ("pytest", "hypothesis", "jsonschema", "pandas", "pillow")
IS = "import sys; sys.exit(sys.version_info[:2] != ({}) or sys.maxsize < 2**32)"


def find_python(version: str) -> str | None:
    """An interpreter of a version that really runs: this one, in the PATH, or of pyenv; None where none is."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *(str(each / "bin" / "python") for each in pyenv.glob(f"{version}.*"))]
    wanted = [sys.executable, *filter(None, found)]
    return next((python for python in wanted if _is(python, version)), None)


def _is(python: str, version: str) -> bool:
    try:
        command = [python, "-c", IS.format(version.replace(".", ", "))]
        return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def check(python: str, wheel: Path, *, tests: tuple[str, ...]) -> None:
    """Use the wheel in a bare environment of an interpreter, then run the tests with it.

    Raises:
        ToolError: something fails.
    """
    for line in try_wheel(wheel, wheel.name.split("-")[1], python=python):
        print(f"  {line}", flush=True)
    if not tests:
        return
    with tempfile.TemporaryDirectory() as folder:
        own = make_bare(Path(folder), wheel, python) / "python"
        constraints = str(REPOSITORY / "requirements" / "full.txt")
        install = (tool("uv"), "pip", "install", "--quiet", "--python", str(own), "--constraint", constraints)
        subprocess.run([*install, *TOOLS], check=True)
        environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        command = [str(own), "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
        if subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode:
            raise ToolError(f"tests fail; run them alone with: make test PYTHON={python}")


def main(arguments: list[str] | None = None) -> int:
    """Check every version that is here, and say which is not.

    Returns:
        1 where one fails, or with --all where one is not here.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="fail where a Python is not here")
    parser.add_argument("--wheel-only", action="store_true", help="run no tests beside the wheel's own trial")
    parser.add_argument("wheel", type=Path, nargs="?", help="default: built of this checkout")
    args = parser.parse_args(arguments)
    try:
        wheel = args.wheel or build_wheel(KEPT)
    except ToolError as error:
        print(f"pythons: {error}", file=sys.stderr)
        return 1
    failed: list[str] = []
    missing: list[str] = []
    for version in VERSIONS:
        python = find_python(version)
        if python is None:
            print(f"Python {version}: not here; install it (pyenv install {version}, or Debian's python{version})")
            missing.append(version)
            continue
        print(f"Python {version}: {python}", flush=True)
        try:
            check(python, wheel, tests=() if args.wheel_only else TESTED)
        except (ToolError, subprocess.CalledProcessError) as error:
            print(f"  FAILED: {error}", flush=True)
            failed.append(version)
    passed = len(VERSIONS) - len(failed) - len(missing)
    print(f"{passed} of {len(VERSIONS)} Pythons pass" + "".join(f"; {each} is not here" for each in missing))
    return int(bool(failed) or (args.all and bool(missing)))


if __name__ == "__main__":
    raise SystemExit(main())
