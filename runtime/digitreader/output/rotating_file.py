"""Files that are written for years: rotated by size or day, and deleted when they are old."""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

from digitreader.errors import OutputError
from digitreader.host.messages import print_warning

KEPT_FREE_BYTES = 64 << 20
"""Bytes of the disk that are left to the rest of the system ..."""
KEPT_FREE_SHARE = 0.05
"""... or, if the disk is small, this share of it."""


def is_nearly_full(total_bytes: int, free_bytes: int) -> bool:
    """Whether a disk is too full for records."""
    return free_bytes < min(KEPT_FREE_BYTES, KEPT_FREE_SHARE * total_bytes)


def refuse_nearly_full(folder: Path) -> None:
    """Check the free space of the disk before something is written to it.

    Raises:
        OutputError: the disk is nearly full.
    """
    disk = shutil.disk_usage(folder)
    if is_nearly_full(disk.total, disk.free):
        raise nearly_full(folder, disk.free)


def nearly_full(path: Path, free_bytes: int) -> OutputError:
    """The error for a file or folder on a nearly full disk."""
    disk = mount_point(path)
    return OutputError(
        f"{path}: the disk is nearly full ({disk} has {free_bytes / 1e6:,.0f} MB free); make room on {disk}"
    )


def mount_point(path: Path) -> Path:
    """The mount point of a file or folder, or of its nearest existing parent."""
    folder = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists()).resolve()
    return next(each for each in (folder, *folder.parents) if each.is_mount())


def rotated_path(path: Path) -> Path:
    """The name of the older half: ``log.1.jsonl`` beside ``log.jsonl``."""
    return path.with_name(f"{path.stem}.1{path.suffix}")


def free_name(path: Path) -> Path:
    """The first of ``NAME.1.SUFFIX``, ``NAME.2.SUFFIX`` and so on that does not exist yet."""
    names = (path.with_name(f"{path.stem}.{number}{path.suffix}") for number in count(1))
    return next(name for name in names if not name.exists())


def rotate_away(path: Path) -> None:
    """Rename a file to the older half, which is replaced; nothing happens if there is no file."""
    if path.exists():
        path.replace(rotated_path(path))


def size_of(path: Path) -> int:
    """A file's bytes; 0 if it was removed."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


class RetainedFiles:
    """Files with a limit on their bytes together; the oldest are deleted.

    Args:
        earlier: files of earlier runs, which may be deleted.
        keep_bytes: the most bytes that all may take; the newest file stays however large it is.
    """

    def __init__(self, earlier: Iterable[Path], keep_bytes: int) -> None:
        oldest_first = sorted((path.stat().st_mtime_ns, path) for path in earlier)
        self._sizes = {path: size_of(path) for _, path in oldest_first}
        self._keep_bytes = keep_bytes
        self._total = sum(self._sizes.values())

    def add(self, path: Path) -> None:
        """Add a file that was written, and delete the oldest ones until all fit."""
        self._total -= self._sizes.pop(path, 0)
        self._sizes[path] = size_of(path)
        self._total += self._sizes[path]
        while self._total > self._keep_bytes and len(self._sizes) > 1:
            oldest = next(iter(self._sizes))
            oldest.unlink(missing_ok=True)
            self._total -= self._sizes.pop(oldest)


FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class RecordFile(io.TextIOBase):
    """A text file that is appended to; when `flush` returns, all of the text is in it, or none.

    If another program moves it away, as logrotate does, the next line is in a new file. If its last line is cut off, as
    after a power cut, the next text still begins on a new line. It is locked, so that two readers of one file notice.

    Args:
        path: the file; its folder is made if it is missing.
        keep_bytes: the most bytes that it and ``NAME.1.SUFFIX`` beside it may take together. When it has half of that,
            it gets that name, and a new file begins. None keeps all, until the disk is nearly full.
        headed: a new file begins with the first line of the file before.

    Attributes:
        appended: how often text was written.

    Raises:
        OutputError: it cannot be opened, or is a pipe that nobody reads.
    """

    def __init__(self, path: Path, *, keep_bytes: int | None = None, headed: bool = False) -> None:
        super().__init__()
        self._path = path
        self._keep_bytes, self._headed = keep_bytes, headed
        self._held: list[str] = []
        self._descriptor = -1
        self.appended = 0
        self._open()
        if not self._ours:
            print_warning(f"warning: {path}: another program writes to it as well; give each reader another file")
        self._begin = b"\n" if _breaks_off(path) else b""
        self._head = first_line(path) if headed and not self.is_new else b""

    @property
    def is_new(self) -> bool:
        """Whether the file is empty."""
        return os.fstat(self._descriptor).st_size == 0

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, text: str) -> int:
        """Hold it until `flush`."""
        self._held.append(text)
        return len(text)

    def flush(self) -> None:
        """Append the text; if that fails, the text is dropped, and no part of it is left in the file.

        Raises:
            OutputError: the disk is full, or broken.
        """
        data = "".join(self._held).encode("utf-8", "backslashreplace")
        self._held.clear()
        if not data or self._descriptor < 0:
            return
        try:
            self._make_room(len(data))
            self._append(data)
        except OSError as error:
            advice = "make room" if error.errno in FULL else "check the disk"
            raise OutputError(f"{self._path}: cannot be written to ({error.strerror}); {advice}") from error
        self.appended += 1

    def close(self) -> None:
        """Close it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        super().close()

    def _open(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # without O_NONBLOCK this would wait, without a message, for somebody to read the pipe
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK
            opened = os.open(self._path, flags, 0o644)
            os.set_blocking(opened, True)
        except OSError as error:
            if error.errno == errno.ENXIO:
                raise OutputError(f"{self._path}: nobody reads this pipe; start its reader first") from error
            raise OutputError(f"{self._path}: cannot be written to ({error.strerror}); choose another file") from error
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._ours, self._begin = opened, _is_ours(opened), b""

    def _make_room(self, more_bytes: int) -> None:
        """Begin a new file if this one is too long or was moved away; fail if the disk is nearly full."""
        state = os.fstat(self._descriptor)
        if not stat.S_ISREG(state.st_mode):
            return
        if not self._is_at_its_place(state):
            self._open()
        elif self._keep_bytes is not None and state.st_size and state.st_size + more_bytes > self._keep_bytes // 2:
            rotate_away(self._path)
            self._open()
        disk = os.fstatvfs(self._descriptor)
        if is_nearly_full(disk.f_blocks * disk.f_frsize, disk.f_bavail * disk.f_frsize):
            raise nearly_full(self._path, disk.f_bavail * disk.f_frsize)

    def _append(self, data: bytes) -> None:
        if self._headed:
            self._head = self._head or data.splitlines(keepends=True)[0]
            if self.is_new and not data.startswith(self._head):
                data = self._head + data
        data, before = self._begin + data, os.fstat(self._descriptor)
        try:
            if os.write(self._descriptor, data) == len(data):
                self._begin = b""
                return
        except OSError:
            self._cut_back(before)
            raise
        self._cut_back(before)
        raise OutputError(f"{self._path}: cannot be written to (the disk is full); make room")

    def _is_at_its_place(self, state: os.stat_result) -> bool:
        try:
            return os.path.samestat(state, self._path.stat())
        except OSError:
            return False

    def _cut_back(self, before: os.stat_result) -> None:
        if stat.S_ISREG(before.st_mode):
            with suppress(OSError):
                os.ftruncate(self._descriptor, before.st_size)


def _is_ours(descriptor: int) -> bool:
    """Lock a file until it is closed; False if another program has locked it. True where there are no locks."""
    import fcntl  # this module does not exist on systems without such locks

    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network drives have none
        return True
    return True


def _breaks_off(path: Path) -> bool:
    """Whether the last line of a file has no newline."""
    try:
        if not path.is_file() or not path.stat().st_size:
            return False
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except OSError:  # it may be one that may be written to and not read
        return False


def first_line(path: Path) -> bytes:
    """The first line of a file with its newline; empty if there is none or it may not be read."""
    try:
        with path.open("rb") as file:
            return file.readline()
    except OSError:  # it may be one that may be written to and not read
        return b""
