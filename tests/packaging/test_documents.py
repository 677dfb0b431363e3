"""The commands that the documents show are the commands that there are, and the locks agree with each other."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from digitreader.main import build_parser

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/network.md")


def commands_in(document: Path, program: str) -> list[list[str]]:
    """The arguments of every `program` in the fenced blocks, without prompts, comments and what follows a pipe."""
    blocks = re.findall(r"^```.*?\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    typed = [line for block in blocks for line in typed_lines(block) if program in line.split()[:2]]
    words = [shlex.split(re.split(r" [|>#&]", line)[0], comments=True) for line in typed]
    return [line[line.index(program) + 1 :] for line in words]


def typed_lines(block: str) -> list[str]:
    """What the reader types: the lines behind a prompt where the block has prompts, or else every line."""
    prompted = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]
    return prompted or block.splitlines()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_digitreader_command_in_a_document_is_understood(repository: Path, document: str) -> None:
    for arguments in commands_in(repository / document, "digitreader"):
        build_parser(arguments).parse_args(arguments)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_make_command_in_a_document_is_in_the_makefile(repository: Path, document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (repository / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {arguments[0] for arguments in commands_in(repository / document, "make")} <= targets


def test_the_readme_shows_the_two_commands_that_set_everything_up(repository: Path) -> None:
    assert commands_in(repository / "README.md", "make")[:2] == [["demo"], ["test"]]


def test_make_lists_every_target_that_it_has(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE) == phony.split()


def test_the_window_is_tested_with_what_the_runtime_has_but_for_opencvs_other_build(repository: Path) -> None:
    runtime, window = (locked(repository / "requirements" / f"{name}.txt") for name in ("runtime", "window"))
    assert runtime - window == {
        f"opencv-python-headless=={version}" for version in versions_of("opencv-python", window)
    }
    assert len(window - runtime) == 1


def locked(path: Path) -> set[str]:
    """The packages of a lock with their versions."""
    return set(re.findall(r"^[\w.-]+==[\w.]+", path.read_text(encoding="utf-8"), re.MULTILINE))


def versions_of(package: str, lock: set[str]) -> set[str]:
    """The version of a package in a lock."""
    return {entry.removeprefix(f"{package}==") for entry in lock if entry.startswith(f"{package}==")}
