"""No picture takes more than 400 MB, whatever its head says of it: measured in a process for each."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from .png_file import PNG_SIGNATURE, png_chunk

MOST_BYTES = 400_000_000

MEASURE = """
import json, os, sys
from pathlib import Path
from digitreader.camera.image_pages import read_pages

def attempt(path):
    try:
        for page in read_pages(path):
            print(f"{path.name}: {getattr(page, 'image', page)!s:.60}", file=sys.stderr)
    except Exception as error:
        print(f"{path.name}: {error!r}", file=sys.stderr)
        os._exit(1)
    os._exit(0)

taken = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    child = os.fork() or attempt(path)
    status, usage = os.wait4(child, 0)[1:]
    taken[path.name] = (status, usage.ru_maxrss * 1024)
print(json.dumps(taken))
"""


def deflated(row: bytes, rows: int) -> bytes:
    compressor = zlib.compressobj(1)
    return b"".join(compressor.compress(row) for _ in range(rows)) + compressor.flush()


def png(side: int, *, depth: int, colour: int, channels: int) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, depth, colour, 0, 0, 0)
    pixels = deflated(b"\0" + b"\xc8" * (side * channels * depth // 8), side)
    return PNG_SIGNATURE + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


Entry = tuple[int, int, int, int]
LONG, LONG8 = 4, 16


def tiff(sizes: Sequence[Entry], side: int, *, bits: int = 8, samples: int = 1, big: bool = False) -> bytes:
    """A TIFF of one deflated strip, of gray; a size of type LONG8 or count 2 stands behind the directory."""
    pixels = deflated(b"\xc8" * (side * samples * bits // 8), side)
    head, entry = (16, "<HHQQ") if big else (8, "<HHII")
    count = len(sizes) + 8
    behind = head + (8 if big else 2) + count * struct.calcsize(entry) + (8 if big else 4)
    sizes = [(tag, kind, number, behind if value < 0 else value) for tag, kind, number, value in sizes]
    others = [(0x102, 3, 1, bits), (0x103, 3, 1, 8), (0x106, 3, 1, 1), (0x111, LONG, 1, behind + 8)]
    others += [(0x115, 3, 1, samples), (0x116, LONG, 1, side), (0x117, LONG, 1, len(pixels)), (0x11C, 3, 1, 1)]
    body = b"".join(struct.pack(entry, *each) for each in (*sizes, *others))
    start = b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, count) if big else b"II*\0" + struct.pack("<IH", 8, count)
    return start + body + bytes(8 if big else 4) + struct.pack("<II", side, 0) + pixels


def jpeg(side: int, *, before: bytes = b"", progressive: int = 0) -> bytes:
    shades = np.full((side, side, 3), 200, np.uint8)
    data = cv2.imencode(".jpg", shades, [cv2.IMWRITE_JPEG_PROGRESSIVE, progressive])[1].tobytes()
    return data[:2] + before + data[2:]


def bitmap(side: int) -> bytes:
    return cv2.imencode(".bmp", np.zeros((side, side, 3), np.uint8))[1].tobytes()


def animated_gif(side: int) -> bytes:
    data = cv2.imencode(".gif", np.zeros((side, side, 3), np.uint8))[1].tobytes()
    begin = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    return data[:-1] + data[begin:]


SQUARE = ((0x100, LONG, 1, 9900), (0x101, LONG, 1, 9900))
SMALL = ((0x100, LONG, 1, 40), (0x101, LONG, 1, 40))
PICTURES: dict[str, Callable[[], bytes]] = {
    "gray.png": lambda: png(8000, depth=8, colour=0, channels=1),
    "see-through.png": lambda: png(5700, depth=8, colour=6, channels=4),
    "see-through-largest.png": lambda: png(9900, depth=8, colour=6, channels=4),
    "deep.png": lambda: png(6500, depth=16, colour=2, channels=3),
    "deep-see-through.png": lambda: png(4100, depth=16, colour=6, channels=4),
    "one-strip.tif": lambda: tiff(((0x100, LONG, 1, 7500), (0x101, LONG, 1, 7500)), 7500),
    "one-deep-strip.tif": lambda: tiff(((0x100, LONG, 1, 5500), (0x101, LONG, 1, 5500)), 5500, bits=16),
    "big.tif": lambda: tiff(SQUARE, 9900, big=True),
    "doubled.tif": lambda: tiff((*SMALL, *SQUARE), 9900),
    "elsewhere.tif": lambda: tiff(((0x100, LONG8, 1, -1), (0x101, LONG8, 1, -1), *SMALL), 9900),
    "comment.jpg": lambda: jpeg(6000, before=b"\xff\xfe\0\x04ab"),
    "progressive.jpg": lambda: jpeg(5000, progressive=1),
    "deep.ppm": lambda: b"P6\n5400 5400\n65535\n" + bytes(5400 * 5400 * 6),
    "bitmap.bmp": lambda: bitmap(5500),
    "animation.gif": lambda: animated_gif(2400),
}


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int]]:
    folder = tmp_path_factory.mktemp("pictures")
    for name, make in PICTURES.items():
        (folder / name).write_bytes(make())
    command = [sys.executable, "-c", MEASURE, str(folder)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, tuple[int, int]] = json.loads(ran.stdout)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="what a process took is counted in kilobytes on Linux alone")
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_takes_no_more_than_400_mb(name: str, taken: dict[str, tuple[int, int]]) -> None:
    status, most_bytes = taken[name]
    assert status == 0
    assert most_bytes < MOST_BYTES


def test_a_see_through_tiff_is_read_whose_depths_stand_behind_its_pixels(tmp_path: Path) -> None:
    """OpenCV's own pictures are stored so, and those of scanners."""
    from digitreader.camera.images import read_image

    shades = np.full((300, 400, 4), 200, np.uint8)
    shades[:, :, :3] = np.random.default_rng(1).integers(0, 255, (300, 400, 3))
    (tmp_path / "a.tif").write_bytes(cv2.imencode(".tif", shades)[1].tobytes())
    assert read_image(tmp_path / "a.tif").image.shape == (300, 400, 3)
