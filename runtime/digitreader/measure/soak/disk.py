"""A disk that is full for a while, by the kernel's own limit for the size of files."""

from __future__ import annotations

import resource


class FullDisk:
    """Lets this process write to no regular file: each write fails as on a full disk.

    Args:
        where: a part of the names of the files that are written.

    Attributes:
        full: whether it is.
    """

    def __init__(self, where: str) -> None:
        self.where, self.full = where, False
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def begin(self) -> None:
        """Fill it."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, self._before[1]))
        self.full = True

    def end(self) -> None:
        """Make room."""
        if self.full:
            resource.setrlimit(resource.RLIMIT_FSIZE, self._before)
        self.full = False
