"""Who runs the machine's service: never root, and somebody who may read its configuration."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from digitreader.errors import ServiceError


def caller(config: Path) -> str:
    """Who shall run it: who called sudo, or else whose the configuration is; never root.

    Raises:
        ServiceError: both are root.
    """
    name = os.environ.get("SUDO_USER") or pwd.getpwuid(config.stat().st_uid).pw_name
    if name == "root":
        raise ServiceError("who shall run it? root would be given more than a camera needs; name one: --run-as USER")
    return name


def runner(name: str, config: Path) -> str:
    """Who shall run it, once it is sure that they exist and may read the configuration.

    Raises:
        ServiceError: they do not exist, or may not.
    """
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        raise ServiceError(f"{name}: there is no such user here; name one that is: --run-as USER") from None
    state = config.stat()
    groups = os.getgrouplist(name, user.pw_gid)
    may_read = state.st_mode & (0o400 if state.st_uid == user.pw_uid else 0o040 if state.st_gid in groups else 0o004)
    if not may_read and user.pw_uid:
        raise ServiceError(f"{config}: {name}, who shall run the service, may not read it; sudo chown {name} {config}")
    return name
