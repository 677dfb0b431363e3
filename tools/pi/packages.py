"""Debian's packages for another machine: fetched from this machine's own archive, unpacked, never installed."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tools.commands import ToolError, run

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
"""Debian 12's keyring has the keys of Debian 13 too."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A suite of Debian's archive, with an apt of its own, so that this machine's packages stay as they are.

    Attributes:
        folder: where apt keeps its lists and what it fetched.
        suite: ``bookworm`` or ``trixie``.
        architecture: Debian's name for it, such as ``arm64``.
    """

    folder: Path
    suite: str
    architecture: str

    def unpack(self, *names: str, into: Path) -> None:
        """Unpack packages, with all that they need, into a folder.

        Raises:
            ToolError: this machine has no Debian archive, or it cannot be reached.
        """
        fetched = self.fetch(*names)
        into.mkdir(parents=True, exist_ok=True)
        if self.suite == "trixie":  # an installer makes this link
            (into / "usr" / "lib").mkdir(parents=True, exist_ok=True)
            (into / "lib").symlink_to("usr/lib")
        for package in fetched:
            unpack(package, into)
        shutil.rmtree(self.folder)

    def fetch(self, *names: str) -> list[Path]:
        """The .deb files of packages and of what they need.

        Raises:
            ToolError: as `unpack`.
        """
        settings = self._settings()
        run("apt-get", *settings, "-qq", "update")
        kept = self.folder / "archives"
        shutil.rmtree(kept, ignore_errors=True)
        (kept / "partial").mkdir(parents=True)
        run("apt-get", *settings, "-qq", "-y", "--no-install-recommends", "--download-only", "install", *names)
        return sorted(kept.glob("*.deb"))

    def _settings(self) -> list[str]:
        for each in ("lists/partial", "archives/partial", "parts"):
            (self.folder / each).mkdir(parents=True, exist_ok=True)
        sources, status = self.folder / "sources.list", self.folder / "status"
        trust = f"[arch={self.architecture} signed-by={KEYRING}]"
        sources.write_text(f"deb {trust} {archive_address()} {self.suite} main\n")
        status.touch()
        folders = {
            "Etc::SourceList": sources,
            "Etc::SourceParts": self.folder / "parts",
            "Etc::PreferencesParts": self.folder / "parts",
            "State::Lists": self.folder / "lists",
            "State::Status": status,
            "Cache::Archives": self.folder / "archives",
            "Cache::pkgcache": self.folder / "pkgcache.bin",
            "Cache::srcpkgcache": self.folder / "srcpkgcache.bin",
        }
        chosen = {
            "APT::Architecture": self.architecture,
            "APT::Architectures": self.architecture,
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Debug::NoLocking": "1",
        }
        named = {**{f"Dir::{name}": str(path.absolute()) for name, path in folders.items()}, **chosen}
        return [word for name, value in named.items() for word in ("-o", f"{name}={value}")]


def archive_address() -> str:
    """Where this machine's apt finds Debian's main archive.

    Raises:
        ToolError: it is not a Debian.
    """
    if shutil.which("apt-get") is None or not KEYRING.exists():
        raise ToolError("this machine is not a Debian 12 or 13, whose archive has the emulated Pi's packages; use one")
    told = run("apt-get", "indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)", "Created-By: Packages")
    for line in told.splitlines():
        address, suite, component = line.split("|")
        if suite in {"bookworm", "trixie"} and component == "main":
            return address
    raise ToolError(
        "apt's sources have no line for Debian's bookworm or trixie, main; add one to /etc/apt/sources.list.d"
    )


def unpack(package: Path, folder: Path) -> None:
    """Unpack the files of one .deb, as whoever calls."""
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as pipe,
        tarfile.open(fileobj=pipe.stdout, mode="r|") as files,
    ):
        files.extraction_filter = getattr(tarfile, "tar_filter", None)  # not in Python 3.11.2
        for member in files:
            if member.isfile() or member.isdir() or member.issym() or member.islnk():
                files.extract(member, folder, set_attrs=member.isfile())
    if pipe.returncode != 0:
        raise ToolError(f"{package.name}: dpkg-deb cannot unpack it; delete {package.parent} and try again")
