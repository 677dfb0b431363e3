"""Messages at the start: what is read, and how to stop it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from digitreader.camera.opening import AUTO, DEMO, STDIN, is_camera, is_not_a_file
from digitreader.camera.source import printable
from digitreader.host.messages import print_info

MANY = 10
"""From this many pictures on, a message says how to stop."""
NAMED = 3


def print_sources(specs: Sequence[str]) -> None:
    """Print on a terminal what is read and how to stop it; for a few pictures print nothing."""
    if sys.stderr is None or not sys.stderr.isatty() or not specs or specs[0] == AUTO:
        return  # of the first camera that works, who finds it says which it is
    if STDIN in specs and sys.stdin is not None and sys.stdin.isatty():
        print_info("waiting for a picture on stdin; Ctrl-C ends")
    elif len(specs) >= MANY or any(map(_lasts, specs)):
        names = ", ".join(map(_called, specs[:NAMED])) + (f" and {len(specs) - NAMED:,} more" * (len(specs) > NAMED))
        print_info(f"reading {names}; Ctrl-C ends")


def _lasts(spec: str) -> bool:
    from digitreader.camera.image_header import is_video

    return (
        spec == DEMO or is_camera(spec) or (not is_not_a_file(spec) and Path(spec).is_file() and is_video(Path(spec)))
    )


def _called(spec: str) -> str:
    if spec == DEMO:
        return "the demo camera, which shows handwritten numbers"
    return f"camera {spec}" if spec.isdecimal() else printable(spec)
