"""The distributions, built once, and an empty environment that has nothing but the wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from uv import find_uv_bin

from digitreader.drawing import scene


@pytest.fixture(scope="session")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout."""
    return build("wheel", repository, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def sdist(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of the checkout."""
    return build("sdist", repository, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="session")
def wheel_of_sdist(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that the source distribution gives, far from the checkout."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # not in Python 3.11.2
        archive.extractall(folder)  # noqa: S202 # our own files
    (source,) = folder.iterdir()
    return build("wheel", source, tmp_path_factory.mktemp("wheel_of_sdist"))


@pytest.fixture(scope="session")
def installed(wheel: Path, repository: Path, uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment into which only the wheel and the locked runtime were installed."""
    environment = tmp_path_factory.mktemp("empty") / "venv"
    run(uv, "venv", "--no-config", "--python", sys.executable, str(environment))
    python = environment / "bin" / "python"
    install = (uv, "pip", "install", "--no-config", "--python", str(python))
    # `make test` has left these wheels in uv's cache, so that no network is needed.
    run(*install, "--offline", "--require-hashes", "-r", str(repository / "requirements" / "runtime.txt"))
    run(*install, "--offline", "--no-deps", str(wheel))
    return python.parent


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The bin folder of the environment that these tests run in, where the checkout is installed."""
    return Path(sys.executable).parent


@pytest.fixture(scope="session")
def uv() -> str:
    """The uv of the developers' tools."""
    return find_uv_bin()


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn sheet of paper with a handwritten number."""
    path = tmp_path_factory.mktemp("picture") / "sheet.png"
    cv2.imwrite(str(path), scene("2718", rng=np.random.default_rng(7)).image)
    return path


@pytest.fixture(scope="session", name="run")
def run_fixture() -> Callable[..., str]:
    """`run`, for the tests."""
    return run


def build(target: str, source: Path, folder: Path) -> Path:
    """Build one distribution of the sources in `source` into `folder`, which is empty."""
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder), cwd=source)
    (built,) = folder.iterdir()
    return built


def run(*command: str, cwd: Path | None = None) -> str:
    """Run a command that must succeed, out of reach of the checkout's modules; its stdout."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout
