"""A file without an end ends no run: whatever reads a whole file stops at a bound."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from digitreader.camera.folder import names_from
from digitreader.camera.image_pages import StdinPicture
from digitreader.cli.main import main
from digitreader.cli.output_arguments import _first_line
from digitreader.errors import DigitReaderError, SourceError, UsageError
from digitreader.host.files import read_limited
from digitreader.host.tls import tls_context
from digitreader.model.checks import read_part
from digitreader.model.load import load_model
from digitreader.model.locate import shipped_models
from digitreader.model.training_history import read_history
from digitreader.setup.config_file import read_config

ENDLESS = Path("/dev/zero")
needs_endless = pytest.mark.skipif(not ENDLESS.exists(), reason="there is no /dev/zero here")


def test_a_file_is_read_whole_up_to_its_bound(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert read_limited(file, 5) == b"12345"
    with pytest.raises(OSError, match="more than 4e-06 MB"):
        read_limited(file, 4)


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"x" * 100_000,), daemon=True).start()
    assert len(read_limited(tmp_path / "pipe", 1_000_000)) == 100_000


@pytest.mark.parametrize(
    "read", [read_config, _first_line, lambda path: names_from(str(path)), tls_context], ids=lambda each: each.__name__
)
def test_a_pipe_into_which_nothing_is_written_is_announced(
    read: Callable[[Path], object], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.host.waiting.SILENCE_S", 0.01)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Timer(0.5, pipe.write_bytes, [b"# nothing\n"])
    writing.start()
    with suppress(DigitReaderError):  # the line holds no certificate
        read(pipe)
    writing.join()
    assert f"{pipe}: waiting until something is written to it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (lambda: next(StdinPicture().frames()), "-: waiting until a picture is written to stdin"),
        (lambda: names_from("-"), "--files-from -: waiting until a list is written to stdin"),
    ],
    ids=["picture", "list"],
)
def test_stdin_into_which_nothing_is_written_is_announced(
    read: Callable[[], object], line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.host.waiting.SILENCE_S", 0.01)
    source, sink = os.pipe()
    closing = threading.Timer(0.5, os.close, [sink])
    with os.fdopen(source) as stdin, suppress(DigitReaderError):  # nothing is no picture
        monkeypatch.setattr("sys.stdin", stdin)
        closing.start()
        read()
    closing.join()
    assert line in capsys.readouterr().err


@needs_endless
@pytest.mark.parametrize(
    ("read", "kind"),
    [
        (lambda: read_config(ENDLESS), DigitReaderError),
        (lambda: _first_line(ENDLESS), UsageError),
        (lambda: read_part(ENDLESS, "a model"), DigitReaderError),
        (lambda: read_history(ENDLESS), DigitReaderError),
        (lambda: names_from(str(ENDLESS)), SourceError),
    ],
    ids=["configuration", "password", "model", "history", "list"],
)
def test_what_has_no_end_is_refused(read: object, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="more than"):
        read()  # type: ignore[operator]


@needs_endless
def test_a_card_without_an_end_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.tflite").write_bytes(shipped_models()["tiny"].read_bytes())
    (tmp_path / "a.json").symlink_to(ENDLESS)
    with pytest.raises(DigitReaderError, match="more than 10 MB"):
        load_model(str(tmp_path / "a.tflite"))
    assert main(["verify", str(tmp_path / "a.tflite")]) == 1
    assert "more than 10 MB" in capsys.readouterr().out
