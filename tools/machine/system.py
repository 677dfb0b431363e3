"""What the emulated machine is made of: Debian's packages, the product's wheels, the modules of its camera."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.commands import REPOSITORY, ToolError, install_into
from tools.machine.initrd import Initrd
from tools.pi.packages import Archive

KEPT = REPOSITORY / ".tools" / "machine"
"""What was fetched is kept here; `make clean` removes it."""
GUEST = Path(__file__).parent / "guest"
"""Programs that run in the machine."""
PACKAGES = ("python3", "libstdc++6", "systemd", "systemd-sysv", "udev", "dbus", "kmod")
SUITE, PYTHON = "bookworm", "3.11"
CAMERA_MODULE = "vivid"
SITE = "usr/local/lib/python3.11/dist-packages"
"""Where Debian's Python looks for what was installed beside its own packages."""
USER = "pi"


@dataclass(frozen=True, slots=True)
class Architecture:
    """A kind of machine.

    Attributes:
        debian: Debian's name of it.
        qemu: the emulator.
        board: QEMU's arguments for the board and its processor under emulation.
        console: the kernel's name of the serial line.
        wheels: uv's name of the platform.
    """

    debian: str
    qemu: str
    board: tuple[str, ...]
    console: str
    wheels: str


ARCHITECTURES = {
    "x86_64": Architecture("amd64", "qemu-system-x86_64", ("-M", "q35"), "ttyS0", "x86_64-manylinux_2_36"),
    "aarch64": Architecture("arm64", "qemu-system-aarch64", ("-M", "virt"), "ttyAMA0", "aarch64-manylinux_2_36"),
}
"""By the processor's name. The second is that of a Raspberry Pi."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What QEMU starts."""

    architecture: Architecture
    kernel: Path
    initrd: Path


def make_machine(name: str, wheel: Path) -> Machine:
    """Bring what is missing, and write the RAM disk.

    Args:
        name: in `ARCHITECTURES`.
        wheel: of the product.

    Raises:
        ToolError: this machine lacks something, or the registries cannot be reached.
    """
    architecture = ARCHITECTURES[name]
    if shutil.which(architecture.qemu) is None:
        package = {"amd64": "qemu-system-x86", "arm64": "qemu-system-arm"}[architecture.debian]
        raise ToolError(f"{architecture.qemu} is not installed; on Debian: sudo apt-get install {package}")
    folder = KEPT / name
    system = folder / "system"
    whole = folder / "system.whole"
    if not whole.exists():
        shutil.rmtree(system, ignore_errors=True)
        packages = (*PACKAGES, f"linux-image-{architecture.debian}")
        Archive(folder / "apt", SUITE, architecture.debian).unpack(*packages, into=system)
        compile_modules(system / "usr" / "lib" / f"python{PYTHON}")
        whole.touch()
    install_into(folder / "packages", wheel, platform=architecture.wheels, python=PYTHON)
    compile_modules(folder / "packages")
    (kernel,) = (system / "boot").glob("vmlinuz-*")
    write_initrd(folder / "initrd", system, folder / "packages")
    return Machine(architecture, kernel, folder / "initrd")


def compile_modules(folder: Path) -> None:
    """Compile Python's modules here, where this Python is the machine's: an emulated processor takes long for it."""
    if sys.version_info[:2] == tuple(map(int, PYTHON.split("."))):
        # the RAM disk keeps no times, by which a compiled module is usually known to be of its source
        mode = ("--invalidation-mode", "unchecked-hash")
        subprocess.run([sys.executable, "-m", "compileall", "-qq", *mode, str(folder)], check=False)


PASSWD = f"""\
root:x:0:0:root:/root:/bin/sh
messagebus:x:100:101::/nonexistent:/usr/sbin/nologin
{USER}:x:1000:1000::/home/{USER}:/bin/sh
"""
GROUP = f"root:x:0:\nvideo:x:44:{USER}\ntty:x:5:\nmessagebus:x:101:\n{USER}:x:1000:\n"

UNITS = {
    "camera.service": """\
[Unit]
Description=The virtual camera and what it shows
[Service]
{load}
WorkingDirectory=/guest
ExecStart=/usr/bin/python3 -u -m tools.machine.guest.player
Restart=no
StandardOutput=journal+console
""",
    "check.service": """\
[Unit]
Description=The checks
After=camera.service
Wants=camera.service
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
WorkingDirectory=/guest
ExecStart=/usr/bin/python3 -u -m tools.machine.guest.check
StandardOutput=tty
StandardError=tty
TTYPath=/dev/console
TimeoutStartSec=infinity
""",
}


UNNEEDED = ("systemd-logind.service", "systemd-user-sessions.service", "systemd-update-utmp.service")


def write_initrd(path: Path, system: Path, packages: Path) -> None:
    """Write the RAM disk: the system, the product, the programs of the checks and the units that start them."""
    with Initrd(path) as initrd:
        initrd.link("init", "usr/lib/systemd/systemd")
        initrd.file("etc/passwd", PASSWD)
        initrd.file("etc/group", GROUP)
        initrd.file("etc/machine-id", "0123456789abcdef0123456789abcdef\n")
        initrd.file("etc/os-release", 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12, emulated"\n')
        initrd.file("etc/hostname", "machine\n")
        initrd.folder(f"home/{USER}")
        initrd.folder("var/log/journal")
        load = _add_modules(initrd, system)
        for name, text in UNITS.items():
            initrd.file(f"etc/systemd/system/{name}", text.replace("{load}", load))
        for name in UNNEEDED:
            initrd.link(f"etc/systemd/system/{name}", "/dev/null")
        initrd.link("etc/systemd/system/default.target", "/usr/lib/systemd/system/multi-user.target")
        initrd.link("etc/systemd/system/multi-user.target.wants/check.service", "../check.service")
        for package in (GUEST.parents[1], GUEST.parent):
            initrd.file(f"guest/{package.relative_to(REPOSITORY)}/__init__.py", "")
        initrd.tree(GUEST, f"guest/{GUEST.relative_to(REPOSITORY)}")
        initrd.tree(packages, SITE)
        initrd.tree(system)


LOOP = "n_devs=1 node_types=0x101 num_inputs=1 input_types=0x03 num_outputs=1 output_types=0x01 multiplanar=1 "
LOOP += "vid_cap_nr=0 vid_out_nr=1 no_error_inj=0"
"""One camera with an HDMI input and one player with an HDMI output, /dev/video0 and /dev/video1; faults can be made."""


def _add_modules(initrd: Initrd, system: Path) -> str:
    """Add the camera's module and all that it needs; the unit's lines that load them. There is no shell to do it."""
    (modules,) = (folder for folder in (system / "lib" / "modules").iterdir() if (folder / "kernel").is_dir())
    files = {path.stem.replace("-", "_"): path for path in (modules / "kernel").rglob("*.ko")}
    lines = []
    for name in in_order(CAMERA_MODULE, files):
        initrd.file(f"guest/modules/{name}.ko", files[name].read_bytes())
        options = f" {LOOP}" if name == CAMERA_MODULE else ""
        lines.append(f"ExecStartPre=/usr/sbin/insmod /guest/modules/{name}.ko{options}")
    return "\n".join(lines)


def in_order(name: str, files: dict[str, Path]) -> list[str]:
    """A module after all that it depends on, by what the modules say themselves; what is built in is left out."""
    found = re.search(rb"\0depends=([^\0]*)\0", files[name].read_bytes())
    needed = found[1].decode().replace("-", "_").split(",") if found and found[1] else []
    order = [each for other in needed if other in files for each in in_order(other, files)]
    return list(dict.fromkeys([*order, name]))


def own_processor() -> str:
    """This machine's kind of processor, by the names of `ARCHITECTURES`; the Pi's where it is another."""
    return platform.machine() if platform.machine() in ARCHITECTURES else "aarch64"
