"""Read a camera or a film in a loop of your own, with OpenCV: each number once it is steady.

python opencv_loop.py 0           # camera 0
python opencv_loop.py clip.mp4
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import cv2

import digitreader


def frames(source: str) -> Iterator[Any]:
    """Each picture of a camera or film."""
    camera = cv2.VideoCapture(int(source) if source.isdecimal() else source)
    try:
        while True:
            there, frame = camera.read()
            if not there:
                return
            yield frame  # what you do with it here does not matter: draw on a copy, turn it, cut it
    finally:
        camera.release()


def main(source: str) -> None:
    """Print each number, and keep the last one with its boxes."""
    reader = digitreader.Reader()
    # a film is read faster than it plays: its own rate tells how long a number stood still
    rate = None if source.isdecimal() else cv2.VideoCapture(source).get(cv2.CAP_PROP_FPS) or None
    for page in reader.follow(frames(source), fps=rate):
        print(page.text.replace("\n", " / "))
        cv2.imwrite("last.png", page.annotate())


if __name__ == "__main__":
    main(*sys.argv[1:])
