"""The checks in the machine: the installed product reads the virtual camera, and recovers from what happens to it.

Each line on the console that begins with CHECK is one of them; the last one counts those that failed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from tools.machine.guest.v4l2 import Node

PACE, TRUTH = Path("/run/pace.json"), Path("/run/truth.jsonl")
EVENTS = Path("/var/lib/digitreader/events.jsonl")
CONFIG = Path("/home/pi/camera.toml")
USUAL_HELD_S = 1.5
"""How long a sheet lies still on a real machine."""
CAMERA = "/dev/video0"


def pace() -> dict[str, float]:
    """How fast this machine is, as the player has measured it."""
    told: dict[str, float] = json.loads(PACE.read_text())
    return told


def slower() -> float:
    """How many times as long as on a real machine things take."""
    return pace()["held_s"] / USUAL_HELD_S


def watchdog_s() -> int:
    """After so long without a frame a reader hangs."""
    return round(max(8, 6 * pace()["frame_s"]))


class CheckError(Exception):
    """What was not as it must be, in one line."""


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a file of JSON Lines; none where it is not there."""
    if not path.exists():
        return []
    text = path.read_text()
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def events(kind: str, since: float) -> list[dict[str, Any]]:
    """What the reader told of a kind since a time."""
    return [each for each in lines_of(EVENTS) if each["event"] == kind and told_at(each) >= since]


def told_at(event: dict[str, Any]) -> float:
    """When an event was told, in seconds."""
    return datetime.fromisoformat(event["time"]).timestamp()


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until something is so.

    Raises:
        CheckError: it is not after so many seconds.
    """
    longest = seconds * slower()
    until = time.time() + longest
    while not condition():
        if time.time() > until:
            raise CheckError(f"waited {longest:.0f} s in vain: {what}")
        time.sleep(0.05)


def sheets_are_announced(count: int) -> str:
    """Watch the next whole sheets: each must be announced once, in order, and nothing else.

    Raises:
        CheckError: they are not.
    """
    since = time.time()

    def shown() -> list[dict[str, Any]]:
        return [each for each in lines_of(TRUTH) if each["from"] > since]

    wait_until(lambda: len(shown()) >= count, 12 * (count + 1), "sheets to be shown")
    # a number may be announced so long after its sheet began to leave; the desk is empty for longer
    late_s = pace()["away_s"] / 2
    time.sleep(late_s)
    seen = shown()[:count]
    first, last = seen[0]["from"], seen[-1]["to"] + late_s
    read = [each["text"] for each in events("number", first) if told_at(each) <= last]
    wanted = [each["text"] for each in seen]
    if read != wanted:
        raise CheckError(f"shown {wanted}, announced {read}")
    return f"{count} sheets, {' '.join(wanted)}"


def run(*command: str) -> str:
    """Run a command that must succeed; its stdout.

    Raises:
        CheckError: it failed.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CheckError(f"{' '.join(command)}: {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def digitreader(*words: str) -> str:
    """Run the installed product."""
    return run(sys.executable, "-P", "-m", "digitreader", *words)


def service(name: str) -> str:
    """What systemd says of a property of the service."""
    return run("systemctl", "show", "--value", f"--property={name}", "digitreader.service").strip()


def check_install() -> str:
    """`digitreader service install` makes a service that systemd runs, shut in, as a user of its own."""
    until = time.time() + 300
    while not (PACE.exists() and Path(CAMERA).exists()):
        if time.time() > until:
            raise CheckError(f"no {CAMERA} and {PACE} after 300 s; see the journal of camera.service")
        time.sleep(0.2)
    with Node(CAMERA) as camera:
        names = camera.controls()
    patience = ("--patience", f"{max(1.5, 4 * pace()['frame_s']):.1f}")
    CONFIG.write_text(digitreader("config", "0", "--format", "none", "--output", "events:events.jsonl", *patience))
    os.chown(CONFIG, 1000, 1000)
    install = (
        "service",
        "install",
        "--config",
        str(CONFIG),
        "--run-as",
        "pi",
        "--watchdog",
        str(watchdog_s()),
    )
    digitreader(*install)
    wait_until(lambda: service("ActiveState") == "active", 40, "the service to be active")
    wait_until(EVENTS.exists, 20, f"{EVENTS} to be there")
    user = Path(f"/proc/{service('MainPID')}").stat().st_uid
    if user != 1000:
        raise CheckError(f"it runs as user {user}")
    status = digitreader("service", "status").splitlines()[0]
    return f"{status}; the camera has {len(names)} controls"


def check_announcements() -> str:
    """What is announced equals what is shown."""
    said = sheets_are_announced(2)
    return f"{said}; a frame takes {1000 * pace()['frame_s']:.0f} ms"


def check_dropped() -> str:
    """Two of five buffers are dropped: the numbers are announced all the same."""
    with Node(CAMERA) as camera:
        camera.set_control("Percentage of Dropped Buffers", 40)
    try:
        return sheets_are_announced(1)
    finally:
        with Node(CAMERA) as camera:
            camera.set_control("Percentage of Dropped Buffers", 0)


def check_disconnected() -> str:
    """The camera is pulled out and comes back: both are said, and reading goes on."""
    since = time.time()
    with Node(CAMERA) as camera:
        camera.set_control("Disconnect")
    return _recovered(since)


def _recovered(since: float) -> str:
    wait_until(lambda: events("fault", since), 20, "a fault to be told")
    wait_until(lambda: events("back", since), 60, "the camera to be told to be back")
    fault, back = events("fault", since)[0], events("back", since)[0]
    after = f"{told_at(fault) - since:.1f} s: {fault['message']}; {told_at(back) - since:.1f} s: {back['message']}"
    return f"{after}; then {sheets_are_announced(1)}"


def check_stream_refused() -> str:
    """The camera does not start its stream (STREAMON fails) when the service starts: that is said, and tried again."""
    run("systemctl", "stop", "digitreader.service")
    with Node(CAMERA) as camera:
        camera.set_control("Inject VIDIOC_STREAMON Error")
    since = time.time()
    run("systemctl", "start", "--no-block", "digitreader.service")
    return _recovered(since)


def check_watchdog() -> str:
    """A reader that hangs, here stopped by SIGSTOP, is started anew by systemd's watchdog."""
    pid, restarts, since = int(service("MainPID")), int(service("NRestarts")), time.time()
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: int(service("NRestarts")) > restarts, watchdog_s() + 40, "systemd to start it anew")
    wait_until(lambda: service("ActiveState") == "active", 40, "the service to be active")
    took_s = time.time() - since
    if service("MainPID") == str(pid):
        raise CheckError("the same process runs")
    said = run("journalctl", "-u", "digitreader", "-o", "cat", "--no-pager")
    if "Watchdog timeout" not in said:
        raise CheckError("the journal has no word of the watchdog")
    return f"started anew after {took_s:.1f} s; then {sheets_are_announced(1)}"


def check_remove() -> str:
    """`digitreader service remove` stops it and takes it away."""
    digitreader("service", "remove")
    if service("LoadState") != "not-found":
        raise CheckError(f"systemd still has it: {service('LoadState')}")
    return "systemd knows it no more"


CHECKS = (
    check_install,
    check_announcements,
    check_dropped,
    check_disconnected,
    check_stream_refused,
    check_watchdog,
    check_remove,
)


def main() -> None:
    """Run all checks, each also where one before it failed."""
    failed = 0
    for check in CHECKS:
        began, name = time.time(), check.__name__.removeprefix("check_")
        try:
            said, state = check(), "ok"
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are to be tried
            said, state, failed = f"{type(error).__name__}: {error}", "FAILED", failed + 1
        print(f"CHECK {name} {state} {time.time() - began:.1f} s {said}", flush=True)
    if failed:
        journal = ("journalctl", "-b", "--no-pager", "-o", "short-monotonic", "-n", "80")
        subprocess.run(journal, check=False)
    print(f"CHECKS {len(CHECKS) - failed} passed, {failed} failed", flush=True)


if __name__ == "__main__":
    main()
