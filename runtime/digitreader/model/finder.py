"""Loads the network that finds digits; a file that is not the one its card describes is refused."""

from __future__ import annotations

from digitreader.engines import EngineName
from digitreader.engines.maps import MapEngine
from digitreader.model.finder_checks import FinderInspection
from digitreader.model.load import locate_model


def load_finder(name_or_path: str = "finder", engine: EngineName = "auto") -> MapEngine:
    """Load the shipped network that finds digits, or another one.

    The golden pictures are left to `digitreader verify`: they would cost more than a frame at each start.

    Args:
        name_or_path: a shipped model, or the path of a .tflite with its card beside it.
        engine: what shall run it.

    Returns:
        takes pictures (H, W, 3) uint8 BGR, H and W multiples of 32; gives geometry (H/4, W/4, 4), then maps
        (H/4, W/4, 10).

    Raises:
        ModelFormatError: there is no such model, its card is missing or changed, or the file is another one.
        MissingExtraError: the engine asked for is not installed.
    """
    inspection = FinderInspection(locate_model(name_or_path), engine)
    inspection.check_card()
    inspection.check_file()
    inspection.check_form()
    return inspection.engine
