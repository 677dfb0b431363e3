from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from digitreader.errors import DataError
from digitreader.measure.data import DataPlace, find_mnist, mnist
from digitreader.measure.data import mnist as download
from digitreader.measure.data.idx import sha256_of
from digitreader.measure.data.mnist import MNIST_SHA256


@pytest.fixture
def known(drawn_place: DataPlace, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose four files are taken for MNIST's own."""
    folder = drawn_place.folder
    assert folder is not None
    hashes = {name: sha256_of((folder / name).read_bytes()) for name in MNIST_SHA256}
    monkeypatch.setattr(mnist, "MNIST_SHA256", hashes)
    monkeypatch.setattr(download, "MNIST_SHA256", hashes)
    return folder


@pytest.mark.parametrize("inside", [".", "mnist", "MNIST/raw"])
def test_the_files_are_found_in_the_folder_or_in_a_mnist_folder_in_it(known: Path, tmp_path: Path, inside: str) -> None:
    shutil.copytree(known, tmp_path / "data" / inside, dirs_exist_ok=True)
    files = find_mnist(DataPlace(tmp_path / "data", tmp_path / "cache"))
    assert files.is_mnist
    assert len(files.read("train")) == 1_800
    assert len(files.read("test")) == 1_000


def test_gzipped_files_are_found(known: Path, tmp_path: Path) -> None:
    for path in known.iterdir():
        (tmp_path / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert find_mnist(DataPlace(tmp_path, tmp_path / "cache")).is_mnist


def test_files_with_another_hash_are_refused_with_the_way_to_say_that_they_are_meant(drawn_place: DataPlace) -> None:
    with pytest.raises(
        DataError, match=r"train-images-idx3-ubyte: sha256 .* is not MNIST's ba891046e650.*--any-digits"
    ):
        find_mnist(DataPlace(drawn_place.folder, drawn_place.cache))


def test_files_with_another_hash_are_taken_where_that_is_meant(drawn_place: DataPlace) -> None:
    assert not find_mnist(drawn_place).is_mnist


def test_a_missing_file_is_named(known: Path, tmp_path: Path) -> None:
    shutil.copytree(known, tmp_path / "data")
    (tmp_path / "data" / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="has no t10k-labels-idx1-ubyte"):
        find_mnist(DataPlace(tmp_path / "data", tmp_path / "cache"))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        find_mnist(DataPlace(tmp_path / "nowhere", tmp_path / "cache"))


@pytest.fixture
def mirror(known: Path, tmp_path: Path) -> Path:
    """A mirror's folder: the four files, gzipped."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    for path in known.iterdir():
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    return folder


def test_files_are_fetched_from_the_first_mirror_that_has_them_whole(mirror: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"something else"))
    (broken / "train-labels-idx1-ubyte.gz").write_bytes(b"\x1f\x8bhalf a file")
    paths = download.fetch_mnist(tmp_path / "mnist", mirrors=[broken.as_uri(), mirror.as_uri()])
    assert mnist.check_files(paths).is_mnist


def test_what_the_cache_has_is_not_fetched_again(mirror: Path, tmp_path: Path) -> None:
    download.fetch_mnist(tmp_path / "cache" / "mnist", mirrors=[mirror.as_uri()])
    shutil.rmtree(mirror)
    assert find_mnist(DataPlace(None, tmp_path / "cache")).is_mnist


def test_where_no_mirror_answers_the_user_is_told_what_to_do(known: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be fetched .*give --data"):
        download.fetch_mnist(tmp_path / "mnist", mirrors=[(tmp_path / "nothing").as_uri()])
    assert not list(tmp_path.glob("mnist/*"))


def test_only_files_that_the_cache_lacks_are_fetched(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = tmp_path / "cache" / "mnist"
    cached.mkdir(parents=True)
    there, *lacking = (mirror / f"{name}.gz" for name in MNIST_SHA256)
    there.rename(cached / there.name)
    fetch = download.fetch_mnist
    monkeypatch.setattr(mnist, "fetch_mnist", lambda folder: fetch(folder, mirrors=[mirror.as_uri()]))
    assert find_mnist(DataPlace(None, tmp_path / "cache")).is_mnist
    assert {path.name for path in cached.iterdir()} == {there.name, *(path.name for path in lacking)}
