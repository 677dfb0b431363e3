"""Read a folder of pictures on a Ray cluster, into JSON Lines.

python ray_data.py scans/ out/                            on this machine
RAY_ADDRESS=auto python ray_data.py /nfs/scans /nfs/out   on the cluster that this machine belongs to
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ray

import digitreader

BATCH = 64
COLUMNS = ("source", "frame", "text", "rotated", "lines", "error")

ReadMany = Callable[[Sequence[str]], list[dict[str, Any]]]


def main(folder: str, out: str, read: ReadMany = digitreader.read_many) -> None:
    """Write a file for each block of pictures.

    Args:
        folder: every file in it is taken for a picture; one that is none has an error in its row.
        out: where the files go; every machine must see it, and `folder`, by the same name.
        read: what reads a batch, such as functools.partial(digitreader.read_many, expect="digits=5").
    """

    def read_batch(batch: dict[str, Any]) -> dict[str, list[Any]]:
        rows = read([str(name) for name in batch["name"]])
        return {column: [row[column] for row in rows] for column in COLUMNS}

    names = sorted(str(path) for path in Path(folder).resolve().rglob("*") if path.is_file())
    pictures = ray.data.from_items([{"name": name} for name in names], override_num_blocks=max(1, len(names) // BATCH))
    # a worker that dies costs the others its batch, which Ray reads again
    pictures.map_batches(read_batch, batch_size=BATCH, num_cpus=1).write_json(str(Path(out).resolve()))


if __name__ == "__main__":
    main(*sys.argv[1:3])
