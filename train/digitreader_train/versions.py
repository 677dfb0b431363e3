"""The versions of the libraries that made a result."""

from __future__ import annotations

import platform
from importlib import metadata

import digitreader

LIBRARIES = (
    "numpy",
    "opencv-python-headless",
    "ai-edge-litert",
    "tensorflow",
    "tf-keras",
    "tensorflow-model-optimization",
)


def installed_versions() -> dict[str, str]:
    """The versions of digitreader, Python and the libraries that weights and model files depend on."""
    return {
        "digitreader": digitreader.__version__,
        "python": platform.python_version(),
        **{library: _version(library) for library in LIBRARIES},
    }


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"
