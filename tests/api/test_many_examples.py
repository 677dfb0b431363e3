"""The examples for many pictures run on two workers, one of which is killed: every picture is there once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.drawing import scene

PICTURES, BATCH = 20, 4

READ_AND_DIE_ONCE = """\
import os, signal, sys

def read_and_die_once(names):
    import digitreader
    if any(name.endswith("/7.png") for name in names) and not os.path.exists("killed"):
        open("killed", "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return digitreader.read_many(names, model="tiny")

os.chdir(sys.argv[1])
"""

DASK = f"""\
    import dask_bag
    from dask.distributed import Client

    dask_bag.BATCH = {BATCH}
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        dask_bag.main("scans", "out", client, read_and_die_once)
"""

RAY = f"""\
    import ray, ray_data

    ray_data.BATCH = {BATCH}
    ray.init(num_cpus=2, include_dashboard=False)
    ray_data.main("scans", "out", read_and_die_once)
"""


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """A folder with pictures, every tenth of which is none."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(PICTURES):
        image = scene(str(number + 10), size_wh=(128, 96), rng=np.random.default_rng(number)).image
        cv2.imwrite(str(folder / f"{number}.png"), image)
        if number % 10 == 5:
            (folder / f"{number}.png").write_bytes(b"no picture")
    return folder


def all_records(folder: Path) -> list[dict[str, object]]:
    lines = [line for path in folder.glob("*.json*") for line in path.read_text(encoding="utf-8").splitlines()]
    return sorted(map(json.loads, lines), key=lambda record: int(Path(str(record["source"])).stem))


def check(folder: Path) -> None:
    """Every picture is there once, the bad ones with their error."""
    records = all_records(folder)
    assert [Path(str(record["source"])).name for record in records] == [f"{number}.png" for number in range(PICTURES)]
    bad = [number for number, record in enumerate(records) if record.get("error")]
    assert bad == [5, 15]
    assert sum(record["text"] != "" for record in records) > PICTURES / 2


def run_on_workers(program: str, scans: Path, repository: Path) -> None:
    driver = scans.parent / "driver.py"
    # workers import the program anew where they are spawned, so that it must not start a cluster again
    driver.write_text(f'{READ_AND_DIE_ONCE}\nif __name__ == "__main__":\n{program}', encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(repository / "docs" / "examples"), os.environ.get("PYTHONPATH"))))
    line = [sys.executable, str(driver), str(scans.parent)]
    done = subprocess.run(line, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (scans.parent / "killed").exists()
    check(scans.parent / "out")


def test_dask_bag(scans: Path, repository: Path) -> None:
    if find_spec("dask") is None or find_spec("distributed") is None:
        pytest.skip('Dask is not installed; pip install ".[dask]"')
    run_on_workers(DASK, scans, repository)


def test_ray_data(scans: Path, repository: Path) -> None:
    if find_spec("ray") is None or find_spec("pyarrow") is None:
        pytest.skip('Ray, 370 MB, is not installed; pip install ".[ray]"')
    run_on_workers(RAY, scans, repository)


def test_xargs(scans: Path, repository: Path, tmp_path: Path) -> None:
    command = tmp_path / "bin" / "digitreader"
    command.parent.mkdir()
    kill_once = f'[ "$3" != "{tmp_path}/out/list-aaab" ] || [ -e killed ] || {{ touch killed; kill -9 $$; }}'
    command.write_text(f'#!/bin/sh\n{kill_once}\nexec {sys.executable} -m digitreader "$@" --model tiny\n')
    command.chmod(0o755)
    environment = os.environ | {"PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}
    line = ["sh", str(repository / "docs" / "examples" / "xargs.sh"), str(scans), str(tmp_path / "out"), "2", "10"]
    runs = [subprocess.run(line, env=environment, cwd=tmp_path, capture_output=True, check=False) for _ in range(2)]
    assert [run.returncode for run in runs] == [123, 0], runs
    check(tmp_path / "out")
