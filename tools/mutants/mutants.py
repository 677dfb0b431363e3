"""The mutants of a file: copies of its code, each with one small error, as cosmic-ray makes them."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

LEFT_OUT_FILES = frozenset({"mark_weights.py", "whole_weights.py"})
"""Fitted weights, 9,000 numbers: data, and no code."""
LEFT_OUT_KINDS = ("_Is", "_IsNot")
"""`is` in place of `==` or `<`: Python itself warns of it, and every test would fail by the warning."""
TYPE_NAME = re.compile(r"[A-Z][A-Za-z]*[a-z]")

Place = tuple[int, int]
"""A line, from 1, and a column, from 0."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small error in one file.

    Attributes:
        path: the file, from `runtime/digitreader`.
        operator: cosmic-ray's name of the kind of error.
        occurrence: which place in the file for this kind, from 0.
        line: the line of the error, from 1.
    """

    path: str
    operator: str
    occurrence: int
    line: int

    def code_of(self, source: str) -> str:
        """The file's code with this error."""
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator

        return str(mutate_code(source, get_operator(self.operator)(), self.occurrence))


def mutants_of(path: str, source: str) -> Iterator[Mutant]:
    """All mutants of a file but those that cannot change what the code does."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    if Path(path).name in LEFT_OUT_FILES:
        return
    nodes, spans = list(ast_nodes(get_ast(source))), left_out(source)
    for name in sorted(operator_names()):
        operator = get_operator(name)
        if operator.arguments() or name.endswith(LEFT_OUT_KINDS):
            continue
        made = operator()
        places = (start for node in nodes for start, _ in made.mutation_positions(node))
        for occurrence, place in enumerate(places):
            if not any(first <= place < last for first, last in spans):
                yield Mutant(path, name, occurrence, place[0])


def left_out(source: str) -> list[tuple[Place, Place]]:
    """Parts of a file in which no error is made, because no test could notice it, or none should.

    - types: annotations, aliases, what is imported for types alone;
    - options of `@dataclass`, which keep programmers from mistakes;
    - `strict=` of `zip`, which keeps them from others;
    - the texts of errors, which may be worded anew.
    """
    spans: list[tuple[Place, Place]] = []
    for node in ast.walk(ast.parse(source)):
        spans += [_span(each) for each in _parts_left_out(node)]
    return spans


def _parts_left_out(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
            parts = [annotation]
        case ast.FunctionDef(returns=ast.expr() as returns):
            parts = [returns, *node.decorator_list]
        case ast.ClassDef():
            parts = node.decorator_list
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if TYPE_NAME.fullmatch(name):
            parts = [value]
        case ast.If(test=ast.Name(id="TYPE_CHECKING") as test):
            parts = [test]
        case ast.keyword(arg="strict", value=value):
            parts = [value]
        case ast.Raise(exc=ast.Call(args=texts)):
            parts = texts
        case _:
            parts = []
    return parts


def _span(node: ast.expr) -> tuple[Place, Place]:
    assert node.end_lineno is not None  # noqa: S101 # parsed code has it
    assert node.end_col_offset is not None  # noqa: S101
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def differs(source: str, mutated: str) -> bool:
    """Whether mutated code can be compiled, and is not the same code written otherwise."""
    try:
        return ast.dump(ast.parse(mutated)) != ast.dump(ast.parse(source))
    except SyntaxError:
        return False


def sample(package: str, sources: dict[str, str], *, count: int | None, seed: int) -> list[tuple[Mutant, str]]:
    """Some mutants of a package, each with its code.

    Args:
        package: its name, from which the choice depends too.
        sources: the code of its files.
        count: how many; None for all.
        seed: another seed, another choice.
    """
    found = [each for path, source in sorted(sources.items()) for each in mutants_of(path, source)]
    if count is not None:
        random.Random(f"{package} {seed}").shuffle(found)
    chosen: list[tuple[Mutant, str]] = []
    for mutant in found:
        if count is not None and len(chosen) >= count:
            break
        code = mutant.code_of(sources[mutant.path])
        if differs(sources[mutant.path], code):
            chosen.append((mutant, code))
    return chosen


def change(source: str, mutated: str) -> tuple[str, str]:
    """The lines that differ, before and after, each as one line."""
    before, after = source.splitlines(), mutated.splitlines()
    same = _same_at_the_start(before, after)
    behind = _same_at_the_start(before[same:][::-1], after[same:][::-1])
    first, second = (" ".join(" ".join(each[same : len(each) - behind]).split()) for each in (before, after))
    return first, second


def _same_at_the_start(some: list[str], others: list[str]) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False))))
