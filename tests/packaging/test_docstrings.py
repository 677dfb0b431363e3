"""Each argument or field that a docstring describes exists; they are left behind easily when something is renamed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDERS = ("runtime", "train", "export", "tools", "docs", "tests")
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def described_names(docstring: str) -> list[str]:
    """The names before the colons in the sections Args and Attributes."""
    sections = re.findall(r"^(?:Args|Attributes):\n((?:    .*\n?|\n)*)", docstring, re.MULTILINE)
    return [name for text in sections for name in re.findall(r"^ {4}\*{0,2}(\w+):", text, re.MULTILINE)]


def known_names(node: Documented, classes: dict[str, list[ast.ClassDef]]) -> set[str]:
    """The arguments of a function; the fields, attributes, methods and arguments of a class and of its bases."""
    if not isinstance(node, ast.ClassDef):
        return {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
    inside = list(ast.walk(node))
    stored = [each for each in inside if isinstance(each, ast.Name | ast.Attribute) and isinstance(each.ctx, ast.Store)]
    bases = [each for base in node.bases if isinstance(base, ast.Name) for each in classes.get(base.id, [])]
    return (
        {each.arg for each in inside if isinstance(each, ast.arg)}
        | {each.id if isinstance(each, ast.Name) else each.attr for each in stored}
        | {each.name for each in inside if isinstance(each, ast.FunctionDef)}
        | {name for base in bases if base is not node for name in known_names(base, classes)}
    )


def unknown_names(source: str) -> Iterator[str]:
    """Each described name that does not exist in a source file, with the function or class of the docstring."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, Documented)]
    classes: dict[str, list[ast.ClassDef]] = {}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            classes.setdefault(node.name, []).append(node)
    for node in nodes:
        described = described_names(ast.get_docstring(node) or "")
        yield from (f"{node.name}: {name}" for name in described if name not in known_names(node, classes))


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_argument_that_a_docstring_describes_exists(repository: Path, folder: str) -> None:
    files = {path.relative_to(repository).as_posix(): path for path in sorted((repository / folder).rglob("*.py"))}
    assert files
    found = {name: list(unknown_names(path.read_text(encoding="utf-8"))) for name, path in files.items()}
    assert {name: unknown for name, unknown in found.items() if unknown} == {}


@pytest.mark.parametrize(
    ("source", "unknown"),
    [
        ('def f(a, *, b):\n    """Do.\n\n    Args:\n        a: one.\n        b: other.\n    """\n', []),
        ('def f(a):\n    """Do.\n\n    Args:\n        a: one: two\n            b: more.\n    """\n', []),
        ('def f(new):\n    """Do.\n\n    Args:\n        old: one.\n    """\n', ["f: old"]),
        ('class C:\n    """It.\n\n    Attributes:\n        old: one.\n    """\n    new: int\n', ["C: old"]),
        ('class B:\n    a: int\nclass C(B):\n    """It.\n\n    Attributes:\n        a: one.\n    """\n', []),
    ],
)
def test_a_described_name_is_compared_with_the_signature_or_the_fields(source: str, unknown: list[str]) -> None:
    assert list(unknown_names(source)) == unknown
