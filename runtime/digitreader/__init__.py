"""digitreader: finds the handwritten digits in pictures and camera frames and reads them on the device.

One picture, from whatever you have of it: a path, a web address, bytes, an open file, a Pillow picture, an array:

    import digitreader

    page = digitreader.read_picture("photo.jpg")
    print(page.text)                      # the digits, a newline between lines
    for digit in page.digits:
        x, y, width, height = digit.box   # in pixels of the picture
        print(digit.digit, digit.confidence, x, y)

Many pictures with one model; a list gives a list back, and what cannot be read is recorded:

    reader = digitreader.Reader(expect="digits=5", on_error="record")
    for page in reader.read(["a.jpg", "b.png", array]):
        print(page.source, page.error or page.text)

Many files, on a cluster too, as dicts that become a table; a bad picture has an error and ends nothing:

    rows = digitreader.read_many(names)

A camera, a video or a folder: each number once it is steady, each picture's page:

    for page in digitreader.read(0):
        print(page.text)

The frames of your own loop, with steady numbers all the same:

    for page in reader.follow(frames()):
        print(page.text)

What a page can do: page.annotate() is the picture with boxes, page.to_json() what the command line prints,
page.to_dict() and page.to_pandas() the same for programs; a notebook shows a page as its picture with boxes.

A Reader may be shared by threads, pickled, and used after a fork. `async for` works where `for` does. Whatever goes
wrong is a DigitReaderError. More: docs/api.md and docs/examples/.

What is named in ``__all__`` is imported when it is first used, so that the import itself costs nothing.
"""

TYPE_CHECKING = False  # to a type checker it is true; importing typing would take longer than all else here
if TYPE_CHECKING:
    from digitreader.api.functions import Picture, read, read_many, read_picture
    from digitreader.api.page import Page
    from digitreader.api.pages import Readings
    from digitreader.api.reader import Reader
    from digitreader.errors import DigitReaderError
    from digitreader.values import Box, Line, Reading

__version__ = "0.1.0"

__all__ = [
    "Box",
    "DigitReaderError",
    "Line",
    "Page",
    "Picture",
    "Reader",
    "Reading",
    "Readings",
    "read",
    "read_many",
    "read_picture",
]

_HOMES = {
    **dict.fromkeys(("Picture", "read", "read_many", "read_picture"), "digitreader.api.functions"),
    "DigitReaderError": "digitreader.errors",
    "Page": "digitreader.api.page",
    "Reader": "digitreader.api.reader",
    "Readings": "digitreader.api.pages",
    **dict.fromkeys(("Box", "Line", "Reading"), "digitreader.values"),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
