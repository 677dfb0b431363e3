"""What the wheel and the source distribution hold."""

from __future__ import annotations

import re
import subprocess
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

from digitreader.host.distribution import DISTRIBUTION, install_extra

SOURCES = {
    "runtime/digitreader": "digitreader",
    "train/digitreader_train": "digitreader_train",
    "export/digitreader_export": "digitreader_export",
    "models": "digitreader/models",
}


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_string(archive.read(name).decode())


def test_the_wheel_holds_the_packages_and_the_models_and_nothing_else(wheel: Path, repository: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == {
        f"{package}/{path.relative_to(repository / folder).as_posix()}"
        for folder, package in SOURCES.items()
        for path in (repository / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_ships_each_model_with_its_card(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        models = {Path(name) for name in archive.namelist() if name.startswith("digitreader/models/")}
    assert Path("digitreader/models/tiny.tflite") in models
    assert {path.with_suffix(".json") for path in models if path.suffix == ".tflite"} <= models


def test_every_package_in_the_wheel_tells_type_checkers_that_it_is_typed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"digitreader/py.typed", "digitreader_train/py.typed", "digitreader_export/py.typed"} <= names


def test_the_source_distribution_builds_the_same_wheel_to_the_byte(wheel: Path, wheel_of_sdist: Path) -> None:
    assert wheel_of_sdist.read_bytes() == wheel.read_bytes()


def test_a_plain_install_asks_for_numpy_opencv_and_litert_alone(metadata: Message) -> None:
    always = [need for need in metadata.get_all("Requires-Dist", []) if "extra ==" not in need]
    assert sorted(need.split("=")[0].split("<")[0] for need in always) == [
        "ai-edge-litert",
        "numpy",
        "opencv-python-headless",
    ]


def test_the_wheel_says_its_licence_and_its_pythons(metadata: Message) -> None:
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"
    assert set(metadata["Requires-Python"].split(",")) == {">=3.11", "<3.14"}


def test_its_name_is_not_that_of_other_software_on_the_package_index(metadata: Message, wheel: Path) -> None:
    assert metadata["Name"] == DISTRIBUTION == "digitreader-edge"
    assert wheel.name.startswith("digitreader_edge-")


def test_no_text_tells_to_install_other_software(repository: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=repository, check=True, capture_output=True, text=True)
    texts = [
        repository / name
        for name in tracked.stdout.split("\0")
        if name.endswith((".md", ".py", ".toml", ".ipynb", ".sh"))
    ]
    strangers = re.compile(r"""(?:pip|pipx|tool|uv) (?:install|add) (?:-\S+ )*["']?digitreader\b(?![-_/.])""")
    said = {path.name: found[0] for path in texts if (found := strangers.search(path.read_text(encoding="utf-8")))}
    assert said == {}


def test_an_extra_is_added_from_where_this_copy_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    class Noted:
        def __init__(self, note: str | None) -> None:
            self.note = note

        def read_text(self, _: str) -> str | None:
            return self.note

    for note, said in (
        ('{"url": "file:///home/pi/my%20reader", "dir_info": {}}', 'pip install "/home/pi/my reader[web]"'),
        ('{"url": "file:///home/pi/a.whl", "archive_info": {}}', 'pip install "/home/pi/a.whl[web]"'),
        (
            '{"url": "https://example.org/a.whl"}',
            'pip install ".[web]" in a folder with the source code of digitreader',
        ),
        (None, 'pip install ".[web]" in a folder with the source code of digitreader'),
        ("no json", 'pip install ".[web]" in a folder with the source code of digitreader'),
    ):
        monkeypatch.setattr("importlib.metadata.distribution", lambda _, note=note: Noted(note))
        assert install_extra("web") == said
