"""What is written, how large it is, and that it tests itself."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digitreader.errors import OutputError
from digitreader.model.accept import AcceptanceRule
from digitreader.model.card import ModelCard
from digitreader.model.glyph.normalise import NORMALISATION
from digitreader_export.c99 import CSelfTestError, describe_c, write_c
from digitreader_export.c99.golden_source import SHAPES

Build = Callable[..., bytes]
Golden = Callable[[bytes], tuple[Any, ...]]

FILES = [
    "README.md",
    "examples/net_reads/net_reads.ino",
    "examples/net_self_test/net_golden.c",
    "examples/net_self_test/net_self_test.ino",
    "library.json",
    "library.properties",
    "src/digitreader_normalise.c",
    "src/digitreader_normalise.h",
    "src/net.c",
    "src/net.h",
    "src/net_read.c",
    "src/net_tflite.c",
    "src/net_tflite.h",
]
GOLDEN = "examples/net_self_test/net_golden.c"
SELF_TEST = ("-Isrc", "src/net.c", "src/net_read.c", "src/digitreader_normalise.c", GOLDEN, "-lm")
TINY = ("src/tiny", "src/tiny_read", "src/digitreader_normalise")
RULE = AcceptanceRule(0.3, 0.798)


def compiled(strictly: tuple[str, ...], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*strictly, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def ran(program: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program], capture_output=True, text=True, check=False)


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def content(build_network: Build) -> bytes:
    return build_network()


@pytest.fixture
def folder(content: bytes, golden_of: Golden, tmp_path: Path) -> Path:
    """A folder with the C of a small network."""
    write_c(content, "net", RULE, golden_of(content), tmp_path / "made" / "here")
    return tmp_path / "made" / "here"


def test_a_library_is_written_into_a_folder_that_is_made(folder: Path) -> None:
    assert files_in(folder) == FILES


def test_the_same_network_gives_the_same_bytes(folder: Path, content: bytes, golden_of: Golden, tmp_path: Path) -> None:
    write_c(content, "net", RULE, golden_of(content), tmp_path / "again")
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_shipped_network_gives_the_golden_integers_of_its_card_from_less_than_16000_bytes(
    repository: Path, tmp_path: Path, strictly: tuple[str, ...]
) -> None:
    content, about = ((repository / "models" / f"tiny.{kind}").read_bytes() for kind in ("tflite", "json"))
    card = ModelCard.from_bytes(about, "tiny.json")
    sizes = write_c(content, card.name, card.acceptance, card.golden, tmp_path, features=card.features)
    golden, *sources = (f"{name}.c" for name in ("examples/tiny_self_test/tiny_golden", *TINY))
    made = compiled(strictly, tmp_path, "-Isrc", golden, *sources, "-lm", "-o", "golden")
    assert made.returncode == 0, made.stderr
    result = ran(tmp_path / "golden")
    count = len(card.golden) + len(SHAPES)
    assert result.stdout.endswith(f"{count} of {count} golden inks pass\n")
    assert result.returncode == 0
    assert 13_128 < sizes.data < 16_000
    assert sizes.code is not None
    assert 200 < sizes.code < 4_000


def test_sizes_without_a_compiler_are_those_of_the_arrays(
    content: bytes, golden_of: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    sizes = write_c(content, "net", RULE, golden_of(content), tmp_path / "out")
    weights, neurons = 784 * 16 + 16 * 16 + 16 * 10, 16 + 16 + 10
    assert (sizes.data, sizes.code, sizes.compiler) == (weights + 8 * neurons + 4 * 256, None, "")
    assert "code not measured: no working C compiler (cc, size) here" in describe_c([sizes], tmp_path)
    assert files_in(tmp_path / "out") == FILES


def test_measured_sizes_are_those_of_the_arrays_and_little_more(
    build_network: Build, golden_of: Golden, tmp_path: Path, gcc: str
) -> None:
    content = build_network(hidden="sigmoid")
    sizes = write_c(content, "net", RULE, golden_of(content), tmp_path)
    arrays = 784 * 16 + 16 * 16 + 16 * 10 + 8 * 42 + 4 * 256 + 2 * 256
    assert arrays <= sizes.data < arrays + 400
    assert f"{sizes.data:,} bytes of data, {sizes.code:,} of code ({sizes.compiler})" in describe_c([sizes], tmp_path)


def test_a_compiler_that_does_not_work_is_as_none(
    content: bytes, golden_of: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cc", "size"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert write_c(content, "net", RULE, golden_of(content), tmp_path / "out").code is None


def test_a_machine_without_room_to_compile_is_as_none(
    content: bytes, golden_of: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert write_c(content, "net", RULE, golden_of(content), tmp_path / "out").code is None


def test_the_self_test_says_that_each_golden_glyph_passes(folder: Path, strictly: tuple[str, ...]) -> None:
    made = compiled(strictly, folder, *SELF_TEST, "-o", "golden")
    assert made.returncode == 0, made.stderr
    result = ran(folder / "golden")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert lines[:4] == ["pass  speck", "pass  white", 'pass  a "noise"', r"pass  \ or ??/, ?"]
    assert lines[4:-1] == [f"pass  a shape of {shape.width}x{shape.height}" for shape in SHAPES]
    assert lines[-1] == f"{4 + len(SHAPES)} of {4 + len(SHAPES)} golden inks pass"


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        (
            "src/net.c",
            r"(static const int8_t weights_3\[10 \* 16\] = \{\n    /\* neuron 0 \*/\n)(?: *-?\d+,){15} *-?\d+",
        ),
        ("src/net.c", r"(static const int32_t biases_3\[10\] = \{\n) *-?\d+"),
        ("src/digitreader_normalise.c", r"(const uint32_t straight = )\d+"),
        (GOLDEN, r"(static const uint8_t glyph_2\[784\] = \{\n) *-?\d+"),
        (GOLDEN, r"(golden_inks\[GOLDEN_INKS\] = \{\n    \{  1,   1, ) *-?\d+"),
    ],
)
def test_the_self_test_fails_where_anything_was_changed(
    file: str, changed: str, folder: Path, strictly: tuple[str, ...]
) -> None:
    text, count = re.subn(changed, r"\g<1>    77", (folder / file).read_text())
    assert count == 1
    (folder / file).write_text(text)
    assert compiled(strictly, folder, *SELF_TEST, "-o", "golden").returncode == 0
    result = ran(folder / "golden")
    assert result.returncode == 1
    assert "FAIL  " in result.stdout


def test_a_program_of_its_own_may_call_the_self_test(folder: Path, strictly: tuple[str, ...]) -> None:
    (folder / "main.c").write_text(
        "int net_golden_failures(void);\nint main(void) { return 40 + net_golden_failures(); }\n"
    )
    made = compiled(strictly, folder, "-DNET_GOLDEN_NO_MAIN", "main.c", *SELF_TEST, "-o", "own")
    assert made.returncode == 0, made.stderr
    assert ran(folder / "own").returncode == 40


def test_the_array_is_the_file_at_a_multiple_of_16(folder: Path, content: bytes, strictly: tuple[str, ...]) -> None:
    (folder / "main.c").write_text(
        '#include <stdio.h>\n#include "net_tflite.c"\n'
        "int main(void) { fwrite(net_tflite, 1, NET_TFLITE_LEN, stdout); return (int)__alignof__(net_tflite); }\n"
    )
    made = compiled(strictly, folder, "-Isrc", "main.c", "-o", "own")
    assert made.returncode == 0, made.stderr
    result = subprocess.run([folder / "own"], capture_output=True, check=False)
    assert (result.returncode, result.stdout) == (16, content)


def test_tensorflow_lite_micro_is_told_the_operators_that_it_needs(
    build_network: Build, golden_of: Golden, tmp_path: Path
) -> None:
    content = build_network(hidden="sigmoid")
    write_c(content, "net", RULE, golden_of(content), tmp_path)
    text = (tmp_path / "src" / "net_tflite.h").read_text()
    assert re.findall(r"resolver\.Add(\w+)\(\)", text) == ["Quantize", "Reshape", "FullyConnected", "Logistic"]
    assert "MicroMutableOpResolver<4>" in text


def test_the_pass_needs_no_float_no_heap_and_no_library(folder: Path, gcc: str) -> None:
    code = re.sub(
        r"/\*.*?\*/", "", (folder / "src/net.h").read_text() + (folder / "src/net.c").read_text(), flags=re.DOTALL
    )
    assert re.findall(r"#include (\S+)", code) == ["<stdint.h>", '"digitreader_normalise.h"', '"net.h"']
    assert not re.search(r"\b(float|double|malloc|calloc|free)\b|\d\.\d", code)
    if nm := shutil.which("nm"):
        subprocess.run([gcc, "-std=c99", "-O2", "-c", "src/net.c"], cwd=folder, check=True)
        needed = subprocess.run([nm, "-u", "net.o"], cwd=folder, capture_output=True, text=True, check=True).stdout
        assert set(needed.split()) - {"U", "_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail"} == set()


def test_headers_say_what_the_network_is(folder: Path, content: bytes) -> None:
    for name in ("src/net.c", "src/net.h", "src/net_read.c", "src/net_tflite.c", "src/net_tflite.h", GOLDEN):
        assert hashlib.sha256(content).hexdigest() in (folder / name).read_text(), name
    header = (folder / "src/net.h").read_text()
    for said in ("784-16-16-10", NORMALISATION, "may differ by one step", "SPDX-License-Identifier: MIT"):
        assert said in header


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("tiny-int8", "tiny_int8"),
        ("Accurate", "accurate"),
        ("3rd", "model_3rd"),
        ("a*/b", "a_b"),
        ("-x-", "x"),
        ("ö", "model"),
    ],
)
def test_any_name_becomes_a_name_that_c_takes(
    name: str, stem: str, content: bytes, golden_of: Golden, strictly: tuple[str, ...], tmp_path: Path
) -> None:
    assert write_c(content, name, RULE, golden_of(content), tmp_path).stem == stem
    names = (stem, f"{stem}_read", f"{stem}_tflite", "digitreader_normalise")
    sources = [*(f"src/{name}.c" for name in names), f"examples/{stem}_self_test/{stem}_golden.c"]
    made = compiled(strictly, tmp_path, "-Isrc", *sources, "-lm", "-o", "golden")
    assert made.returncode == 0, made.stderr


def test_c_that_gives_other_answers_here_is_not_written(
    content: bytes, build_network: Build, golden_of: Golden, tmp_path: Path, gcc: str
) -> None:
    of_another = golden_of(build_network(seed=2))
    with pytest.raises(CSelfTestError, match="of 15 golden inks pass when compiled here, so nothing is written"):
        write_c(content, "net", RULE, of_another, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_clear_error(content: bytes, golden_of: Golden, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written") as refusal:
        write_c(content, "net", RULE, golden_of(content), tmp_path / "file")
    assert "\n" not in str(refusal.value)


def test_a_write_that_fails_leaves_what_was_there(content: bytes, golden_of: Golden, tmp_path: Path) -> None:
    (tmp_path / "src" / "digitreader_normalise.h").mkdir(parents=True)  # which no file can replace
    (tmp_path / "src" / "net.c").write_text("older")
    with pytest.raises(OutputError):
        write_c(content, "net", RULE, golden_of(content), tmp_path)
    assert files_in(tmp_path) == ["src/net.c"]
    assert (tmp_path / "src" / "net.c").read_text() == "older"
