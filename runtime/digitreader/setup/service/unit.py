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
# libcamera controls the sensor through media nodes, and shares memory with the kernel
CSI = (*V4L2, "char-media", "char-dma_heap")


def devices_for(sources: Iterable[str]) -> tuple[str, ...]:
    """The kinds of device that these sources need, each once; none for pictures, videos, streams and the demo.

    A single node is never named: systemd allows only nodes that exist when the service starts. A camera that is plugged
    in later, or gets another number, could not be opened.
    """
    return tuple(dict.fromkeys(kind for source in sources for kind in _kinds(source)))


def _kinds(source: str) -> tuple[str, ...]:
    if source in {"picamera", "auto"}:
        return CSI
    if source.isdecimal() or source.startswith(("/dev/video", "/dev/v4l/")):
        return V4L2
    return ()


def caller(config: Path) -> str:
    """The user that runs the service: the user who called sudo, or else the owner of the configuration; never root.

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
    """The user that runs the service, after a check that the user exists and may read the configuration.

    Raises:
        ServiceError: the user does not exist, is root, or may not read the configuration.
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
"""The first line of every unit that digitreader writes; a unit without it is never replaced or removed."""

# A user's service manager may not set these: with them the service would not start there.
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
    """The content of the unit.

    Attributes:
        name: the name of the unit, without ``.service``.
        command: the program and its arguments.
        run_as: the user that a system's service runs as; None for a user's own service.
        devices: as DeviceAllow= names them.
        writable: other folders that it may write to.
        watchdog_s: it is restarted after this many seconds without a processed frame or an attempt to connect the
            camera; None if frames may be rare.
        environment_file: a file with NAME=VALUE lines for references in the configuration; None if there is none.
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
    # it runs for a year, so systemd must never stop restarting it
    return _lines(*lines, "StartLimitIntervalSec=0")


def _service(service: Service) -> str:
    return _lines(
        "[Service]",
        "Type=notify",
        "NotifyAccess=main",
        f"ExecStart={' '.join(_quoted(word) for word in service.command)}",
        # time to flush its outputs; after that, a hanging process is killed
        *([f"WatchdogSec={service.watchdog_s}", "WatchdogSignal=SIGTERM"] if service.watchdog_s else ()),
        "TimeoutStopSec=10",
        # its exit status after SIGTERM
        "SuccessExitStatus=143",
        "Restart=always",
        "RestartSec=5",
        # a restart does not mend a wrong configuration
        "RestartPreventExitStatus=2",
        f"StateDirectory={service.name}",
        f"WorkingDirectory=%S/{service.name}",
        "StandardOutput=journal",
        "StandardError=journal",
        f"SyslogIdentifier={service.name}",
        "Environment=PYTHONUNBUFFERED=1",
        # systemd takes the whole line as the path, spaces included
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
    """Quote a word for a systemd file: % has a meaning there, quotes and spaces end a word, and so does $ in commands.

    Raises:
        ServiceError: it has a line break or another control character.
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
