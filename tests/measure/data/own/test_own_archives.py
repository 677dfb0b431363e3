"""Archives of arrays that are damaged, foreign or hostile: one line says what is wrong."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.errors import DataError
from digitreader.measure.data.own import npz_archive
from digitreader.measure.data.own.load import load_digit_set

from .refusal import refused

Digits = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


def npy(array: npt.NDArray[Any]) -> bytes:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=True)
    return content.getvalue()


def write_zip(path: Path, members: dict[str, bytes], packing: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


ARCHIVES: dict[str, tuple[dict[str, bytes], str]] = {
    "without arrays": ({"readme.txt": b"hello"}, "is a zip without arrays"),
    "of pictures": ({"0/a.png": b"\x89PNG"}, "unpack it and give what is in it"),
    "no npy inside": ({"x.npy": b"not at all", "y.npy": b""}, "is not a readable .npz archive"),
    "a pickle": ({"x.npy": npy(np.array([{}, {}], object)), "y.npy": npy(np.zeros(2, np.uint8))}, "Python objects"),
    "one array": ({"x.npy": npy(np.zeros((2, 4, 4), np.uint8))}, r"has the arrays x \(2, 4, 4\); need"),
    "no labels": (
        {"x.npy": npy(np.zeros((2, 4, 4), np.uint8)), "z.npy": npy(np.zeros(3, np.uint8))},
        "need images and labels",
    ),
    "lengths differ": (
        {"x.npy": npy(np.zeros((2, 4, 4), np.uint8)), "y.npy": npy(np.zeros(3, np.uint8))},
        "x has 2 images .* but y has 3 labels",
    ),
    "label 11": (
        {"x.npy": npy(np.zeros((2, 4, 4), np.uint8)), "y.npy": npy(np.array([3, 11]))},
        "has a label 11",
    ),
    "label 2.5": ({"x.npy": npy(np.zeros((2, 4, 4), np.uint8)), "y.npy": npy(np.array([3, 2.5]))}, "has a label 2.5"),
    "label words": (
        {"x.npy": npy(np.zeros((2, 4, 4), np.uint8)), "y.npy": npy(np.array(["perhaps", "4"]))},
        "has a label 'perhaps'",
    ),
    "not numbers": (
        {"x.npy": npy(np.full((2, 4, 4), np.nan)), "y.npy": npy(np.zeros(2, np.uint8))},
        "are not numbers",
    ),
    "standardised": (
        {"x.npy": npy(np.linspace(-3, 9, 32).reshape(2, 4, 4)), "y.npy": npy(np.zeros(2, np.uint8))},
        "has pixels from -3 to 9",
    ),
    "complex": (
        {"x.npy": npy(np.zeros((2, 4, 4), np.complex64)), "y.npy": npy(np.zeros(2, np.uint8))},
        "of type complex64",
    ),
    "one row of 785": (
        {"x.npy": npy(np.zeros((2, 785), np.uint8)), "y.npy": npy(np.zeros(2, np.uint8))},
        r"shape \(2, 785\)",
    ),
    "pictures without a width": (
        {"x.npy": npy(np.zeros((2, 4, 0), np.uint8)), "y.npy": npy(np.zeros(2, np.uint8))},
        r"holds no picture: its shape is \(2, 4, 0\)",
    ),
    "two labels a picture": (
        {"x.npy": npy(np.zeros((2, 4, 4), np.uint8)), "y.npy": npy(np.zeros((2, 3), np.uint8))},
        r"has labels of shape \(2, 3\), need one for each picture",
    ),
    "labels that are times": (
        {"x.npy": npy(np.zeros((2, 4, 4), np.uint8)), "y.npy": npy(np.zeros(2, "M8[s]"))},
        r"has labels of type datetime64\[s\], need the digits 0 to 9",
    ),
    "no pictures": (
        {"x.npy": npy(np.zeros((0, 4, 4), np.uint8)), "y.npy": npy(np.zeros(0, np.uint8))},
        "is empty",
    ),
}


@pytest.mark.parametrize("kind", list(ARCHIVES))
def test_a_wrong_archive_is_one_line(tmp_path: Path, kind: str) -> None:
    members, says = ARCHIVES[kind]
    with pytest.raises(DataError, match=says):
        load_digit_set(write_zip(tmp_path / "a.npz", members))
    refused(tmp_path / "a.npz")


def test_a_file_without_a_name_in_an_archive_is_ignored(digits: Digits, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=digits[0], y=digits[1], nameless=digits[1])
    path.write_bytes(path.read_bytes().replace(b"nameless.npy", b"\0ameless.npy"))
    np.testing.assert_array_equal(load_digit_set(path).everything().labels, digits[1])


def test_an_encrypted_archive_is_refused(digits: Digits, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=digits[0], y=digits[1])
    content = bytearray(path.read_bytes())
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(start)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(start, at + 1)
    path.write_bytes(content)
    assert "is encrypted" in refused(path)


@pytest.mark.parametrize(
    ("bound", "most", "says"),
    [("MOST_MEMBERS", 1, "holds 2 files, more than an .npz has"), ("MOST_BYTES", 1_000, r"x has 47,168 bytes")],
)
def test_an_archive_beyond_the_bounds_is_refused(
    digits: Digits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int, says: str
) -> None:
    np.savez(tmp_path / "a.npz", x=digits[0], y=digits[1])
    monkeypatch.setattr(npz_archive, bound, most)
    assert says in refused(tmp_path / "a.npz")


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unknown_packing_is_refused(digits: Digits, tmp_path: Path, packing: int) -> None:
    members = {"x.npy": npy(digits[0]), "y.npy": npy(digits[1])}
    assert "packed in an unknown way" in refused(write_zip(tmp_path / "a.npz", members, packing))


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999, 28, 28), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-2, 4, 4), }",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (" + "(" * 3_000 + ")" * 3_000 + ", 4, 4), }",
        "{'descr': '|u1', " + " " * 60_000 + "}",
        "{'descr': '|V9', 'fortran_order': False, 'shape': (2, 4, 4), }",
        "__import__('os').system('false')",
        "",
    ],
)
def test_a_header_that_lies_is_refused_before_memory_is_taken(tmp_path: Path, header: str) -> None:
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(32)
    refused(write_zip(tmp_path / "a.npz", {"x.npy": content, "y.npy": npy(np.zeros(2, np.uint8))}))


@pytest.mark.parametrize("cut", [30, 200, 2_000, -10])
def test_an_archive_that_breaks_off_is_refused(digits: Digits, tmp_path: Path, cut: int) -> None:
    np.savez_compressed(tmp_path / "a.npz", x=digits[0], y=digits[1])
    content = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "a.npz").write_bytes(content[:cut])
    refused(tmp_path / "a.npz")


def test_an_archive_with_a_flipped_byte_is_refused(digits: Digits, tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", x=digits[0], y=digits[1])
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[400] ^= 0xFF
    (tmp_path / "a.npz").write_bytes(content)
    refused(tmp_path / "a.npz")
