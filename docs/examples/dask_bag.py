"""Read a folder of pictures on a Dask cluster, into JSON Lines.

python dask_bag.py scans/ out/                                   on this machine
python dask_bag.py /nfs/scans /nfs/out tcp://scheduler:8786      on a cluster
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import dask.bag
from dask.distributed import Client

import digitreader

BATCH = 64

ReadMany = Callable[[Iterable[str]], list[dict[str, Any]]]


def main(folder: str, out: str, client: Client, read: ReadMany = digitreader.read_many) -> None:
    """Write a file for each batch of pictures.

    Args:
        folder: every file in it is taken for a picture; one that is none has an error in its record.
        out: where the files go; every machine must see it, and `folder`, by the same name.
        client: of the cluster.
        read: what reads a batch, such as functools.partial(digitreader.read_many, expect="digits=5").
    """
    names = sorted(str(path) for path in Path(folder).resolve().rglob("*") if path.is_file())
    batches = dask.bag.from_sequence(names, partition_size=BATCH)
    # a worker that dies costs the others its batch, which Dask reads again
    records = batches.map_partitions(read).map(json.dumps)
    client.gather(client.compute(records.to_textfiles(str(Path(out).resolve() / "*.jsonl"), compute=False)))


if __name__ == "__main__":
    address = sys.argv[3] if len(sys.argv) > 3 else None
    with Client(address) if address else Client(threads_per_worker=1) as cluster:
        main(sys.argv[1], sys.argv[2], cluster)
