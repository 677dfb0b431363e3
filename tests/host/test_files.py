from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from digitreader.errors import OutputError
from digitreader.host.files import write_all_atomically, write_atomically
from digitreader.host.native_stderr import native_stderr_muted


def test_a_file_is_written_with_its_folders_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b" / "file", b"content")
    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"content"
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["file"]


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    for content in (b"older and longer", b"newer"):
        write_atomically(tmp_path / "file", content)
    assert (tmp_path / "file").read_bytes() == b"newer"


def test_others_may_read_what_was_written(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", b"")
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644


def test_of_several_files_all_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder is needed")
    with pytest.raises(OutputError, match="cannot be written"):
        write_all_atomically({tmp_path / "first": b"1", tmp_path / "blocked" / "second": b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["blocked"]


def test_what_a_native_library_writes_to_stderr_is_muted_and_what_follows_is_not(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with native_stderr_muted():
        os.write(2, b"greetings from C++\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_stderr_is_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="inside"), native_stderr_muted():
        raise ValueError("inside")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_a_closed_stderr_is_no_trouble() -> None:
    code = (
        "from digitreader.host.native_stderr import native_stderr_muted\n"
        "from digitreader.host.progress import ProgressBar\n"
        "with native_stderr_muted(), ProgressBar('work', 1) as bar: bar.advance()\nprint('done')"
    )
    started = ["sh", "-c", 'exec "$0" -c "$1" 2>&-', sys.executable, code]
    ran = subprocess.run(started, stdout=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "done\n")
