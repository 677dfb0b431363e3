"""`make pi-camera`: the installed product reads a real /dev/video0 in an emulated machine, under a real systemd."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from tools.commands import ToolError, build_wheel
from tools.machine.system import ARCHITECTURES, KEPT, Machine, make_machine, own_processor

LIMIT_S = 290
"""The whole machine, from its start to its end, with acceleration; without it, this times `SLOWER`."""
SLOWER = 8
"""Emulation without the processor's help is about so much slower."""
MEMORY_MB, CORES = 2048, 2
KVM = Path("/dev/kvm")


def check_kvm(name: str) -> None:
    """Check that this machine's processor can run a guest of this kind itself, through the kernel's KVM.

    Raises:
        ToolError: it cannot.
    """
    if name != own_processor() or not os.access(KVM, os.R_OK | os.W_OK):
        raise ToolError(f"--kvm: {KVM} cannot run {name} here; leave --kvm out")


def command(machine: Machine, *, accelerated: bool) -> list[str]:
    """What starts the machine: no network, no disk, the console on stdout."""
    architecture = machine.architecture
    if accelerated:
        processor = ["-accel", "kvm", "-cpu", "host"]
    else:
        processor = ["-accel", "tcg,thread=multi", "-cpu", "cortex-a72" if architecture.debian == "arm64" else "max"]
    line = f"console={architecture.console} panic=-1 oops=panic systemd.show_status=0 loglevel=4 systemd.getty_auto=0"
    return [
        architecture.qemu,
        *architecture.board,
        *processor,
        *("-smp", str(CORES), "-m", str(MEMORY_MB), "-nographic", "-no-reboot", "-nic", "none"),
        *("-kernel", str(machine.kernel), "-initrd", str(machine.initrd), "-append", line),
    ]


def watch(words: list[str], limit_s: float) -> list[str]:
    """Run the machine to its end, and print each check as it comes.

    Returns:
        All lines of its console.

    Raises:
        ToolError: it does not end in time.
    """
    began = time.monotonic()
    console: list[str] = []
    with (
        (KEPT / "console.txt").open("w") as written,
        subprocess.Popen(
            ["timeout", f"{limit_s:.0f}", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as running,
    ):
        for line in running.stdout or ():
            console.append(line.rstrip())
            written.write(line)
            written.flush()
            if line.startswith("CHECK"):
                print(f"{time.monotonic() - began:6.1f} s  {line.rstrip()}", flush=True)
    if running.returncode == 124:
        raise ToolError(f"the machine did not end in {limit_s:.0f} s; its console is in {KEPT / 'console.txt'}")
    return console


def main(arguments: list[str] | None = None) -> int:
    """Make the machine, run it, judge.

    Returns:
        0 where every check passed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processor", choices=tuple(ARCHITECTURES), default="aarch64", help="default: the Pi's")
    parser.add_argument("--kvm", action="store_true", help="this machine's own processor runs it, by /dev/kvm; faster")
    args = parser.parse_args(arguments)
    accelerated = args.kvm
    try:
        if accelerated:
            check_kvm(args.processor)
        wheel = build_wheel(KEPT / "wheel")
        machine = make_machine(args.processor, wheel)
        how = "by KVM" if accelerated else f"emulated, which takes up to {LIMIT_S * SLOWER // 60} minutes"
        print(f"a machine with Debian's kernel, vivid and systemd, {args.processor}, {how}", flush=True)
        console = watch(command(machine, accelerated=accelerated), LIMIT_S * (1 if accelerated else SLOWER))
    except ToolError as error:
        print(f"pi-camera: {error}", file=sys.stderr)
        return 1
    if not any(line.startswith("CHECKS") and line.endswith(" 0 failed") for line in console):
        print(f"pi-camera: not all checks passed; the console is in {KEPT / 'console.txt'}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
