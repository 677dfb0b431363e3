"""What makes the C a library: manifests, sketches, the command that writes it, and reading from ink to digit."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest

from digitreader.cli.export_c import source_of
from digitreader.drawing import write_glyph
from digitreader.model.accept import accept, confidences_of
from digitreader.model.glyph.normalise import normalise_glyph
from digitreader.model.load import load_model
from digitreader_export.c99 import NoCFormError, write_library
from digitreader_export.c99.library import source_files

Run = Callable[..., Any]

HERE = Path(__file__).parent
TOLD_WITHOUT_TENSORFLOW = """
import sys
from digitreader.cli.main import main
status = main(["export", "tiny", "--c", "firmware"])
sys.exit(status or any(name.partition(".")[0] in {"tensorflow", "tf_keras", "keras"} for name in sys.modules))
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models in one library."""
    folder = tmp_path_factory.mktemp("library")
    write_library([source_of("tiny"), source_of("small")], folder)
    return folder


def test_a_shipped_model_becomes_c_without_tensorflow(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", TOLD_WITHOUT_TENSORFLOW], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "src/tiny.c, .h" in ran.stdout
    assert (tmp_path / "firmware" / "src" / "tiny_read.c").is_file()


def test_several_models_become_one_library(digitreader: Run, repository: Path, tmp_path: Path) -> None:
    for kind in ("tflite", "json"):
        shutil.copy(repository / "models" / f"small.{kind}", tmp_path / f"mine.{kind}")
    ran = digitreader("export", "--c", tmp_path / "out", "tiny", tmp_path / "mine.tflite")
    assert ran.status == 0, ran.err
    # a model is called as its card calls it
    assert {path.stem for path in (tmp_path / "out" / "src").glob("*_read.c")} == {"tiny_read", "small_read"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tiny",), "tiny: is a model already; give --c DIR for its C99, or a run folder to export"),
        (("tiny", "--all", "--c", "out"), "--all is for a run, and tiny is a model already; leave it out"),
        (("tiny", "--out", "there", "--c", "out"), "--out is for a run, and tiny is a model already"),
        (
            ("tiny", "runs/x", "--c", "out"),
            "runs/x: is not a model; if you give several, each must be a shipped name or a .tflite file",
        ),
        (("tiny", "tiny", "--c", "out"), "tiny: two models would be called tiny in C"),
        (("finder", "--c", "out"), "is the card of a model that finds digits, need one that reads digits"),
        (("missing.tflite", "--c", "out"), "missing.tflite: no such model"),
    ],
)
def test_what_cannot_become_c_is_refused_in_one_line(
    arguments: tuple[str, ...], said: str, digitreader: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = digitreader("export", *arguments)
    assert ran.status != 0
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_model_without_a_card_is_refused(digitreader: Run, repository: Path, tmp_path: Path) -> None:
    shutil.copy(repository / "models" / "tiny.tflite", tmp_path / "lone.tflite")
    ran = digitreader("export", tmp_path / "lone.tflite", "--c", tmp_path / "out")
    assert "has no card beside it (lone.json)" in ran.err
    assert not (tmp_path / "out").exists()


def test_two_names_that_are_one_in_c_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NoCFormError, match="two models would be called tiny in C"):
        write_library([source_of("tiny"), source_of("tiny")], tmp_path / "out")


def test_the_manifest_of_arduino_has_the_fields_that_it_needs(library: Path) -> None:
    lines = (library / "library.properties").read_text().splitlines()
    fields = dict(line.split("=", 1) for line in lines)
    needed = "name version author maintainer sentence paragraph category url architectures includes"
    assert needed.split() == [name for name in fields if name != "license"]
    assert (fields["name"], fields["includes"]) == ("digitreader", "tiny.h,small.h")
    assert all(fields.values()), "Arduino's index takes no empty field"
    assert urlsplit(fields["url"]).scheme


def test_the_manifest_of_platformio_names_files_that_there_are(library: Path) -> None:
    manifest = json.loads((library / "library.json").read_text())
    assert (manifest["name"], manifest["version"].count(".")) == ("digitreader", 2)
    for header in manifest["headers"]:
        assert (library / "src" / header).is_file()
    places = [library / each["base"] / file for each in manifest["examples"] for file in each["files"]]
    assert sorted(places) == sorted(library.rglob("*.ino"))


@pytest.mark.skipif(
    shutil.which("g++") is None, reason="no C++ compiler (g++) here, so the sketches cannot be compiled"
)
@pytest.mark.parametrize(
    ("sketch", "said"), [("tiny_reads", "7, sure to 100 %"), ("small_self_test", "pass: the golden")]
)
def test_a_sketch_compiles_and_says_what_it_shall(sketch: str, said: str, library: Path, tmp_path: Path) -> None:
    stem, folder = sketch.partition("_")[0], library / "examples" / sketch
    (tmp_path / "Arduino.h").write_text((HERE / "arduino_stub.h").read_text())
    (tmp_path / "sketch.cpp").write_text(f'#include "Arduino.h"\n#include "{folder / f"{sketch}.ino"}"\n')
    sources = [library / source for source in source_files(stem)]
    golden = sorted(folder.glob("*.c"))
    include = f"-I{library / 'src'}"
    subprocess.run(["gcc", "-std=c99", "-DARDUINO=100", include, "-c", *sources, *golden], cwd=tmp_path, check=True)
    objects = [f"{path.stem}.o" for path in (*sources, *golden)]
    flags = ("-Wall", "-Wextra", "-Werror", include)
    subprocess.run(["g++", *flags, "sketch.cpp", *objects, "-lm", "-o", "sketch"], cwd=tmp_path, check=True)
    ran = subprocess.run([tmp_path / "sketch"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith(said)


@pytest.mark.parametrize("model", ["tiny", "small"])
def test_ink_of_any_size_is_read_as_python_reads_it(
    model: str, library: Path, strictly: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "main.c").write_text((HERE / "read_harness.c").read_text().replace("MODEL", model))
    sources = [library / source for source in source_files(model)]
    command: list[str | Path] = [*strictly, f"-I{library / 'src'}", "main.c", *sources, "-lm", "-o", "read"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    rng = np.random.default_rng(3)
    inks = [write_glyph(count % 10, rng, height_px=int(rng.integers(9, 200))) for count in range(120)]
    inks += [rng.integers(0, 256, (30, 20), np.uint8), np.zeros((9, 9), np.uint8)]
    given = b"".join(
        b"".join(bytes(divmod(side, 256)) for side in ink.shape[::-1]) + np.ascontiguousarray(ink).tobytes()
        for ink in inks
    )
    ran = subprocess.run([tmp_path / "read"], input=given, capture_output=True, check=True)
    answers = np.frombuffer(ran.stdout, np.int16).reshape(-1, 2)
    loaded = load_model(model)
    assert loaded.card is not None
    activations = loaded.activations(np.stack([normalise_glyph(ink) for ink in inks[:-1]]))
    verdicts = [accept(row, loaded.card.acceptance) for row in activations]
    assert answers[:-1, 0].tolist() == [-1 if verdict is None else verdict.digit for verdict in verdicts]
    surest = confidences_of(activations, loaded.card.acceptance).max(axis=1)
    np.testing.assert_allclose(answers[:-1, 1], 1000 * surest, rtol=0, atol=0.51)
    assert answers[-1].tolist() == [-1, 0]
    assert len(set(answers[:, 0].tolist())) == 11
