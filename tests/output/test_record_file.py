"""Files that are added to for a year: whole lines, a bound on what is kept, and others that use the file too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from digitreader.errors import OutputError, UsageError
from digitreader.output.kinds import RunFacts as Run
from digitreader.output.opening import open_places
from digitreader.output.rotating_file import RecordFile, is_nearly_full
from digitreader.output.settings import OutputSettings, Place

from .recorded import disk, opened, run_through


def test_a_record_file_without_anything_new_is_left_as_it_is(tmp_path: Path) -> None:
    with RecordFile(tmp_path / "out") as file:
        file.flush()
        was_new = file.is_new
        file.write("1\n")
        file.flush()
        assert (was_new, file.is_new) == (True, False)
    assert (tmp_path / "out").read_text() == "1\n"


def put_lines(file: RecordFile, *lines: str) -> None:
    for line in lines:
        file.write(f"{line}\n")
        file.flush()


def test_a_year_of_lines_takes_no_more_than_what_is_kept_and_the_newest_are_there(tmp_path: Path) -> None:
    path, before = tmp_path / "log.jsonl", tmp_path / "log.1.jsonl"
    with RecordFile(path, keep_bytes=200) as file:
        for number in range(1000):
            put_lines(file, f"line-{number:04d}")
            assert path.stat().st_size + (before.stat().st_size if before.exists() else 0) <= 200
    kept = (before.read_text() + path.read_text()).split()
    assert kept == [f"line-{number:04d}" for number in range(1000 - len(kept), 1000)]
    assert len(kept) >= 10
    assert len(list(tmp_path.iterdir())) == 2


def test_without_a_limit_everything_is_kept(tmp_path: Path) -> None:
    with RecordFile(tmp_path / "log") as file:
        put_lines(file, *map(str, range(1000)))
    assert len((tmp_path / "log").read_text().split()) == 1000


def test_a_line_longer_than_what_is_kept_is_whole(tmp_path: Path) -> None:
    (tmp_path / "log.1").write_text("before")
    with RecordFile(tmp_path / "log", keep_bytes=10) as file:
        put_lines(file, "a" * 50)
        assert (tmp_path / "log.1").read_text() == "before"  # nothing has taken its place
        put_lines(file, "b" * 50)
    assert (tmp_path / "log").read_text() == "b" * 50 + "\n"


def test_each_part_of_a_table_has_its_header_once(tmp_path: Path) -> None:
    for _ in range(2):  # the second run finds a part of the first
        sinks = open_places(
            OutputSettings((Place("csv", str(tmp_path / "a.csv")),), keep_bytes=600),
            Run(inputs=(), named=False, expecting=False),
        )
        run_through(sinks, *["7"] * 20)
    for part in ("a.csv", "a.1.csv"):
        lines = (tmp_path / part).read_text().splitlines()
        assert lines[0].startswith("source,frame,line")
        assert len(lines) > 3
        assert all(line.startswith("demo,") for line in lines[1:])


def test_after_a_power_cut_in_the_middle_of_a_line_the_next_line_is_whole(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('1\n{"hal')
    with RecordFile(tmp_path / "log") as file:
        put_lines(file, "2", "3")
    assert (tmp_path / "log").read_text().splitlines() == ["1", '{"hal', "2", "3"]


def test_two_readers_of_one_file_are_told_and_both_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with RecordFile(tmp_path / "log") as one:
        assert capsys.readouterr().err == ""
        with RecordFile(tmp_path / "log") as other:
            put_lines(one, "1")
            put_lines(other, "2")
    assert "give each reader another file" in capsys.readouterr().err
    assert (tmp_path / "log").read_text() == "1\n2\n"
    with RecordFile(tmp_path / "log"):  # both have ended
        assert capsys.readouterr().err == ""


def test_a_pipe_that_nobody_reads_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="start its reader first"):
        RecordFile(tmp_path / "pipe")


def test_a_pipe_that_is_read_gets_every_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with RecordFile(tmp_path / "pipe") as file:
        put_lines(file, "1", "2")
    assert os.read(reader, 100) == b"1\n2\n"
    os.close(reader)


def test_a_file_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="named twice"):
        opened(Place("events", str(tmp_path / "log")), Place("csv", str(tmp_path / "sub" / ".." / "log")))


def test_a_picture_that_is_read_is_not_added_to(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="this run reads the file"):
        open_places(
            OutputSettings((Place("events", str(path)),)), Run(inputs=(str(path),), named=False, expecting=False)
        )
    assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("emptied", [False, True])
def test_a_file_that_logrotate_moves_or_empties_is_gone_on_with(emptied: bool, tmp_path: Path) -> None:
    path, moved = tmp_path / "log.csv", tmp_path / "log.csv.7"
    with RecordFile(path, headed=True) as file:
        put_lines(file, "head", "1")
        if emptied:
            os.truncate(path, 0)
        else:
            path.rename(moved)
        put_lines(file, "2", "3")
    assert path.read_text() == "head\n2\n3\n"
    assert emptied or moved.read_text() == "head\n1\n"


def test_the_last_of_the_disk_is_left_to_the_rest_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = {"blocks": 1 << 14}
    monkeypatch.setattr("os.fstatvfs", lambda _: disk(1 << 20, free["blocks"]))
    with RecordFile(tmp_path / "log") as file:
        put_lines(file, "1")
        free["blocks"] -= 1
        with pytest.raises(OutputError, match=r"nearly full \(/.* has \d+ MB free\); make room on /"):
            put_lines(file, "2")
        free["blocks"] += 1
        put_lines(file, "3")
    assert (tmp_path / "log").read_text() == "1\n3\n"


@pytest.mark.parametrize(
    ("total", "free", "full"),
    [
        (1 << 40, (64 << 20) - 1, True),
        (1 << 40, 64 << 20, False),
        (10 << 20, 1 << 20, False),
        (10 << 20, 1 << 18, True),
        (0, 0, False),
    ],
)
def test_a_small_disk_need_not_have_as_much_free(total: int, free: int, full: bool) -> None:
    assert is_nearly_full(total, free) is full


def test_a_line_of_which_a_full_disk_takes_only_a_part_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    with RecordFile(tmp_path / "log") as file:
        put_lines(file, "whole")
        file.write("half of it\n")
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:5]))
            with pytest.raises(OutputError, match=r"log: cannot be written to \(the disk is full\); make room"):
                file.flush()
        assert (tmp_path / "log").read_text() == "whole\n"
