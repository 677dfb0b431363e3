"""Outputs: no folder is made that nobody asked for, what has no end is bounded, and lines may begin with the time."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from digitreader.cli.output_arguments import RECORDING_BYTES, bounded, output_settings
from digitreader.cli.read import read_parser
from digitreader.output.kinds import KINDS, kind_of, parse_place
from digitreader.output.settings import OutputSettings

Run = Callable[..., CompletedProcess[str]]


@pytest.mark.parametrize(
    ("words", "folder"),
    [
        (["--output", "csv:{}/no/a.csv"], "no"),
        (["--output", "jsonl:{}/no/a.jsonl"], "no"),
        (["--output", "text:{}/no/such/a.txt"], "no/such"),
        (["--output", "events:{}/no/a.jsonl"], "no"),
        (["--output", "video:{}/no/a.avi"], "no"),
        (["--output", "pictures:{}/no/out"], "no"),
        (["--annotate", "{}/no/out"], "no"),
        (["--expect", "increasing", "--history", "{}/no/kept"], "no"),
    ],
)
def test_a_folder_that_is_missing_is_made_only_where_that_is_asked_for(
    words: list[str], folder: str, run: Run, pictures: Callable[..., list[Path]], tmp_path: Path
) -> None:
    (source,) = pictures("12.png")
    line = ["read", str(source), "--no-config", *(word.format(tmp_path) for word in words)]
    refused = run(*line)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    missing = tmp_path / folder
    assert (
        f"{missing}: there is no such folder; make it first: mkdir -p {missing}, or add --make-folders"
        in refused.stderr
    )
    assert [path.name for path in tmp_path.iterdir()] == ["12.png"]
    assert run(*line, "--make-folders").returncode == 0
    assert missing.is_dir()


def settings_for(*words: str) -> tuple[Namespace, OutputSettings | None]:
    args = read_parser().parse_args(list(words))
    return args, output_settings(args)


RECORDED = ["--output", "video:a.avi", "--output", "text:a.txt", "--annotate", "out"]


def test_recordings_of_what_has_no_end_are_bounded_and_that_is_said() -> None:
    args, settings = settings_for(*RECORDED)
    limited, said = bounded(settings, args, endless=True)
    assert limited is not None
    assert "the newest 2 GB of video:a.avi, --annotate out are kept" in said
    assert limited.most_bytes(recording=True) == RECORDING_BYTES
    assert limited.most_bytes(recording=False) is None


def test_pictures_of_numbers_alone_are_bounded_too() -> None:
    limited, said = bounded(*reversed(settings_for("--annotate", "out")), endless=True)  # type: ignore[arg-type]
    assert limited is not None
    assert limited.most_bytes(recording=True) == RECORDING_BYTES
    assert said


@pytest.mark.parametrize(
    ("words", "endless", "most_bytes"),
    [
        (RECORDED, False, None),
        ([*RECORDED, "--keep", "500M"], True, 500 << 20),
        ([*RECORDED, "--keep", "all"], True, None),
        (["--output", "events:a.jsonl"], True, None),
    ],
)
def test_nothing_is_bounded_that_ends_or_of_which_something_is_said(
    words: list[str], endless: bool, most_bytes: int | None
) -> None:
    args, settings = settings_for(*words)
    limited, said = bounded(settings, args, endless=endless)
    assert limited is not None
    assert (said, limited.most_bytes(recording=True)) == ("", most_bytes)


def test_what_grows_with_every_frame_is_a_recording() -> None:
    assert {kind.name for kind in KINDS.values() if kind.is_recording} == {"jsonl", "csv", "pictures", "video"}
    assert kind_of(parse_place("video:a.avi")).is_recording


def test_a_video_of_a_film_is_not_bounded(run: Run, clip: Callable[..., Path], tmp_path: Path) -> None:
    told = run("read", clip(("12", 30)), "--no-config", "--output", f"video:{tmp_path / 'out.avi'}")
    assert (told.returncode, told.stderr) == (0, "")


def test_lines_of_text_begin_with_the_time(run: Run, pictures: Callable[..., list[Path]], tmp_path: Path) -> None:
    (source,) = pictures("12.png")
    kept = tmp_path / "a.txt"
    told = run("read", source, "--no-config", "--timestamps", "--output", f"text:{kept}")
    stamp, number = told.stdout.split()
    assert number == "12"
    assert abs((datetime.fromisoformat(stamp) - datetime.now().astimezone()).total_seconds()) < 60
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", stamp)
    assert kept.read_text(encoding="utf-8").endswith(" 12\n")
    assert run("read", source, "--no-config").stdout == "12\n"


def test_times_where_there_is_no_text_are_refused(run: Run, pictures: Callable[..., list[Path]]) -> None:
    refused = run("read", *pictures("12.png"), "--no-config", "--timestamps", "--format", "jsonl")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "--timestamps: only text has them" in refused.stderr
