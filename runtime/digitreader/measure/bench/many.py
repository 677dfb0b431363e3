"""Measures how many pictures a second one process, two processes, and two workers of Dask and of Ray read."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from digitreader.drawing import scene
from digitreader.measure.bench.timing import SEED, elapsed_ms, run_to_end
from digitreader.model.engine import EngineName

DRAWN = 20
"""The number of different pictures that are drawn; the others are links to these."""
FEW = 2
"""The time for this many pictures counts as the start."""

DASK = """\
import sys, pathlib, functools, digitreader, dask.bag
from dask.distributed import Client
if __name__ == "__main__":
    names = sorted(map(str, pathlib.Path(sys.argv[1]).iterdir()))
    read = functools.partial(digitreader.read_many, model=sys.argv[2], engine=sys.argv[3])
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None):
        rows = dask.bag.from_sequence(names, partition_size=64).map_partitions(read).compute()
    assert len(rows) == len(names)
"""
RAY = """\
import sys, pathlib, digitreader, ray
folder, model, engine = sys.argv[1:]  # a worker has other arguments
names = sorted(map(str, pathlib.Path(folder).iterdir()))
def read(batch):
    rows = digitreader.read_many(map(str, batch["name"]), model=model, engine=engine)
    return {"text": [row["text"] for row in rows]}
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
blocks = max(1, len(names) // 64)
pictures = ray.data.from_items([{"name": name} for name in names], override_num_blocks=blocks)
assert len(pictures.map_batches(read, batch_size=64, num_cpus=1).take_all()) == len(names)
"""
ENGINES: Mapping[str, tuple[str, str]] = {"Dask, 2 workers": ("distributed", DASK), "Ray, 2 workers": ("ray.data", RAY)}


@dataclass(frozen=True, slots=True)
class ManyBench:
    """What was measured.

    Attributes:
        pictures: how many were read, of 640x480 with ten digits.
        start_s: seconds from start to exit with two pictures, for each way of reading.
        per_s: pictures a second, without that time.
        missing: the ways that were not measured, because a package is not installed here.
    """

    pictures: int
    start_s: dict[str, float]
    per_s: dict[str, float]
    missing: tuple[str, ...]


def bench_many(model: str, engine: EngineName, *, text: str, size_wh: tuple[int, int], pictures: int) -> ManyBench:
    """Read a folder in each way, one after another."""
    start_s: dict[str, float] = {}
    per_s: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        many, few = Path(folder) / "many", Path(folder) / "few"
        _draw(many, text, size_wh, pictures)
        _draw(few, text, size_wh, FEW)
        commands = _commands(model, engine, Path(folder))
        for name, command in commands.items():
            start_s[name], all_s = (_seconds([*command[:1], *_placed(command[1:], each)]) for each in (few, many))
            per_s[name] = (pictures - FEW) / max(all_s - start_s[name], 1e-3)
    return ManyBench(pictures, start_s, per_s, tuple(name for name in ENGINES if name not in commands))


def _draw(folder: Path, text: str, size_wh: tuple[int, int], pictures: int) -> None:
    folder.mkdir()
    rng = np.random.default_rng(SEED)
    for number in range(pictures):
        path = folder / f"{number}.png"
        if number < DRAWN:
            cv2.imwrite(str(path), scene(text, size_wh=size_wh, rng=rng).image)
        else:
            path.symlink_to(folder / f"{number % DRAWN}.png")


def _commands(model: str, engine: EngineName, folder: Path) -> dict[str, list[str]]:
    read = [sys.executable, "-m", "digitreader", "read", "FOLDER", "--model", model, "--engine", engine]
    commands = {
        f"{jobs} process{'' if jobs == 1 else 'es'}": [*read, "--format", "csv", "--jobs", str(jobs)] for jobs in (1, 2)
    }
    for name, (module, program) in ENGINES.items():
        if find_spec(module.partition(".")[0]) is not None:
            path = folder / f"read_with_{module.partition('.')[0]}.py"  # no module of that name
            path.write_text(program, encoding="utf-8")
            commands[name] = [sys.executable, str(path), "FOLDER", model, engine]
    return commands


def _placed(command: Sequence[str], folder: Path) -> list[str]:
    return [str(folder) if word == "FOLDER" else word for word in command]


def _seconds(command: Sequence[str]) -> float:
    return elapsed_ms(lambda: run_to_end(command)) / 1000


def describe_many(measured: ManyBench) -> str:
    """The figures of `bench many` as lines."""
    one = next(iter(measured.per_s.values()))
    return "\n".join(
        [
            f"a folder of {measured.pictures} pictures",
            f"  {'':<18}{'start':>9}{'pictures a second':>20}{'ratio':>8}",
            *(
                f"  {name:<18}{measured.start_s[name]:7.1f} s{per_s:20.1f}{per_s / one:8.2f}"
                for name, per_s in measured.per_s.items()
            ),
            *(f"  {name:<18}is not installed here" for name in measured.missing),
        ]
    )
