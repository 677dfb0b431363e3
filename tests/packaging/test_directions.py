"""Imports go one way: export -> train -> runtime; and the runtime needs only what the Pi installs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

RUNTIME = {"digitreader", "numpy", "cv2", "ai_edge_litert"}
# Picamera2 comes with the Pi's own system, paho with the extra [mqtt]; the commands only hand over to the workstation.
EXCEPTIONS = {
    "sources/picamera.py": {"picamera2", "libcamera"},
    "outputs/mqtt/link.py": {"paho"},
    "commands/train.py": {"digitreader_train"},
    "commands/ablate.py": {"digitreader_train"},
    "commands/recipe_arguments.py": {"digitreader_train"},
    "commands/compare.py": {"digitreader_export", "digitreader_train"},
    "commands/export.py": {"digitreader_export", "digitreader_train"},
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
    assert [path.name for path in workstation if "keras" in imports_of(path)] == []
