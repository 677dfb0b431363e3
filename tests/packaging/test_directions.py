"""Imports go one way: export -> train -> runtime, and in the runtime from room to room; which needs little else."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

RUNTIME = {"digitreader", "numpy", "cv2", "ai_edge_litert"}
# Picamera2 comes with the Pi's own system, paho with the extra [mqtt], prometheus_client with [prometheus], starlette
# and uvicorn with [web], shtab with [completion]; the commands only hand over to the workstation.
EXCEPTIONS = {
    "camera/picamera.py": {"picamera2", "libcamera"},
    "output/mqtt/connection.py": {"paho"},
    "output/mqtt/robust_client.py": {"paho"},
    "output/prometheus.py": {"prometheus_client"},
    "api/page.py": {"pandas"},  # for its type alone
    "api/showing.py": {"pandas"},  # and only where `to_pandas` is called
    "measure/bench/other_readers.py": {"onnx", "onnxruntime", "rapidocr"},  # only where `bench peers` finds them
    "web/app.py": {"starlette"},
    "web/gate.py": {"starlette"},
    "web/streams.py": {"starlette"},
    "web/server.py": {"uvicorn", "h11", "segno"},
    "cli/completion.py": {"shtab"},
    "cli/train.py": {"digitreader_train"},
    "cli/ablate.py": {"digitreader_train"},
    "cli/report.py": {"digitreader_train"},
    "cli/arguments.py": {"digitreader_train"},
    "cli/compare.py": {"digitreader_export", "digitreader_train"},
    "cli/card.py": {"digitreader_export"},
    "cli/export.py": {"digitreader_export", "digitreader_train"},
    "cli/export_c.py": {"digitreader_export"},
}


def imports_of(path: Path) -> Iterator[str]:
    """The top-level name of every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.partition(".")[0]


def test_the_runtime_imports_numpy_opencv_and_litert_alone(repository: Path) -> None:
    package = repository / "runtime" / "digitreader"
    known = {*sys.stdlib_module_names, *RUNTIME}
    names = {path: path.relative_to(package).as_posix() for path in package.rglob("*.py")}
    foreign = {name: set(imports_of(path)) - known - EXCEPTIONS.get(name, set()) for path, name in names.items()}
    assert {name: modules for name, modules in foreign.items() if modules} == {}


def test_training_never_imports_the_export(repository: Path) -> None:
    training = (repository / "train" / "digitreader_train").rglob("*.py")
    assert [path.name for path in training if "digitreader_export" in imports_of(path)] == []


def test_keras_is_always_tf_keras(repository: Path) -> None:
    workstation = [*(repository / "train").rglob("*.py"), *(repository / "export").rglob("*.py")]
    # the run's file for plain Keras is written by plain Keras, and a user's own model is read by it
    found = {path.name for path in workstation if "keras" in imports_of(path)}
    assert found == {"keras_file.py", "keras_model.py"}


@pytest.fixture(scope="module")
def script(repository: Path) -> ModuleType:
    """docs/architecture.py, which reads the imports and draws them."""
    spec = importlib.util.spec_from_file_location("architecture", repository / "docs" / "architecture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_order_of_the_rooms_is_written_down_and_names_every_room(script: ModuleType) -> None:
    lower = "errors < host < values < drawing < camera < model < find < reading < output"
    assert " < ".join(script.ROOMS) == f"{lower} < setup < measure < api < web < cli"
    assert {script.room_of(module) for module in script.read_imports()} == {*script.ROOMS, ""}


def test_no_room_imports_from_one_above_it(script: ModuleType) -> None:
    height = {room: number for number, room in enumerate(script.ROOMS)}
    arrows = script.room_arrows(script.read_imports())
    assert sorted(pair for pair in arrows if height[pair[1]] > height[pair[0]]) == []


def test_no_modules_of_the_runtime_import_each_other_in_a_circle(script: ModuleType) -> None:
    assert script.circles(script.read_imports()) == []


def test_an_import_inside_a_function_is_an_arrow_and_may_close_a_circle(script: ModuleType, tmp_path: Path) -> None:
    package = tmp_path / "digitreader"
    for name, source in {
        "__init__": "",
        "errors": "def name():\n    from digitreader.host import files\n    return files\n",
        "host/__init__": "",
        "host/files": "import digitreader.errors\n",
    }.items():
        path = package / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    imports = script.read_imports(package)
    assert script.room_arrows(imports) == {("errors", "host"), ("host", "errors")}
    assert script.circles(imports) == [["digitreader.errors", "digitreader.host.files"]]


def test_the_root_has_at_most_fourteen_entries(repository: Path) -> None:
    package = repository / "runtime" / "digitreader"
    kept = {"__init__.py", "__main__.py", "py.typed", "__pycache__"}
    # a folder without code is left over from another version
    entries = {path.name for path in package.iterdir() if path.is_file() or any(path.rglob("*.py"))}
    assert len(entries - kept) <= 14


def test_training_takes_nothing_from_the_scores(repository: Path, script: ModuleType) -> None:
    scores = "digitreader.measure.score"
    names = {
        path.name: {f"{module}.{name}" for module, name in script.imported_names(path.read_text(encoding="utf-8"))}
        for path in (repository / "train" / "digitreader_train").rglob("*.py")
    }
    assert [name for name, given in names.items() if any(f"{each}.".startswith(f"{scores}.") for each in given)] == []


def test_the_drawing_of_the_rooms_shows_the_imports_that_there_are(script: ModuleType) -> None:
    drawn = script.DRAWING.read_text(encoding="utf-8")
    assert drawn == script.draw(script.read_imports()), "run `python docs/architecture.py` and look at the drawing"
