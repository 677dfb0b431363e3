"""Files that are written to for a year: appended to, in whole lines alone, whatever happens to the disk."""

from __future__ import annotations

import io
import os
import stat
from contextlib import suppress
from pathlib import Path

from digitreader.errors import OutputError


class RecordFile(io.TextIOBase):
    """A text file that is appended to; what is written is in it when `flush` returns, whole, or not at all.

    Args:
        path: the file; its folder is made where it is missing.

    Raises:
        OutputError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._held: list[str] = []
        self._descriptor = -1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written to ({error.strerror}); choose another file") from error

    @property
    def is_new(self) -> bool:
        """Nothing is in it yet."""
        return os.fstat(self._descriptor).st_size == 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Hold it until `flush`."""
        self._held.append(text)
        return len(text)

    def flush(self) -> None:
        """Append what is held; where that fails, it is dropped, and no half of it is left in the file.

        Raises:
            OutputError: the disk is full, or broken.
        """
        data = "".join(self._held).encode("utf-8", "backslashreplace")
        self._held.clear()
        if not data or self._descriptor < 0:
            return
        before = os.fstat(self._descriptor)
        try:
            if os.write(self._descriptor, data) < len(data):
                self._cut_back(before)
                raise OutputError(f"{self._path}: cannot be written to (the disk is full); make room")
        except OSError as error:
            self._cut_back(before)
            raise OutputError(f"{self._path}: cannot be written to ({error.strerror}); make room") from error

    def close(self) -> None:
        """Close it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        super().close()

    def _cut_back(self, before: os.stat_result) -> None:
        if stat.S_ISREG(before.st_mode):
            with suppress(OSError):
                os.ftruncate(self._descriptor, before.st_size)
