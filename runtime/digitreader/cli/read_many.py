"""The arguments of `digitreader read` for many pictures: lists of files, number of processes, and resuming."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitreader.camera import expand, is_folder
from digitreader.camera.opening import is_not_a_file, is_pattern
from digitreader.camera.source import expand_home, printable
from digitreader.cli.arguments import whole
from digitreader.cli.read_arguments import AUTO, framing
from digitreader.errors import UsageError
from digitreader.host.messages import print_info

if TYPE_CHECKING:
    from digitreader.camera.folder import SkippedFiles
    from digitreader.output.settings import OutputSettings
    from digitreader.output.sink import Sink
    from digitreader.reading.picture_worker import WorkerSettings

MANY = 10
"""From this many single pictures on, a summary is printed at the end."""
LEAST_EACH = 100
"""Pictures for each process; for fewer, another process takes longer to start than it saves."""
WORKER_BYTES = 250 << 20
"""Bytes of memory that a process takes for large photographs."""

TEXT = """\
Folders, patterns in quotes ("scans/**/*.png") and lists are read in natural order; skipped files are counted and named
at the end. --resume continues the files of --output jsonl:FILE or csv:FILE of an earlier run, however it ended: each
picture is in them once, also one that failed. docs/scale.md has more, also for several machines.
"""


def add_many_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group("many pictures", TEXT)
    group.add_argument("--recursive", action="store_true", help="read the sub-folders of folders too")
    group.add_argument(
        "--files-from", metavar="FILE", help="read the files that are named in FILE, one a line; - is stdin"
    )
    group.add_argument(
        "--jobs",
        type=whole(1),
        metavar="N",
        help="read pictures with N processes (default: chosen by their number, this machine's cores and its memory)",
    )
    group.add_argument(
        "--resume",
        action="store_true",
        help="continue the files of --output: pictures that are in them are not read again",
    )
    group.add_argument(
        "--new-only", action="store_true", help="with --watch: leave out pictures that are there at the start"
    )


def named_sources(args: argparse.Namespace) -> list[str]:
    """The sources, as the user named them."""
    return [expand_home(spec) for spec in args.sources]


def watched_folder(sources: list[str]) -> Path:
    """The folder for ``--watch``.

    Raises:
        UsageError: the source is not exactly one existing folder.
    """
    if len(sources) != 1 or not is_folder(sources[0]):
        given = ", ".join(map(printable, sources)) or "nothing"
        raise UsageError(f"--watch needs one folder that exists as SOURCE, not {given}")
    return Path(sources[0])


@dataclass(frozen=True, slots=True)
class SourceList:
    """The sources of a run.

    Attributes:
        specs: the single sources, as `open_source` takes them.
        skipped: files that are not read; None if no folder or pattern was listed.
        named: how many sources the user named; a list counts as one.
    """

    specs: list[str]
    skipped: SkippedFiles | None = None
    named: int = 0

    @property
    def is_many(self) -> bool:
        """Whether a summary is printed at the end."""
        return len(self.specs) >= MANY or len(self.specs) > self.named or bool(str(self.skipped or ""))


def list_sources(sources: list[str], args: argparse.Namespace) -> SourceList:
    """List folders, patterns and the names of ``--files-from``.

    Args:
        sources: the sources that the user named.
        args: the arguments of the command line.

    Raises:
        SourceError: the list cannot be read.
    """
    if args.files_from is None and not any(is_folder(spec) or is_pattern(spec) for spec in sources):
        return SourceList(_once(sources, args), named=len(sources))
    from digitreader.camera.folder import SkippedFiles, first_of, names_from

    skipped = SkippedFiles()

    def expanded(names: list[str]) -> Iterator[str]:
        for name in names:
            yield from expand(name, recursive=args.recursive, most=args.frames, skipped=skipped)

    specs = list(expanded(sources))
    if args.files_from is not None:
        names = names_from(expand_home(args.files_from))
        if not names:
            print_info(f"--files-from {printable(args.files_from)}: the list is empty")
        specs += first_of(expanded(names), args.frames, skipped)
    return SourceList(_once(specs, args), skipped, len(sources) + (args.files_from is not None))


def _once(specs: list[str], args: argparse.Namespace) -> list[str]:
    if not args.resume:
        return specs
    from digitreader.output.resume import without_repeats

    return without_repeats(specs)


def check_many(args: argparse.Namespace, sources: list[str], settings: OutputSettings | None) -> None:
    """Refuse contradictory arguments.

    Raises:
        UsageError: two arguments contradict each other.
    """
    if args.files_from == "-" and "-" in sources:
        raise UsageError("--files-from - takes stdin for the list, so - cannot be a picture as well")
    if args.watch and (args.recursive or args.files_from is not None):
        raise UsageError("--watch takes only one folder; leave out --recursive and --files-from")
    if args.new_only and not args.watch:
        raise UsageError("--new-only is for --watch; add it, or leave --new-only out")
    if args.jobs is not None and args.jobs > 1 and args.web is not None:
        raise UsageError("--jobs: the live page shows one process at work; leave out --jobs or --web")
    if args.resume:
        _check_resume(args, sources, settings)


def _check_resume(args: argparse.Namespace, sources: list[str], settings: OutputSettings | None) -> None:
    from digitreader.output.kinds import kind_of
    from digitreader.output.resume import KINDS

    records = [place for place in (settings.places if settings else ()) if kind_of(place).is_record]
    if not any(place.kind in KINDS for place in records):
        raise UsageError("--resume continues a file; name it: --output jsonl:FILE or --output csv:FILE")
    if any(place.kind == "text" for place in records):
        raise UsageError("--resume cannot see which pictures are in a text file; use --output jsonl:FILE or csv:FILE")
    if args.keep:
        raise UsageError("--resume needs all earlier lines, and --keep deletes the oldest; leave one out")
    streams = [printable(spec) for spec in sources if is_not_a_file(spec)]
    if streams or not (sources or args.files_from):
        raise UsageError(f"--resume is for picture files, not for {', '.join(streams) or 'a camera'}")
    irregular = [place.where for place in records if Path(place.where).exists() and not Path(place.where).is_file()]
    if irregular:
        raise UsageError(f"--resume: {irregular[0]} is not a plain file; name one")


def without_done(specs: list[str], sinks: list[Sink]) -> tuple[list[str], frozenset[str]]:
    """The sources that are not yet in all resumed files, and the names of those that are."""
    from digitreader.output.resume import unread_sources

    return unread_sources(specs, sinks)


def jobs_for(pictures: int, args: argparse.Namespace) -> int:
    """How many processes read this many pictures: the number of --jobs, or as many as cores and free memory allow."""
    if args.jobs is None:
        return int(max(1, min(pictures // LEAST_EACH, _cores(), _free_bytes() // WORKER_BYTES)))
    # in a watched folder pictures mostly appear one at a time
    return int(max(1, min(args.jobs, pictures // (LEAST_EACH if args.watch else 1))))


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # other systems than Linux do not say which cores this process may use
        return os.cpu_count() or 1


def _free_bytes() -> int:
    with suppress(OSError, StopIteration, ValueError), Path("/proc/meminfo").open(encoding="ascii") as file:
        kib = next(line.split()[1] for line in file if line.startswith("MemAvailable:"))
        return int(kib) * 1024
    return sys.maxsize


def worker_settings(args: argparse.Namespace, sinks: list[Sink]) -> WorkerSettings | None:
    """The settings with which other processes read pictures as this one would; None if only this one can read them."""
    if args.web is not None or args.jobs == 1:
        return None
    from digitreader.reading.picture_worker import WorkerSettings

    images = any(sink.needs_image for sink in sinks)
    upright = args.rotate == AUTO
    return WorkerSettings(args.model, args.engine, args.threshold, tuple(args.expect), framing(args), upright, images)


@contextmanager
def summary_printed(listed: SourceList, sinks: list[Sink], skipped: int, watched: Path | None = None) -> Iterator[None]:
    """Print a summary at the end, however the run ends; but not for a few pictures that the user named.

    Args:
        listed: the sources.
        sinks: a sink that counts is added.
        skipped: how many pictures an earlier run had read.
        watched: the folder that is watched for new pictures.
    """
    if not listed.is_many and watched is None:
        yield
        return
    from digitreader.output.summary import SummarySink

    counts = SummarySink()
    sinks.append(counts)
    try:
        yield
    finally:
        for line in counts.lines(_passed_over(listed, watched), skipped):
            print_info(line)


def _passed_over(listed: SourceList, watched: Path | None) -> str:
    if watched is None:
        return str(listed.skipped or "")
    from digitreader.camera.folder import unread_in_watched

    return str(unread_in_watched(watched))


def pictures_waiting(folder: Path) -> list[str]:
    """The pictures that are in a watched folder now."""
    from digitreader.camera.folder import is_picture

    return [str(path) for path in folder.iterdir() if is_picture(path)]
