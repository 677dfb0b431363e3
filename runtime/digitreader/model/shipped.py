"""Where the models lie that come with digitreader."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def model_folders() -> tuple[Path, ...]:
    """The folders with shipped models: inside the package, or of the checkout that an editable install runs from."""
    checkout = PACKAGE.parents[1]
    in_checkout = (checkout / "models",) if (checkout / "pyproject.toml").is_file() else ()
    return (PACKAGE / "models", *in_checkout)


def shipped_models() -> dict[str, Path]:
    """The .tflite files of all shipped models by name, in the order of their names."""
    found = [path for folder in reversed(model_folders()) for path in folder.glob("*.tflite")]
    return dict(sorted((path.stem, path) for path in found))
