"""What a command loads once and keeps to its end: the garbage collector need not look through it again and again."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def kept_to_the_end() -> Iterator[None]:
    """Import and load in the block what stays until the process ends, with the collector's eyes shut.

    Modules make many objects and hardly any garbage. To look through them takes a twentieth of the start and as long
    again at the exit, and in a stream it makes a frame late now and then.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_collecting:
            gc.enable()
