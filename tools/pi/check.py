"""`python -m tools.pi.check`: the product as installed on a Raspberry Pi answers as it does on this machine.

The built wheel and the locked aarch64 wheels are installed beside the Python of Raspberry Pi OS, and run by an emulator
as each of the Pi's cores. What they answer is compared with what the same wheel answers here.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
import zipfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitreader.host.distribution import DISTRIBUTION
from tools.commands import ToolError, build_wheel, run
from tools.pi.guest import CORES, KEPT, PYTHONS, Guest, make_guest

HERE = Path(__file__).parent
NEWER_CORES = ("cortex-a76",)
"""The cores that know the instruction of newer_instruction.py."""
CLOSE = 0.011
"""Confidences are printed with two digits; rounding may move the last."""
DEMO = ["7765"]
"""What the demo camera shows in the part of its picture that is read."""

GLYPH_TOLERANCE = 1
"""Grey levels, as in `digitreader verify`: on Arm `cv2.warpAffine` rounds in another order in some columns."""

Answers = Mapping[str, Any]
"""What answers.py prints."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was tried, whether it is as it must be, and the figures."""

    name: str
    passed: bool
    detail: str

    def __str__(self) -> str:
        """The line."""
        return f"  {'pass' if self.passed else 'FAIL'}  {self.name:12} {self.detail}"


def compare(here: Answers, there: Answers) -> list[Finding]:
    """Compare the answers of the emulated Pi with those of this machine."""
    return [_installed(there), _receipts(there), _glyphs(there), _integers(here, there), *_read(here, there)]


def _installed(there: Answers) -> Finding:
    packages = ", ".join(f"{name} {version}" for name, version in sorted(there["installed"].items()))
    tensorflow = "TensorFlow is installed or imported" if there["tensorflow"] else "no TensorFlow"
    passed = there["machine"] == "aarch64" and not there["tensorflow"] and DISTRIBUTION in there["installed"]
    return Finding("installed", passed, f"{there['machine']}, {tensorflow}: {packages}")


def _receipts(there: Answers) -> Finding:
    wrong = [f"{name}: {link}" for name, links in there["receipts"].items() for link in links if links[link] != "pass"]
    links = sum(map(len, there["receipts"].values()))
    detail = f"{links} links of {len(there['receipts'])} receipts, each network with each engine"
    return Finding("verify", not wrong and links > 0, _or_wrong(detail, wrong))


def _glyphs(there: Answers) -> Finding:
    off_by = there["glyphs_off_by"]
    others = f", the others within {max(off_by)} grey level" if any(off_by) else ""
    return Finding("glyphs", max(off_by) <= GLYPH_TOLERANCE, f"{off_by.count(0)} of {len(off_by)} to the bit{others}")


def _integers(here: Answers, there: Answers) -> Finding:
    wrong = [name for name, rows in here["integers"].items() if there["integers"].get(name) != rows]
    rows = sum(map(len, here["integers"].values()))
    return Finding("integers", not wrong, _or_wrong(f"{rows} answers of {len(here['integers'])} to the bit", wrong))


def _read(here: Answers, there: Answers) -> list[Finding]:
    wrong = [name for name, lines in here["pages"].items() if not same_lines(lines, there["pages"].get(name))]
    digits = sum(len(line["digits"]) for lines in here["pages"].values() for line in lines)
    detail = f"{digits} digits on {len(here['pages'])} pictures, with their boxes and confidences"
    read = Finding("read", not wrong and digits > 0, _or_wrong(detail, wrong))
    if not here["demo"]:
        return [read]
    demo = Finding("read demo", there["demo"] == here["demo"] == DEMO, f"announced {', '.join(there['demo']) or '-'}")
    return [read, demo]


def same_lines(here: Sequence[Any], there: Sequence[Any] | None) -> bool:
    """Whether two readings have the same lines: digits and boxes equal, confidences but for the last printed digit."""
    if there is None or [line["text"] for line in here] != [line["text"] for line in there]:
        return False
    pairs = [pair for a, b in zip(here, there, strict=True) for pair in zip(a["digits"], b["digits"], strict=True)]
    return all(
        (a["digit"], a["box"]) == (b["digit"], b["box"]) and abs(a["confidence"] - b["confidence"]) < CLOSE
        for a, b in pairs
    )


def _or_wrong(detail: str, wrong: Sequence[str]) -> str:
    return f"{detail}; not {', '.join(wrong)}" if wrong else detail


def core_is_emulated(guest: Guest, core: str) -> Finding:
    """Whether an instruction that only newer cores have dies exactly on those that lack it."""
    lacks = core not in NEWER_CORES
    dies = guest.faults(core, "-P", str(HERE / "newer_instruction.py"))
    return Finding("core", dies == lacks, f"an instruction of ARMv8.1 {'dies' if dies else 'runs'}")


def answers_there(guest: Guest, core: str, folder: Path, *, demo: bool) -> Answers:
    """The answers of the emulated Pi.

    Raises:
        ToolError: it fails.
    """
    arguments = ["-P", str(HERE / "answers.py"), str(folder), *(["--demo"] if demo else [])]
    told: Answers = json.loads(guest.python(core, *arguments))
    return told


def answers_here(wheel: Path, folder: Path, *, demo: bool) -> Answers:
    """The answers of the same wheel on this machine, with the libraries of the Python that runs this.

    Raises:
        ToolError: it fails.
    """
    unpacked = KEPT / "here"
    shutil.rmtree(unpacked, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    environment = os.environ | {"PYTHONPATH": str(unpacked)}
    arguments = ["-P", str(HERE / "answers.py"), str(folder), *(["--demo"] if demo else [])]
    told: Answers = json.loads(run(sys.executable, *arguments, environment=environment))
    return told


def draw_inputs(folder: Path) -> Path:
    """Draw what answers.py looks at, always the same; the folder."""
    import cv2

    from digitreader.drawing import scene
    from digitreader.model.glyph.normalise import normalise_glyphs

    shutil.rmtree(folder, ignore_errors=True)
    drawn = {
        "both/small.png": ("40\n17", (320, 240)),
        "both/small.jpg": ("853", (320, 240)),
        "both/blank.png": ("", (320, 240)),
        "litert/large.png": ("0123456789", (640, 480)),
    }
    for number, (name, (text, size_wh)) in enumerate(drawn.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), scene(text, size_wh=size_wh, rng=np.random.default_rng(number)).image)
    rng = np.random.default_rng(3)
    inks = {f"ink{number}": _blot(rng) for number in range(200)}
    np.savez(folder / "inks.npz", **inks)  # type: ignore[arg-type]
    np.save(folder / "glyphs.npy", normalise_glyphs(list(inks.values())))
    np.save(folder / "canvases.npy", rng.integers(0, 256, (2, 96, 128, 3), dtype=np.uint8))
    return folder


def _blot(rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A few soft strokes between chance places, white on black, of any size."""
    import cv2

    height, width = rng.integers(12, 90, 2)
    ink = np.zeros((height, width), np.uint8)
    places = rng.integers(0, (width, height), (5, 2))
    cv2.polylines(ink, [places.astype(np.int32)], isClosed=False, color=255, thickness=int(rng.integers(1, 7)))
    return np.asarray(cv2.GaussianBlur(ink, (3, 3), 0), np.uint8)


def check(suites: Sequence[str], cores: Sequence[str], *, demo: bool) -> bool:
    """Check every core in every guest, and print the report.

    Returns:
        Whether all is as it must be.

    Raises:
        ToolError: a guest cannot be made, or fails.
    """
    began_s = time.monotonic()
    wheel, folder = build_wheel(KEPT / "wheel"), draw_inputs(KEPT / "inputs")
    here = answers_here(wheel, folder, demo=demo)
    guests = [(make_guest(suite, wheel), core) for suite in suites for core in cores]

    def try_one(guest_and_core: tuple[Guest, str]) -> list[Finding]:
        guest, core = guest_and_core
        return [core_is_emulated(guest, core), *compare(here, answers_there(guest, core, folder, demo=demo))]

    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for (guest, core), found in zip(guests, pool.map(try_one, guests), strict=True):
            title = f"{guest.suite}, Python {PYTHONS[guest.suite]}, {core} (Raspberry Pi {CORES[core].boards})"
            print("\n".join([title, *map(str, found)]), flush=True)
            failed += [f"{title}: {each.name}" for each in found if not each.passed]
    verdict = f"NOT as it must be: {'; '.join(failed)}" if failed else "all as on this machine"
    print(f"emulated Raspberry Pis: {len(guests)}, in {(time.monotonic() - began_s) / 60:.0f} minutes: {verdict}")
    return not failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what was asked for.

    Returns:
        0 where all is as it must be, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.pi.check", description=__doc__)
    parser.add_argument("--suite", action="append", choices=PYTHONS, help="this release alone (default: both)")
    parser.add_argument("--core", action="append", choices=CORES, help="this core alone (default: all)")
    parser.add_argument("--quick", action="store_true", help="without the demo camera")
    args = parser.parse_args(arguments)
    try:
        return int(not check(args.suite or tuple(PYTHONS), args.core or tuple(CORES), demo=not args.quick))
    except ToolError as error:
        print(f"digitreader pi: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
