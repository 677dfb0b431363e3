"""The Python API in a program of many threads: each has a model of its own, whoever opened what it reads."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

import digitreader
from digitreader.api import functions as api
from digitreader.drawing import scene
from digitreader.model.engine import EngineName
from digitreader.model.load import Model, load_model


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture with 27 and 380."""
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), scene("27\n380", rng=np.random.default_rng(1)).image)
    return path


def test_a_model_is_loaded_once_for_each_thread(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api._reader.cache_clear()  # noqa: SLF001 # or a test before would have loaded it
    loaded: list[str] = []

    def load_counted(name: str, engine: EngineName) -> Model:
        loaded.append(name)
        return load_model(name, engine)

    monkeypatch.setattr("digitreader.model.load.load_model", load_counted)
    texts: list[str] = []
    together = threading.Barrier(2)

    def work() -> None:
        texts.append(digitreader.read_picture(picture).text)
        together.wait()  # so that none has ended, and its number been given to the other

    threads = [threading.Thread(target=work) for _ in range(2)]
    for _ in range(3):
        digitreader.read_picture(picture)
    assert len(loaded) == 1
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == ["27\n380"] * 2
    assert len(loaded) == 3


def test_what_is_opened_in_one_thread_is_read_in_others(picture: Path) -> None:
    opened = [digitreader.read(str(picture)) for _ in range(4)]
    texts: list[str] = []
    failed: list[BaseException] = []
    together = threading.Barrier(len(opened))

    def work(readings: digitreader.Readings) -> None:
        together.wait()
        try:
            texts.extend(page.text for page in readings)
        except BaseException as error:  # noqa: BLE001 # or nobody would hear of it
            failed.append(error)

    threads = [threading.Thread(target=work, args=(readings,)) for readings in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert texts == [texts[0]] * 4


def test_a_reading_may_go_from_thread_to_thread(tmp_path: Path) -> None:
    for number in range(4):
        cv2.imwrite(str(tmp_path / f"{number}.png"), scene("12", rng=np.random.default_rng(number)).image)
    with digitreader.read(str(tmp_path)) as readings:
        texts = [next(readings).text]

        def work() -> None:
            texts.append(next(readings).text)

        for _ in range(2):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        texts.append(next(readings).text)
    assert len(texts) == 4
