"""The systemd unit that starts the reader at boot."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitreader.errors import ServiceError
from digitreader.host.messages import one_line

V4L2 = ("char-video4linux",)
# libcamera drives the sensor through media nodes and asks the kernel for memory that both may use
CSI = (*V4L2, "char-media", "char-dma_heap")


def devices_for(sources: Iterable[str]) -> tuple[str, ...]:
    """The kinds of device that these sources need, each once; none for pictures, videos, streams and the demo.

    Never a single node: systemd opens only those that are there when the service starts; a camera that is plugged in
    later, or again under another number, would stay closed.
    """
    return tuple(dict.fromkeys(kind for source in sources for kind in _kinds(source)))


def _kinds(source: str) -> tuple[str, ...]:
    if source in {"picamera", "auto"}:
        return CSI
    if source.isdecimal() or source.startswith(("/dev/video", "/dev/v4l/")):
        return V4L2
    return ()


def caller(config: Path) -> str:
    """The user that runs the service: who called sudo, or else the owner of the configuration; never root.

    Raises:
        ServiceError: both are root.
    """
    name = os.environ.get("SUDO_USER") or pwd.getpwuid(config.stat().st_uid).pw_name
    if name == "root":
        raise ServiceError(
            f"the service must not run as root, and both this call and {config} are root's; "
            "name another user: --run-as USER"
        )
    return name


def runner(name: str, config: Path) -> str:
    """The user that runs the service, once it is sure that they exist and may read the configuration.

    Raises:
        ServiceError: they do not exist, or may not.
    """
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        raise ServiceError(f"{name}: there is no such user here; name an existing user: --run-as USER") from None
    if user.pw_uid == 0:
        raise ServiceError(f"--run-as {name}: the service must not run as root; name another user")
    state = config.stat()
    groups = os.getgrouplist(name, user.pw_gid)
    may_read = state.st_mode & (0o400 if state.st_uid == user.pw_uid else 0o040 if state.st_gid in groups else 0o004)
    if not may_read:
        raise ServiceError(f"{config}: the service runs as {name}, who may not read it; sudo chown {name} {config}")
    return name


MARK = "# Written by: digitreader service install"
"""The first line of every unit of ours, without which none is replaced or removed."""

# Each of these needs rights that a user's own service manager has not: there the service would not start.
SYSTEM_SANDBOX = """\
CapabilityBoundingSet=
PrivateMounts=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RemoveIPC=yes
"""

SANDBOX = """\
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0027
MemoryMax=700M
"""


@dataclass(frozen=True, slots=True)
class Service:
    """What the unit says.

    Attributes:
        name: of the unit, without ``.service``.
        command: the program and its arguments.
        run_as: the user that a system's service runs as; None for a user's own service.
        devices: as DeviceAllow= names them.
        writable: folders that it may write to beside its own.
        watchdog_s: after this long without a processed frame, or a try to connect the camera, it is restarted;
            None where frames may be rare.
        environment_file: holds NAME=VALUE lines that the configuration refers to; None if there is none.
    """

    name: str
    command: tuple[str, ...]
    run_as: str | None = None
    devices: tuple[str, ...] = ()
    writable: tuple[Path, ...] = ()
    watchdog_s: int | None = 60
    environment_file: Path | None = None


def unit_text(service: Service) -> str:
    """The unit file of a service."""
    return "\n".join([MARK, "", _unit(service), _service(service), _install(service)])


def _unit(service: Service) -> str:
    lines = ["[Unit]", f"Description=digitreader ({service.name})"]
    if service.run_as is not None:
        lines += ["Wants=network-online.target", "After=network-online.target"]
    # it is meant to run for a year: it never gives up
    return _lines(*lines, "StartLimitIntervalSec=0")


def _service(service: Service) -> str:
    return _lines(
        "[Service]",
        "Type=notify",
        "NotifyAccess=main",
        f"ExecStart={' '.join(_quoted(word) for word in service.command)}",
        # it may still flush its outputs; what hangs is killed
        *([f"WatchdogSec={service.watchdog_s}", "WatchdogSignal=SIGTERM"] if service.watchdog_s else ()),
        "TimeoutStopSec=10",
        # what it ends with after SIGTERM
        "SuccessExitStatus=143",
        "Restart=always",
        "RestartSec=5",
        # a configuration that cannot be meant becomes no better by trying
        "RestartPreventExitStatus=2",
        f"StateDirectory={service.name}",
        f"WorkingDirectory=%S/{service.name}",
        "StandardOutput=journal",
        "StandardError=journal",
        f"SyslogIdentifier={service.name}",
        "Environment=PYTHONUNBUFFERED=1",
        # systemd takes all of the line for the path, spaces too
        *([f"EnvironmentFile={_checked(str(service.environment_file))}"] if service.environment_file else ()),
        *(_identity(service) if service.run_as is not None else ()),
        *SANDBOX.splitlines(),
        *(f"ReadWritePaths={_quoted(str(folder), is_command=False)}" for folder in service.writable),
    )


def _identity(service: Service) -> Sequence[str]:
    allowed = [f"DeviceAllow={device} rw" for device in service.devices]
    # video is the group of cameras, on the Pi and elsewhere
    groups = ["SupplementaryGroups=video"] if allowed else ["PrivateDevices=yes"]
    return [f"User={service.run_as}", *groups, "DevicePolicy=closed", *allowed, *SYSTEM_SANDBOX.splitlines()]


def _install(service: Service) -> str:
    return _lines("[Install]", f"WantedBy={'default' if service.run_as is None else 'multi-user'}.target")


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def _quoted(word: str, *, is_command: bool = True) -> str:
    """A word as systemd's files have it: % would be filled in, quotes and spaces end it; $ counts in commands alone.

    Raises:
        ServiceError: it holds a line break or another command to a terminal.
    """
    escaped = _checked(word).replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("$", "$$") if is_command else escaped
    return f'"{escaped}"' if set(word) - _PLAIN else escaped


def _checked(word: str) -> str:
    """A word without line breaks, % doubled."""
    if not word.isprintable():
        raise ServiceError(
            f"{one_line(word)!r}: has a line break or another control character, which a unit cannot hold; rename it"
        )
    return word.replace("%", "%%")


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=:,%$@")
