"""Finds the file of a model by its name or path."""

from __future__ import annotations

from pathlib import Path

from digitreader.errors import ModelFormatError

PACKAGE = Path(__file__).resolve().parents[1]


def model_folders() -> tuple[Path, ...]:
    """The folders with shipped models: in the package, or in the checkout of an editable install."""
    checkout = PACKAGE.parents[1]
    in_checkout = (checkout / "models",) if (checkout / "pyproject.toml").is_file() else ()
    return (PACKAGE / "models", *in_checkout)


def shipped_models() -> dict[str, Path]:
    """The .tflite files of all shipped models, by name and sorted by name."""
    found = [path for folder in reversed(model_folders()) for path in folder.glob("*.tflite")]
    return dict(sorted((path.stem, path) for path in found))


KERAS = (".keras", ".h5", ".hdf5")
OTHERS = {
    ".onnx": "an ONNX model; convert it to a .tflite first",
    ".pt": "a PyTorch model; convert it to a .tflite first",
    ".pth": "a PyTorch model; convert it to a .tflite first",
    ".pb": "a TensorFlow graph; convert it to a .tflite first",
    ".json": "a card; give the .tflite beside it",
    ".npz": "a file of weights; give a .tflite, or export the run that it belongs to",
}


def locate_model(name_or_path: str) -> Path:
    """Find the .tflite of a name or path.

    Raises:
        ModelFormatError: no shipped model has this name and no file this path, or the file is not a .tflite.
    """
    shipped = shipped_models()
    if name_or_path in shipped:
        return shipped[name_or_path]
    path = Path(name_or_path)
    if path.suffix.lower() == ".tflite" and (path.is_file() or path.with_suffix(".json").is_file()):
        return path
    if name_or_path and path.exists():
        raise ModelFormatError(f"{name_or_path}: {describe_other_file(path)}")
    names = ", ".join(shipped) or "none"
    raise ModelFormatError(f"{name_or_path}: no such model; give the path of a .tflite, or a shipped name ({names})")


def describe_other_file(path: Path) -> str:
    """The kind of a file that is not a .tflite, with advice."""
    suffix = path.suffix.lower()
    if path.is_dir():
        if (path / "run.json").is_file():
            return f"is a run; make a .tflite of it: digitreader export {path}"
        if (path / "saved_model.pb").is_file():
            return "is a SavedModel; convert it to a .tflite with TensorFlow Lite's converter, or save it as .keras"
        return "is a folder; give a .tflite"
    if suffix in KERAS:
        return f"is a Keras model; make a .tflite of it: digitreader export {path}"
    if suffix in OTHERS:
        return f"is {OTHERS[suffix]}"
    return "is not a .tflite; give one, or a Keras model to digitreader export"
