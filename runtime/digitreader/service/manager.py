"""Asks systemd to install, show and remove a service."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitreader.errors import ServiceError
from digitreader.files import write_whole
from digitreader.service.unit import MARK, Service, unit_text

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
            f"{command[0]}: is not here, so this system has no systemd; let its own init run digitreader read"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ServiceError(
            f"{' '.join(command)}: gave no answer for {PATIENCE_S} s; look into: journalctl -b"
        ) from error


@dataclass(frozen=True, slots=True)
class Manager:
    """One of systemd's managers: the system's, or a user's own.

    Attributes:
        folder: where its units lie.
        user: it is the user's own.
        run: runs a command.
    """

    folder: Path
    user: bool
    run: Run = run_command

    def path_of(self, name: str) -> Path:
        """Where the unit of a service lies."""
        return self.folder / f"{name}.service"

    def install(self, service: Service) -> Path:
        """Write the unit, and let it run now and after every start of the machine.

        Raises:
            ServiceError: another's unit has this name, or systemd refuses.
            OutputError: the unit cannot be written.
        """
        path = self.path_of(service.name)
        if path.exists():
            self._own(path)
        write_whole(path, unit_text(service).encode())
        self._systemctl("daemon-reload")
        self._systemctl("enable", path.name)
        # start does nothing where an older one runs
        self._systemctl("restart", "--no-block", path.name)
        return path

    def remove(self, name: str) -> Path:
        """Stop a service and take its unit away.

        Raises:
            ServiceError: there is none, it is another's, or systemd refuses.
        """
        path = self.path_of(name)
        if not path.exists():
            raise ServiceError(f"{path}: there is no such service; digitreader service install makes one")
        self._own(path)
        self._systemctl("disable", "--now", path.name)
        try:
            path.unlink()
        except OSError as error:
            raise ServiceError(f"{path}: cannot be removed ({error.strerror}); become root with sudo") from error
        self._systemctl("daemon-reload")
        return path

    def status(self, name: str) -> dict[str, str]:
        """What systemd knows of a service, by the names of `SHOWN`.

        Raises:
            ServiceError: systemd does not answer.
        """
        told = self._systemctl("show", f"--property={','.join(SHOWN)}", f"{name}.service")
        return dict(line.split("=", 1) for line in told.splitlines() if "=" in line)

    def _own(self, path: Path) -> None:
        try:
            own = path.read_text(encoding="utf-8", errors="replace").startswith(MARK)
        except OSError as error:
            raise ServiceError(f"{path}: cannot be read ({error.strerror}); become root with sudo") from error
        if not own:
            raise ServiceError(f"{path}: was not written by digitreader and is left alone; choose another --name")

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
        return "become root with sudo; journalctl -b tells more"
