"""Every kind of input that a stranger can give: a good one to begin with, and what reads it."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from digitreader.camera.answer_deadline import Deadline
from digitreader.camera.image_pages import decode_pages
from digitreader.camera.picture_stream import whole_pictures
from digitreader.measure.data.idx import read_archive, read_idx
from digitreader.measure.data.own.npz_archive import read_npz
from digitreader.model.card import ModelCard
from digitreader.model.locate import shipped_models
from digitreader.model.sealed_json import write_sealed
from digitreader.model.tflite.metadata import find_metadata
from digitreader.model.tflite.read import read_graph
from digitreader.output.mqtt.fleet import Fleet, line_of
from digitreader.setup.config_file import read_config

GRADES = np.dstack([np.tile(np.arange(48, dtype=np.uint8), (32, 1))] * 4)


def pictures() -> dict[str, bytes]:
    made = {suffix: cv2.imencode(suffix, GRADES[:, :, :3])[1].tobytes() for suffix in (".jpg", ".bmp", ".gif", ".ppm")}
    made |= {suffix: cv2.imencode(suffix, GRADES)[1].tobytes() for suffix in (".png", ".tiff", ".webp")}
    return made


def npz() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, x=np.zeros((2, 28, 28), np.uint8), y=np.zeros(2, np.uint8))
    return file.getvalue()


IDX = b"\0\0\x08\x03" + b"".join(size.to_bytes(4, "big") for size in (2, 28, 28)) + bytes(2 * 784)
EVENT = {"id": "a-1", "event": "number", "text": "12", "confidence": 0.5, "time": "2026-01-01T00:00:00.000Z"}
PART = b"--f\r\nContent-Length: %d\r\n\r\n" % len(pictures()[".jpg"]) + pictures()[".jpg"] + b"\r\n"


def from_file(read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    """Read what lies in a file."""

    def call(data: bytes, folder: Path) -> object:
        (folder / "a").write_bytes(data)
        return read(folder / "a")

    return call


def hear(data: bytes, _: Path) -> object:
    return [line_of(record) for record in Fleet("p").hear("p/desk/event", data, retained=False)]


def reseal(data: bytes, _: Path) -> object:
    """Read a card whose seal fits whatever was changed in it."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    fields.pop("card_sha256", None)
    return ModelCard.from_bytes(write_sealed(fields), "card")


def shipped(suffix: str) -> bytes:
    return shipped_models()["tiny"].with_suffix(suffix).read_bytes()


KINDS: dict[str, tuple[Callable[[], bytes], Callable[[bytes, Path], object]]] = {
    **{
        suffix: (lambda suffix=suffix: pictures()[suffix], lambda data, _: list(decode_pages(data, name="a")))  # type: ignore[misc]
        for suffix in pictures()
    },
    "npz": (npz, from_file(read_npz)),
    "archive": (npz, from_file(read_archive)),
    "idx": (lambda: IDX, from_file(read_idx)),
    "idx.gz": (lambda: gzip.compress(IDX), from_file(read_idx)),
    "config": (lambda: b'sources = [0]\nformat = "jsonl"\nsteady = 0.5\n[web]\na = 1\n', from_file(read_config)),
    "mqtt": (lambda: json.dumps(EVENT).encode(), hear),
    "mjpeg": (
        lambda: 3 * PART,
        lambda data, _: list(whole_pictures(io.BytesIO(data), b"f", name="a", deadline=Deadline(9))),
    ),
    "tflite": (lambda: shipped(".tflite"), lambda data, _: (find_metadata(data, "a"), read_graph(data, "a"))),
    "card": (lambda: shipped(".json"), reseal),
}
