"""Read many pictures with several threads: they share one reader.

python threads.py scans/*.jpg
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import digitreader


def main(names: Sequence[str], threads: int = 4) -> None:
    """Print the name and the digits of each picture, in the order in which they were named."""
    reader = digitreader.Reader(on_error="record")
    with ThreadPoolExecutor(threads) as pool:
        for page in pool.map(reader.read, names):
            print(page.source, page.error or page.text.replace("\n", " / "), sep="\t")


if __name__ == "__main__":
    main(sys.argv[1:])
