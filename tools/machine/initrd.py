"""An initial RAM disk that is a whole system, written without root: the kernel's cpio format "newc"."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

LEFT_OUT = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/i18n",
    "usr/share/perl",
    "usr/share/zoneinfo",
    "usr/lib/modules",
    "boot",
)
"""What no check needs."""
MERGED = ("bin", "sbin", "lib", "lib64")
"""Debian's packages put files in these; an installed system has links from them into /usr."""
CONSOLE = (5, 1)
FOLDER, FILE, LINK, DEVICE = 0o040000, 0o100000, 0o120000, 0o020000


class Initrd:
    """Writes entries one by one; of two entries of one name the first counts.

    Args:
        path: of the file to write.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._number = 0
        self._seen: set[str] = set()

    def __enter__(self) -> Self:
        self._write("dev", FOLDER | 0o755)
        self._write("dev/console", DEVICE | 0o600, device=CONSOLE)
        for name in MERGED:
            self.link(name, f"usr/{name}")
        for name in ("proc", "sys", "run", "var/tmp"):
            self.folder(name)
        self.folder("tmp", mode=0o1777)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self._write("TRAILER!!!", 0)
            self._file.write(b"\0" * (-self._file.tell() % 512))
        self._file.close()

    def folder(self, name: str, *, mode: int = 0o755) -> None:
        """Add a folder, and those that it lies in."""
        parent = name.rpartition("/")[0]
        if parent:
            self.folder(parent)
        self._write(name, FOLDER | mode)

    def link(self, name: str, target: str) -> None:
        """Add a symbolic link."""
        self._in_folder(name)
        self._write(name, LINK | 0o777, target.encode())

    def file(self, name: str, content: bytes | str, *, mode: int = 0o644) -> None:
        """Add a file."""
        self._in_folder(name)
        self._write(name, FILE | mode, content.encode() if isinstance(content, str) else content)

    def tree(self, folder: Path, into: str = "") -> None:
        """Add all that lies in a folder; file modes are kept, folders become 0755, what is not needed is left out."""
        for path in sorted(folder.iterdir()):
            name = _merged(f"{into}/{path.name}".lstrip("/"))
            if path.is_symlink():
                self.link(name, str(path.readlink()))
            elif path.is_dir():
                if name not in LEFT_OUT:
                    self.tree(path, name)
            elif path.is_file():
                self.file(name, path.read_bytes(), mode=path.stat().st_mode & 0o777)

    def _in_folder(self, name: str) -> None:
        parent = name.rpartition("/")[0]
        if parent:
            self.folder(parent)

    def _write(self, name: str, mode: int, content: bytes = b"", *, device: tuple[int, int] = (0, 0)) -> None:
        if name in self._seen:
            return
        self._seen.add(name)
        self._number += 1
        told = name.encode() + b"\0"
        fields = (self._number, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(told), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + told
        for part in (head, content):
            self._file.write(part + b"\0" * (-len(part) % 4))


def _merged(name: str) -> str:
    first = name.partition("/")[0]
    return f"usr/{name}" if first in MERGED else name
