"""The commands that the documents show are the commands that there are, and the locks agree with each other."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from digitreader.cli.main import COMMANDS, build_parser

DOCUMENTS = (
    *("README.md", "CONTRIBUTING.md", "docs/ablation.md", "docs/api.md", "docs/architecture.md", "docs/card.md"),
    *("docs/benchmarks.md", "docs/data.md", "docs/examples/README.md", "docs/fleet.md"),
    *(
        "docs/finder.md",
        "docs/microcontroller.md",
        "docs/network.md",
        "docs/pi.md",
        "docs/results.md",
        "docs/running.md",
        *("docs/scale.md", "docs/training.md", "docs/web.md"),
    ),
)


def commands_in(document: Path, program: str) -> list[list[str]]:
    """The arguments of every `program` in the fenced blocks, without prompts, comments and what follows a pipe."""
    text = document.read_text(encoding="utf-8")
    fenced = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    blocks = [block for language, block in fenced if not language]
    typed = [line for block in blocks for line in typed_lines(block) if program in line.split()[:2]]
    words = [shlex.split(re.split(r" [|>#&]", line)[0], comments=True) for line in typed]
    return [line[line.index(program) + 1 :] for line in words]


def typed_lines(block: str) -> list[str]:
    """What the reader types: the lines behind a prompt where the block has prompts, or else every line."""
    prompted = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]
    return prompted or block.splitlines()


def span_commands_in(document: Path) -> list[list[str]]:
    """The arguments of every `digitreader` command in running text and tables; NAME and LEVEL are filled in."""
    text = re.sub(r"^ *```.*?^ *```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`(?:\.venv/bin/)?digitreader ([^`\n]+)`", text)
    return [shlex.split(span.replace("NAME", "tiny").replace("LEVEL", "hard").split(" | ")[0]) for span in spans]


def test_every_document_is_checked(repository: Path) -> None:
    written = {path.relative_to(repository).as_posix() for path in (repository / "docs").rglob("*.md")}
    assert written == {name for name in DOCUMENTS if name.startswith("docs/")}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_digitreader_command_in_running_text_is_understood(repository: Path, document: str) -> None:
    for arguments in span_commands_in(repository / document):
        if len(arguments) == 1:  # a command that is mentioned, not typed
            assert arguments[0] in COMMANDS
        elif arguments[-1] == "--help":
            with pytest.raises(SystemExit, match="0"):
                build_parser(arguments).parse_args(arguments)
        else:
            build_parser(arguments).parse_args(arguments)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_link_of_a_document_leads_to_a_file(repository: Path, document: str) -> None:
    text = (repository / document).read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    folder = (repository / document).parent
    assert [link for link in links if "://" not in link and link and not (folder / link).exists()] == []


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/architecture.md", "docs/finder.md"])
def test_each_file_of_the_code_that_a_document_names_is_there(repository: Path, document: str) -> None:
    names = re.findall(r"`([\w/]+(?:\.py|/))`", (repository / document).read_text(encoding="utf-8"))
    runtime = repository / "runtime" / "digitreader"
    folders = (repository, runtime, runtime / "find")
    assert names
    assert [name for name in names if not any((folder / name).exists() for folder in folders)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_digitreader_command_in_a_document_is_understood(repository: Path, document: str) -> None:
    for arguments in commands_in(repository / document, "digitreader"):
        build_parser(arguments).parse_args(arguments)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_make_command_in_a_document_is_in_the_makefile(repository: Path, document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (repository / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {arguments[0] for arguments in commands_in(repository / document, "make")} <= targets


def test_the_readme_shows_the_two_commands_that_set_everything_up(repository: Path) -> None:
    assert commands_in(repository / "README.md", "make")[:2] == [["demo"], ["test"]]


def test_make_lists_every_target_that_it_has(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE) == phony.split()


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
