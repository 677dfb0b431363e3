"""An aarch64 Python of Raspberry Pi OS with the built wheel, and an emulator that runs it as one of the Pi's cores."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.pi.packages import Archive, PiError, run

REPOSITORY = Path(__file__).parents[2]
KEPT = REPOSITORY / ".tools" / "pi"
"""What was fetched is kept here; `make clean` removes it."""
PYTHONS = {"bookworm": "3.11", "trixie": "3.13"}
"""The Python of each release of Raspberry Pi OS."""
CORES = {"cortex-a53": "Zero 2 and 3", "cortex-a72": "4", "cortex-a76": "5"}
"""Which Raspberry Pi has which core."""
PLATFORM = "aarch64-manylinux_2_36"
OLDEST_QEMU = 9
"""QEMU 7.2 crashes in LiteRT and has computed wrong integers."""


@dataclass(frozen=True, slots=True)
class Guest:
    """What the emulator starts.

    Attributes:
        suite: the release of Debian.
        system: its unpacked files.
        packages: the installed wheels, with nothing else.
        qemu: the emulator.
    """

    suite: str
    system: Path
    packages: Path
    qemu: Path

    def command(self, core: str, *arguments: str, plugin: str = "") -> list[str]:
        """The command line that runs this guest's Python with arguments as one core."""
        python = self.system / "usr" / "bin" / f"python{PYTHONS[self.suite]}"
        plugins = ["-plugin", plugin] if plugin else []
        return [str(self.qemu), "-cpu", core, *plugins, "-L", str(self.system), str(python), *arguments]

    def environment(self) -> dict[str, str]:
        """The environment of that command: nothing of the host's Python, one thread, the same hashes each time."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(self.packages),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONNOUSERSITE": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "LC_ALL": "C.UTF-8",
        }

    def python(self, core: str, *arguments: str, plugin: str = "", cwd: Path | None = None) -> str:
        """Run the guest's Python to its end; its stdout.

        Raises:
            PiError: it failed.
        """
        return run(*self.command(core, *arguments, plugin=plugin), environment=self.environment(), cwd=cwd)

    def faults(self, core: str, *arguments: str) -> bool:
        """Whether the guest dies of an instruction that the core does not have."""
        command = self.command(core, *arguments)
        done = subprocess.run(command, env=self.environment(), capture_output=True, check=False)
        return done.returncode in {-4, 132}


def make_guest(suite: str, wheel: Path) -> Guest:
    """Bring whatever is missing of a guest, and install the wheel into it.

    Raises:
        PiError: this machine lacks something, or the registries cannot be reached.
    """
    guest = Guest(suite, KEPT / suite / "system", KEPT / suite / "packages", emulator())
    whole = KEPT / suite / "system.whole"
    if not whole.exists():
        shutil.rmtree(guest.system, ignore_errors=True)
        Archive(KEPT / suite / "apt", suite, "arm64").unpack("python3", "libstdc++6", into=guest.system)
        whole.touch()
    install(wheel, guest.packages, PYTHONS[suite])
    return guest


def install(wheel: Path, folder: Path, python: str) -> None:
    """Install the locked runtime's aarch64 wheels, and our wheel, into a folder."""
    locked = REPOSITORY / "requirements" / "runtime.txt"
    mark, made_from = folder.with_suffix(".lock"), hashlib.sha256(locked.read_bytes()).hexdigest()
    targets = ("--python-platform", PLATFORM, "--python-version", python, "--target", str(folder))
    common = (uv(), "pip", "install", "--quiet", "--no-config", "--only-binary", ":all:", *targets)
    if not mark.exists() or mark.read_text() != made_from:
        shutil.rmtree(folder, ignore_errors=True)
        run(*common, "--require-hashes", "-r", str(locked))
        mark.write_text(made_from)
    run(*common, "--no-deps", "--reinstall", str(wheel))


def emulator() -> Path:
    """QEMU for aarch64 programs, new enough: the machine's own, or the one of Debian's backports."""
    own = shutil.which("qemu-aarch64")
    for found in (KEPT / "qemu" / "usr" / "bin" / "qemu-aarch64", Path(own) if own else None):
        if found is not None and found.exists() and _version(found) >= OLDEST_QEMU:
            return found
    suite = "bookworm-backports" if _host_release() == "12" else "trixie"
    Archive(KEPT / "qemu-apt", suite, "amd64").unpack("qemu-user", into=KEPT / "qemu", with_needed=False)
    return KEPT / "qemu" / "usr" / "bin" / "qemu-aarch64"


def build_wheel(folder: Path) -> Path:
    """Build the checkout's wheel into a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    run(tool("hatchling"), "build", "-t", "wheel", "-d", str(folder.absolute()), cwd=REPOSITORY)
    (wheel,) = folder.glob("*.whl")
    return wheel


def uv() -> str:
    """The uv of the developers' tools."""
    return tool("uv")


def tool(name: str) -> str:
    """A developers' tool beside the Python that runs this.

    Raises:
        PiError: it is not installed.
    """
    import sys

    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise PiError(f"{name} is not installed here; run this by make, which installs it")
    return found


def _version(qemu: Path) -> int:
    words = run(str(qemu), "--version").split()
    return int(words[words.index("version") + 1].split(".")[0])


def _host_release() -> str:
    return Path("/etc/debian_version").read_text().split(".")[0]
