"""What is named on the command line may be a pipe, endless, or called so that it commands a terminal."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from digitreader.camera import images
from digitreader.cli.main import main

PNG = cv2.imencode(".png", np.full((60, 80, 3), 255, np.uint8))[1].tobytes()


def test_a_picture_in_a_pipe_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(PNG,), daemon=True).start()
    assert main(["read", str(tmp_path / "pipe")]) == 0
    assert "no digits found" in capsys.readouterr().err


def test_a_pipe_into_which_nothing_is_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digitreader.host.waiting.SILENCE_S", 0.01)
    os.mkfifo(tmp_path / "pipe")
    writing = threading.Timer(0.5, (tmp_path / "pipe").write_bytes, [PNG])
    writing.start()
    main(["read", str(tmp_path / "pipe")])
    writing.join()
    assert "waiting until something is written to it" in capsys.readouterr().err


@pytest.mark.parametrize("odd", ["a\nb.png: 42", "\x1b[2J.png", "\x9b2J.png", "\u202e.png"])
def test_a_name_commands_no_terminal_and_is_exact_in_json(
    odd: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / odd).write_bytes(PNG)
    (tmp_path / "other.png").write_bytes(PNG)
    main(["read", str(tmp_path / odd), str(tmp_path / "other.png")])
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 2
    assert out.replace("\n", "").isprintable()
    main(["read", str(tmp_path / odd), "--format", "jsonl"])
    assert json.loads(capsys.readouterr().out)["source"] == str(tmp_path / odd)


def test_a_picture_without_memory_does_not_end_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    tries = [MemoryError(), None]

    def decode(*_: object, **__: object) -> object:
        if (error := tries.pop(0)) is not None:
            raise error
        return np.full((60, 80, 3), 255, np.uint8)

    monkeypatch.setattr(images, "_decode", decode)
    assert main(["read", str(tmp_path / "a.png"), str(tmp_path / "a.png")]) == 1
    assert "more memory than there is" in capsys.readouterr().err
    assert tries == []
