"""Asks systemd to install, show and remove a service."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from digitreader.errors import ServiceError
from digitreader.host.files import write_atomically
from digitreader.setup.service.unit import MARK, Service, unit_text

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]

SYSTEM_UNITS = Path("/etc/systemd/system")
PATIENCE_S = 120
SHOWN = ("LoadState", "ActiveState", "SubState", "StatusText", "NRestarts", "UnitFileState", "Result")


def run_command(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of the system.

    Raises:
        ServiceError: there is no such command, or it does not end.
    """
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)  # noqa: S603
    except FileNotFoundError as error:
        raise ServiceError(
            f"{command[0]}: was not found, so this system has no systemd; let its own init system run digitreader read"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ServiceError(
            f"{' '.join(command)}: gave no answer for {PATIENCE_S} s; look into: journalctl -b"
        ) from error


@dataclass(frozen=True, slots=True)
class Systemd:
    """One of systemd's managers: the system's, or a user's own.

    Attributes:
        folder: the folder of its units.
        user: it is the user's manager, not the system's.
        run: runs a command.
    """

    folder: Path
    user: bool
    run: Run = run_command

    def path_of(self, name: str) -> Path:
        """The path of a service's unit."""
        return self.folder / f"{name}.service"

    def install(self, service: Service) -> Path:
        """Write the unit, and start it now and at every start of the machine.

        Raises:
            ServiceError: a unit of another program has this name, or systemd refuses; then nothing is changed.
            OutputError: the unit cannot be written.
        """
        path = self.path_of(service.name)
        earlier = self._own(path) if path.exists() else None
        write_atomically(path, unit_text(service).encode())
        try:
            self._systemctl("daemon-reload")
            self._systemctl("enable", path.name)
            # `start` would do nothing if an older service runs
            self._systemctl("restart", "--no-block", path.name)
        except ServiceError:
            self._put_back(path, earlier)
            raise
        return path

    def remove(self, name: str) -> Path:
        """Stop a service and remove its unit.

        Raises:
            ServiceError: there is no such service, it is not digitreader's, or it cannot be removed; or it is removed,
                but systemd refuses to stop it.
        """
        path = self.path_of(name)
        if not path.exists():
            raise ServiceError(f"{path}: there is no such service; digitreader service install makes one")
        self._own(path)
        refused = self._refused("disable", "--now", path.name)
        self._unlink(path)
        refused = refused or self._refused("daemon-reload")
        if refused is not None:
            raise ServiceError(
                f"{path}: is removed, but the running service may go on until the machine is switched off: {refused}"
            )
        return path

    def lingers(self) -> bool:
        """Whether this user's services go on after logging out; False if that is not known."""
        with suppress(ServiceError):
            answer = self.run(("loginctl", "show-user", "--property=Linger", str(os.getuid())))
            return answer.stdout.strip() == "Linger=yes"
        return False

    def status(self, name: str) -> dict[str, str]:
        """The properties of a service that `SHOWN` names.

        Raises:
            ServiceError: systemd does not answer.
        """
        answer = self._systemctl("show", f"--property={','.join(SHOWN)}", f"{name}.service")
        return dict(line.split("=", 1) for line in answer.splitlines() if "=" in line)

    def _own(self, path: Path) -> bytes:
        """The content of a unit; an error if digitreader did not write it."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ServiceError(f"{path}: cannot be read ({error.strerror}); {_as_root()}") from error
        if not content.startswith(MARK.encode()):
            raise ServiceError(f"{path}: was not written by digitreader and is left alone; choose another --name")
        return content

    def _put_back(self, path: Path, earlier: bytes | None) -> None:
        """Undo a failed installation as far as possible; refusals of systemd are ignored."""
        if earlier is None:
            self._refused("disable", path.name)
            self._unlink(path)
        else:
            write_atomically(path, earlier)
        self._refused("daemon-reload")

    def _unlink(self, path: Path) -> None:
        """Remove a unit and the links by which systemd starts it; after a refusal systemd has left them."""
        try:
            for link in path.parent.glob(f"*.wants/{path.name}"):
                link.unlink()
            path.unlink()
        except OSError as error:
            raise ServiceError(f"{path}: cannot be removed ({error.strerror}); {_as_root()}") from error

    def _refused(self, *words: str) -> ServiceError | None:
        """Run systemctl; a refusal is returned instead of raised, None if there is none."""
        try:
            self._systemctl(*words)
        except ServiceError as error:
            return error
        return None

    def _systemctl(self, *words: str) -> str:
        command = ("systemctl", *(("--user",) if self.user else ()), *words)
        done = self.run(command)
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            raise ServiceError(f"{' '.join(command)}: {lines[-1]}; {self._advice()}")
        return done.stdout

    def _advice(self) -> str:
        if self.user:
            return "log in directly (not through su), or install for the whole machine: sudo ... --system"
        return f"{_as_root()}; journalctl -b tells more"


def _as_root() -> str:
    """The advice if the system refuses: become root, unless the user is root already."""
    return (
        "become root with sudo" if os.geteuid() else "root itself is refused, as in a container or on a read-only disk"
    )
