from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import pytest

from digitreader.host.distribution import DISTRIBUTION
from tools.commands import ToolError, build_wheel
from tools.pi import budget
from tools.pi.check import answers_here, answers_there, compare, core_is_emulated, draw_inputs, main
from tools.pi.guest import CORES, Guest, make_guest, show_core

SUITE, CORE = "bookworm", "cortex-a72"
"""The emulated Pi of CI; `make pi` has the others."""
ASKED = "DIGITREADER_PI"

LINE = {"text": "7", "digits": [{"digit": 7, "confidence": 0.98, "box": [1, 2, 3, 4]}]}
HERE: dict[str, Any] = {
    "machine": "aarch64",
    "installed": {DISTRIBUTION: "1.0", "numpy": "2.0"},
    "tensorflow": False,
    "receipts": {"tiny numpy": {"card": "pass", "integers": "pass"}},
    "glyphs_off_by": [0, 0],
    "integers": {"tiny numpy": ["c"]},
    "pages": {"one.png numpy": [LINE]},
    "demo": ["7765"],
}


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """The answers with one thing changed."""
    answers = copy.deepcopy(HERE)
    place = answers
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return answers


def test_equal_answers_pass() -> None:
    assert [each for each in compare(HERE, HERE) if not each.passed] == []


@pytest.mark.parametrize(
    ("there", "name", "said"),
    [
        (changed("machine", to="x86_64"), "installed", "x86_64"),
        (changed("tensorflow", to=True), "installed", "TensorFlow is installed or imported"),
        (changed("installed", to={"numpy": "2.0"}), "installed", "numpy 2.0"),
        (changed("receipts", "tiny numpy", "integers", to="fail"), "verify", "not tiny numpy: integers"),
        (changed("receipts", "tiny numpy", "integers", to="not tried"), "verify", "not tiny numpy: integers"),
        (changed("glyphs_off_by", 1, to=2), "glyphs", "1 of 2 to the bit"),
        (changed("integers", "tiny numpy", to=["x"]), "integers", "not tiny numpy"),
        (changed("pages", to={}), "read", "not one.png numpy"),
        (changed("pages", "one.png numpy", 0, "text", to="1"), "read", "not one.png numpy"),
        (changed("pages", "one.png numpy", 0, "digits", 0, "digit", to=1), "read", "not one.png numpy"),
        (changed("pages", "one.png numpy", 0, "digits", 0, "box", to=[1, 2, 3, 5]), "read", "not one.png numpy"),
        (changed("pages", "one.png numpy", 0, "digits", 0, "confidence", to=0.95), "read", "not one.png numpy"),
        (changed("demo", to=["7765", "7765"]), "read demo", "announced 7765, 7765"),
    ],
)
def test_another_answer_fails_by_its_name(there: dict[str, Any], name: str, said: str) -> None:
    (failed,) = (each for each in compare(HERE, there) if not each.passed)
    assert failed.name == name
    assert said in failed.detail
    assert str(failed).startswith("  FAIL  ")


def test_a_glyph_may_be_one_grey_level_off() -> None:
    (told,) = (each for each in compare(HERE, changed("glyphs_off_by", 1, to=1)) if each.name == "glyphs")
    assert told.passed
    assert told.detail == "1 of 2 to the bit, the others within 1 grey level"


def test_the_last_digit_of_a_confidence_may_be_rounded_otherwise() -> None:
    there = changed("pages", "one.png numpy", 0, "digits", 0, "confidence", to=0.97)
    assert all(each.passed for each in compare(HERE, there))


def test_a_core_is_shown_beside_the_system_that_it_belongs_to(tmp_path: Path) -> None:
    (tmp_path / "system" / "usr").mkdir(parents=True)
    (tmp_path / "system" / "usr" / "file").write_text("here")
    show_core(tmp_path / "system", CORES["cortex-a76"], tmp_path / "view")
    assert (tmp_path / "view" / "usr" / "file").read_text() == "here"
    cpuinfo = (tmp_path / "view" / "proc" / "cpuinfo").read_text()
    assert cpuinfo.count("CPU part\t: 0xd0b") == 4
    assert "atomics" in cpuinfo


def test_an_unknown_release_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--suite", "buster"])
    assert "invalid choice: 'buster'" in capsys.readouterr().err


@pytest.fixture(scope="module", name="wheel")
def wheel_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout."""
    return build_wheel(tmp_path_factory.mktemp("pi") / "wheel")


@pytest.fixture(scope="module", name="guest")
def guest_fixture(wheel: Path) -> Guest:
    """An emulated Pi, fetched where that is asked for."""
    if not os.environ.get(ASKED):
        pytest.skip(f"{ASKED}=1 fetches an aarch64 Python and QEMU, about 100 MB, and runs this in them; or: make pi")
    try:
        return make_guest(SUITE, wheel)
    except ToolError as error:
        pytest.skip(f"no emulated Raspberry Pi here: {error}")


def test_an_emulated_pi_answers_as_this_machine_does(guest: Guest, wheel: Path, tmp_path: Path) -> None:
    folder = draw_inputs(tmp_path / "inputs")
    found = [
        core_is_emulated(guest, CORE),
        *compare(answers_here(wheel, folder, demo=False), answers_there(guest, CORE, folder, demo=False)),
    ]
    assert [str(each) for each in found if not each.passed] == []


def test_no_stage_takes_a_tenth_more_instructions_than_the_table_says(guest: Guest, tmp_path: Path) -> None:
    counts = budget.count(guest, CORE, tmp_path)
    grown = [each for each in budget.deviations(CORE, counts, budget.read_table()) if each.is_regression]
    assert [str(each) for each in grown] == []
