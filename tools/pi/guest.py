"""An aarch64 Python of Raspberry Pi OS with the built wheel, and an emulator that runs it as one of the Pi's cores."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.commands import REPOSITORY, ToolError, install_into, run
from tools.pi.packages import Archive

KEPT = REPOSITORY / ".tools" / "pi"
"""What was fetched is kept here; `make clean` removes it."""
PYTHONS = {"bookworm": "3.11", "trixie": "3.13"}
"""The Python of each release of Raspberry Pi OS."""
PLATFORM = "aarch64-manylinux_2_36"
LONGEST_S = 1800
"""What runs longer than this in the emulator hangs."""


@dataclass(frozen=True, slots=True)
class Core:
    """A processor core of the Raspberry Pi, as its Linux describes it.

    Attributes:
        boards: the Raspberry Pis that have it.
        part: Arm's number for it.
        features: what it can do beyond plain ARMv8.0; LiteRT and NumPy choose their loops by them.
    """

    boards: str
    part: int
    features: str

    def cpuinfo(self) -> str:
        """What /proc/cpuinfo says."""
        lines = {
            "BogoMIPS": "108.00",
            "Features": self.features,
            "CPU implementer": "0x41",
            "CPU architecture": "8",
            "CPU variant": "0x0",
            "CPU part": f"{self.part:#x}",
            "CPU revision": "3",
        }
        one = "".join(f"{name}\t: {value}\n" for name, value in lines.items())
        return "".join(f"processor\t: {number}\n{one}\n" for number in range(4))


PLAIN = "fp asimd evtstrm crc32 cpuid"
NEWER = "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp"
CORES = {
    "cortex-a53": Core("Zero 2 and 3", 0xD03, PLAIN),
    "cortex-a72": Core("4", 0xD08, PLAIN),
    "cortex-a76": Core("5", 0xD0B, NEWER),
}


@dataclass(frozen=True, slots=True)
class Guest:
    """What the emulator starts.

    Attributes:
        suite: the release of Debian.
        folder: holds its unpacked `system`, the installed wheels in `packages`, and for each core a view of the system.
        qemu: starts the emulator.
    """

    suite: str
    folder: Path
    qemu: tuple[str, ...]

    @property
    def packages(self) -> Path:
        """Where the wheels are installed, and nothing else."""
        return self.folder / "packages"

    def command(self, core: str, *arguments: str, plugin: str = "") -> list[str]:
        """The command line that runs this guest's Python with arguments as one core."""
        python = self.folder / "system" / "usr" / "bin" / f"python{PYTHONS[self.suite]}"
        plugins = ["-plugin", plugin] if plugin else []
        return [*self.qemu, "-cpu", core, *plugins, "-L", str(self.folder / core), str(python), *arguments]

    def environment(self) -> dict[str, str]:
        """The environment of that command: nothing of the host's Python, one thread, the same hashes each time."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(self.packages),
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "LC_ALL": "C.UTF-8",
        }

    def python(self, core: str, *arguments: str, plugin: str = "", cwd: Path | None = None) -> str:
        """Run the guest's Python to its end; its stdout.

        Raises:
            ToolError: it failed, or hangs.
        """
        command = self.command(core, *arguments, plugin=plugin)
        return run(*command, environment=self.environment(), cwd=cwd, longest_s=LONGEST_S)

    def faults(self, core: str, *arguments: str) -> bool:
        """Whether the guest dies of an instruction that the core does not have."""
        command = self.command(core, *arguments)
        done = subprocess.run(command, env=self.environment(), capture_output=True, check=False)
        return done.returncode in {-signal.SIGILL, 128 + signal.SIGILL}


def make_guest(suite: str, wheel: Path) -> Guest:
    """Bring whatever is missing of a guest, and install the wheel into it.

    Raises:
        ToolError: this machine lacks something, or the registries cannot be reached.
    """
    guest = Guest(suite, KEPT / suite, emulator())
    whole, system = guest.folder / "system.whole", guest.folder / "system"
    if not whole.exists():
        shutil.rmtree(guest.folder, ignore_errors=True)
        Archive(guest.folder / "apt", suite, "arm64").unpack("python3", "libstdc++6", into=system)
        for name, core in CORES.items():
            show_core(system, core, guest.folder / name)
        whole.touch()
    install_into(guest.packages, wheel, platform=PLATFORM, python=PYTHONS[suite])
    return guest


def show_core(system: Path, core: Core, view: Path) -> None:
    """Make a folder that shows a system, and says of the processor that it is a core.

    Without it programs in the emulator see this machine's own processor, and LiteRT crashes.
    """
    (view / "proc").mkdir(parents=True)
    (view / "proc" / "cpuinfo").write_text(core.cpuinfo())
    for each in system.iterdir():
        (view / each.name).symlink_to(each)


def emulator() -> tuple[str, ...]:
    """QEMU for aarch64 programs, with the libraries and the loader that it was built with.

    It is Debian 12's, the last whose user-mode emulation is linked dynamically: only such a one takes plugins.

    Raises:
        ToolError: this machine is another kind, or the registries cannot be reached.
    """
    if platform.machine() != "x86_64":
        raise ToolError(f"this machine is {platform.machine()}; the emulated Pi needs an x86-64 machine with Debian")
    system, whole = KEPT / "qemu" / "system", KEPT / "qemu" / "whole"
    if not whole.exists():
        shutil.rmtree(KEPT / "qemu", ignore_errors=True)
        Archive(KEPT / "qemu" / "apt", "bookworm", "amd64").unpack("qemu-user", into=system)
        whole.touch()
    libraries = [system / folder / "x86_64-linux-gnu" for folder in ("lib", "usr/lib")]
    loader = libraries[0] / "ld-linux-x86-64.so.2"
    paths = ":".join(map(str, libraries))
    return (str(loader), "--library-path", paths, str(system / "usr" / "bin" / "qemu-aarch64"))
