"""Fixtures for the tests of every folder."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest

from digitreader.cli.arguments import DATA_VARIABLE, cache_folder
from digitreader.cli.main import main
from digitreader.drawing import write_glyph
from digitreader.errors import DataError
from digitreader.find import Finder
from digitreader.measure.data import DataPlace, find_mnist
from digitreader.model.load import load_finder
from digitreader.values import Ink

if TYPE_CHECKING:
    from digitreader_train.finder.train import FinderSettings

KEPT_VARIABLES = frozenset({DATA_VARIABLE, "DIGITREADER_GUI_PYTHON", "DIGITREADER_PI"})
"""What tests are told by the environment; all else of ours in it is the user's own."""


@pytest.fixture(scope="session", autouse=True)
def nothing_of_the_users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No configuration, variable or service manager of whoever runs the tests; what they start inherits that."""
    empty = tmp_path_factory.mktemp("configuration")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(empty))
        patch.setattr("digitreader.setup.config_file.SYSTEM", empty / "system.toml")
        for name in os.environ:
            of_systemd = name in {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}
            if of_systemd or (name.startswith("DIGITREADER_") and name not in KEPT_VARIABLES):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """What tests start can be interrupted, even where a shell began them in the background and had SIGINT ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def finder() -> Finder:
    """The shipped finder, which one test at a time may use."""
    return Finder(load_finder())


@pytest.fixture(scope="session")
def mnist_dir() -> Path:
    """The folder with MNIST's four files: where the environment names it, or else the cache, which is not filled."""
    named = os.environ.get(DATA_VARIABLE)
    folder = Path(named) if named else cache_folder()
    try:
        files = find_mnist(DataPlace(folder, cache_folder()))
    except DataError as error:
        if named:
            raise
        pytest.skip(f"MNIST is not here; set {DATA_VARIABLE} to a folder that holds it ({error})")
    return files.paths["train-images-idx3-ubyte"].parent


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def drawn_place(tmp_path_factory: pytest.TempPathFactory) -> DataPlace:
    """A data set in MNIST's form, drawn by the demo's hands: 1,800 training and 1,000 test images of 40x36."""
    rng = np.random.default_rng(7)
    folder = tmp_path_factory.mktemp("drawn")
    for stem, count in (("train", 1_800), ("t10k", 1_000)):
        labels = rng.permutation(np.arange(count, dtype=np.uint8) % 10)
        images = np.stack([_place(write_glyph(int(label), rng, height_px=22), (40, 36)) for label in labels])
        _write_idx(folder / f"{stem}-images-idx3-ubyte", images)
        _write_idx(folder / f"{stem}-labels-idx1-ubyte", labels)
    return DataPlace(folder, tmp_path_factory.mktemp("cache"), any_digits=True)


@pytest.fixture(scope="session")
def trained_run(drawn_place: DataPlace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of a network that learned the drawn digits for a few seconds."""
    from digitreader_train.recipes import RECIPES, in_short
    from digitreader_train.train import TrainSettings, train

    recipe = dataclasses.replace(in_short(RECIPES["tiny"]), epochs=20, variants=2.0)
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    train(TrainSettings(recipe, drawn_place, folder), say=lambda _: None)
    return folder


@pytest.fixture(scope="session")
def exported(trained_run: Path, drawn_place: DataPlace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the two models of that run, to be copied by tests that damage them."""
    from digitreader_export.export import ExportSettings, export_run

    folder = tmp_path_factory.mktemp("models")
    export_run(ExportSettings(trained_run, folder, drawn_place), say=lambda _: None)
    return folder


@pytest.fixture(scope="session")
def finder_settings(drawn_place: DataPlace, tmp_path_factory: pytest.TempPathFactory) -> FinderSettings:
    """A training of the finder on two portions of few scenes, which learns nothing to speak of."""
    from digitreader_train.finder.recipe import FINDER
    from digitreader_train.finder.train import FinderSettings

    recipe = dataclasses.replace(FINDER, epochs=2, scenes=12, portion=6, validation_scenes=6, batch=3, warmup_steps=2)
    return FinderSettings(recipe, drawn_place, tmp_path_factory.mktemp("runs") / "finder")


@pytest.fixture(scope="session")
def finder_run(finder_settings: FinderSettings) -> Path:
    """The run folder of that training."""
    from digitreader_train.finder.train import train_finder

    train_finder(finder_settings, say=lambda _: None)
    return finder_settings.out


@pytest.fixture(scope="session")
def finder_exported(finder_run: Path, drawn_place: DataPlace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model of that run, to be copied by tests that damage it."""
    from digitreader_export.finder.export import FinderExportSettings, export_finder

    folder = tmp_path_factory.mktemp("finder")
    export_finder(FinderExportSettings(finder_run, folder, drawn_place, calibration=6), say=lambda _: None)
    return folder


@pytest.fixture
def write_idx() -> Callable[[Path, npt.NDArray[np.uint8]], Path]:
    """Writes an array of unsigned bytes as an IDX file."""
    return _write_idx


@pytest.fixture
def digitreader(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command line in this process."""

    def run(*arguments: str | Path) -> Ran:
        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        return Ran(status, *capfd.readouterr())

    return run


@dataclasses.dataclass(frozen=True, slots=True)
class Ran:
    """What a command line did."""

    status: int
    out: str
    err: str


def _write_idx(path: Path, array: npt.NDArray[np.uint8]) -> Path:
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    path.write_bytes(b"\x00\x00\x08" + bytes([array.ndim]) + sizes + array.tobytes())
    return path


def _place(ink: Ink, shape: tuple[int, int]) -> Ink:
    height, width = min(ink.shape[0], shape[0]), min(ink.shape[1], shape[1])
    top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
    image = np.zeros(shape, np.uint8)
    image[top : top + height, left : left + width] = ink[:height, :width]
    return image
