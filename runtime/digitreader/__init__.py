"""digitreader: finds the handwritten digits in a camera's frames and reads them on the device.

    import digitreader

    for reading in digitreader.read(0):
        print(reading.text)

What is named in ``__all__`` is imported when it is first used, so that the import itself costs nothing.
"""

TYPE_CHECKING = False  # to a type checker it is true; importing typing would take longer than all else here
if TYPE_CHECKING:
    from digitreader.api import Picture, read, read_picture
    from digitreader.errors import DigitReaderError
    from digitreader.pages import Readings
    from digitreader.values import Box, Line, Page, Reading

__version__ = "0.1.0"

__all__ = ["Box", "DigitReaderError", "Line", "Page", "Picture", "Reading", "Readings", "read", "read_picture"]

_HOMES = {
    **dict.fromkeys(("Picture", "read", "read_picture"), "digitreader.api"),
    "DigitReaderError": "digitreader.errors",
    "Readings": "digitreader.pages",
    **dict.fromkeys(("Box", "Line", "Page", "Reading"), "digitreader.values"),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
