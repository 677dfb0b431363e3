"""`digitreader service`: lets systemd run `digitreader read` from the start of the machine."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.cli.arguments import whole
from digitreader.errors import ConfigError, ServiceError, UsageError
from digitreader.host.messages import print_info, print_warning

if TYPE_CHECKING:
    from digitreader.output.settings import OutputSettings
    from digitreader.setup.service.systemctl import Systemd
    from digitreader.setup.service.unit import Service

DESCRIPTION = """\
Let systemd run `digitreader read` all day. It starts with the machine and is restarted when it fails or hangs: when it
processed no frame for a minute and did not try to connect its camera either. If the camera is missing at the start of
the machine, it is waited for. A configuration file, as `digitreader config` prints it, names source and outputs.

As root you install it for the machine. It runs as the user who called sudo, in a sandbox: it sees only the camera and
writes only to its own folder, /var/lib/NAME. Otherwise it is your own service, with a weaker sandbox. Its log is in the
journal: journalctl -u NAME, or journalctl --user -u NAME.
"""

EXAMPLES = """\
examples:
  digitreader config 0 --format jsonl > cam.toml         begin a configuration
  sudo digitreader service install --config cam.toml     install it for the machine, and start it
  digitreader service install --config cam.toml --print  show the unit, and do nothing
  digitreader service status                             does it run?
  sudo digitreader service remove                        stop and remove it

exit status: 0, 1 if systemd refuses or (status) it does not run, 2 for wrong options or a wrong configuration.
"""

NAME = "digitreader"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser(
        "service",
        help="run read all day with systemd: install, status, remove",
        description=DESCRIPTION,
        epilog=EXAMPLES,
    )
    parser.add_argument("what", choices=("install", "status", "remove"), help="what to do with it")
    parser.add_argument("--name", default=NAME, help=f"name of the service, if there are several (default: {NAME})")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--system", action="store_true", help="the machine's service (the default as root)")
    whose.add_argument("--user", action="store_true", help="this user's own service (the default otherwise)")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="install: the configuration file (default: the one that read finds)"
    )
    parser.add_argument(
        "--run-as", metavar="USER", help="install, --system: the user that runs it (default: the one who called sudo)"
    )
    parser.add_argument(
        "--writable",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="install: a folder that it may write to as well",
    )
    parser.add_argument(
        "--watchdog",
        type=whole(2),
        default=60,
        metavar="SECONDS",
        help="install: restart it after this long without a sign of life (default: 60)",
    )
    parser.add_argument(
        "--environment-file",
        type=Path,
        metavar="FILE",
        help="install: file with a line NAME=VALUE for each ${NAME} in the configuration; only systemd has to read it",
    )
    parser.add_argument("--print", dest="dry", action="store_true", help="install: print the unit and change nothing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Install, show or remove the service.

    Raises:
        ServiceError: the name or the configuration is not valid, or systemd refuses.
        ConfigError: the configuration is refused.
        ModelFormatError: the model is refused.
        MissingExtraError: a package that the configuration needs is not installed.
        OutputError: the unit cannot be written, or certificates cannot be read.
    """
    import os

    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,60}", args.name):
        raise ServiceError(f"{args.name!r} is not a name for a service; use letters, digits, - and _")
    system = args.system or (not args.user and os.geteuid() == 0)
    return {"install": _install, "status": _status, "remove": _remove}[args.what](args, _manager(system=system))


def _install(args: argparse.Namespace, manager: Systemd) -> int:
    service = _service(args, manager)
    if args.dry:
        from digitreader.setup.service.unit import unit_text

        print(unit_text(service), end="")
        return 0
    path = manager.install(service)
    flag = "--user " if manager.user else ""
    print_info(f"{path}: installed and started; its log: journalctl {flag}-fu {args.name}")
    if manager.user and manager.run(("loginctl", "enable-linger")).returncode:
        print_warning("warning: it ends when you log out; to keep it running: sudo loginctl enable-linger $USER")
    return 0


def _status(args: argparse.Namespace, manager: Systemd) -> int:
    known = manager.status(args.name)
    if known.get("LoadState") == "not-found":
        print(f"{args.name}: not installed")
        return 1
    state = f"{known.get('ActiveState', 'unknown')} ({known.get('SubState', 'unknown')})"
    print(
        f"{args.name}: {state}, {known.get('UnitFileState') or 'not enabled'}, restarts: {known.get('NRestarts', '?')}"
    )
    if known.get("StatusText"):
        print(known["StatusText"])
    return int(known.get("ActiveState") != "active")


def _remove(args: argparse.Namespace, manager: Systemd) -> int:
    print_info(f"{manager.remove(args.name)}: stopped and removed")
    if manager.user and manager.lingers():
        print_info(
            "your services still keep running when you log out; if none needs that any more: loginctl disable-linger"
        )
    return 0


def _manager(*, system: bool) -> Systemd:
    import os

    from digitreader.setup.service.systemctl import SYSTEM_UNITS, Systemd

    own = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Systemd(SYSTEM_UNITS if system else Path(own) / "systemd" / "user", user=not system)


_TOP = ("bin", "boot", "dev", "etc", "home", "lib", "lib64", "proc", "root", "run", "sbin", "sys", "usr", "var")
SYSTEM_FOLDERS = frozenset({Path("/"), *(Path("/", name) for name in _TOP)})
"""A service that might write to all of one of these could damage the system or other users' files."""


def _check_writable(folder: Path) -> None:
    if not folder.is_dir():
        raise ServiceError(f"--writable {folder}: there is no such folder; make it first: mkdir -p {folder}")
    found = {folder.absolute(), folder.resolve()} & SYSTEM_FOLDERS
    if found or folder.resolve().parts[:2] in {("/", "proc"), ("/", "sys"), ("/", "dev")}:
        raise ServiceError(f"--writable {folder}: belongs to the system; give a folder for the outputs alone")


def _service(args: argparse.Namespace, manager: Systemd) -> Service:
    import sys

    from digitreader.setup.service.sandbox import check_start, check_writable_places, own_folders
    from digitreader.setup.service.unit import Service, caller, devices_for, runner

    for folder in args.writable:
        _check_writable(folder)
    config, read_args = _configuration(args)
    settings = _checked(config, read_args)
    writable = [folder.absolute() for folder in args.writable]
    check_writable_places(config, read_args, [*writable, *own_folders(args.name, manager.user)])
    check_start(read_args, settings)
    return Service(
        name=args.name,
        # -P: files in the working folder are not modules of digitreader
        command=(sys.executable, "-P", "-m", "digitreader", "read", "--config", str(config), "--wait-for-camera"),
        run_as=None if manager.user else runner(args.run_as or caller(config), config),
        devices=devices_for(read_args.sources),
        writable=tuple(writable),
        # nobody knows when a folder gets its next picture
        watchdog_s=None if read_args.watch else args.watchdog,
        environment_file=None if args.environment_file is None else args.environment_file.absolute(),
    )


def _configuration(args: argparse.Namespace) -> tuple[Path, argparse.Namespace]:
    """The configuration file, and read's arguments from it."""
    import os

    from digitreader.cli.config_arguments import apply_config
    from digitreader.cli.read import read_parser
    from digitreader.setup.config_file import find_config

    path = args.config or find_config(os.environ)
    if path is None:
        raise ServiceError(
            "a service needs a configuration file: digitreader config 0 > cam.toml, then --config cam.toml"
        )
    words = ["--config", str(path)]
    read_args = read_parser().parse_args(words)
    apply_config(read_args, words, read_parser, _environment(args.environment_file, path))
    if not read_args.sources:
        raise ServiceError(f"{path}: names no source, and a service must not guess one; write: sources = [0]")
    return path.absolute(), read_args


def _environment(file: Path | None, config: Path) -> dict[str, str]:
    """The environment variables that the service will have; this shell's variables are not included."""
    from digitreader.setup.config_file import read_config
    from digitreader.setup.references import names_in, read_environment

    known = {} if file is None else read_environment(file)
    missing = [name for value in read_config(config).values() for name in names_in(value) if name not in known]
    if missing:
        where = "write the file that --environment-file FILE names" if file is None else f"write it into {file}"
        raise ServiceError(
            f"{config}: ${{{missing[0]}}}: a service does not know this variable; {where}: {missing[0]}=..."
        )
    return known


def _checked(config: Path, read_args: argparse.Namespace) -> OutputSettings | None:
    """The outputs of the configuration; options that read would refuse are refused, with the file's name."""
    from digitreader.cli.read import check_read_arguments

    try:
        return check_read_arguments(read_args)
    except UsageError as error:
        raise ConfigError(f"{config}: {str(error).removeprefix('--')}") from error
