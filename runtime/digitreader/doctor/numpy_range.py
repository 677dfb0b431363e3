"""Which versions of NumPy a package can live with, by what its installed metadata asks for; see PEP 440 and PEP 508."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence

Version = tuple[int, ...]

_REQUIREMENT = re.compile(r"numpy(?![\w.-])\s*(?:\[[^]]*\])?\s*\(?([^;)]*)\)?\s*(?:;(.*))?", re.IGNORECASE)
_CLAUSE = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*([\w.*+!-]+)")
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Version | str, Version | str], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def wanted_range(requirements: Sequence[str], environment: Mapping[str, str]) -> str:
    """What a package asks of NumPy here, such as ``>=2,<3``; empty where it asks nothing.

    Args:
        requirements: the package's, as `importlib.metadata.requires` gives them.
        environment: what markers are compared with, such as ``python_version``.
    """
    found = (_REQUIREMENT.fullmatch(line.strip()) for line in requirements)
    asked = (match[1].strip() for match in found if match and _holds(match[2] or "", environment))
    return ",".join(part for part in asked if part).replace(" ", "")


def is_within(version: str, wanted: str) -> bool:
    """Whether a version is one of those that were asked for; pre-releases count as their release."""
    return all(_keeps(parse_version(version), sign, bound) for sign, bound in _CLAUSE.findall(wanted))


def common_range(ranges: Sequence[str]) -> str:
    """The versions that all ranges have in common, as ``>=2.1,<3``; empty where there is none."""
    clauses = [clause for each in ranges for clause in _CLAUSE.findall(each)]
    lower = [bound for sign, bound in clauses if sign in {">=", ">", "==", "~="}]
    upper = [(bound, sign) for sign, bound in clauses if sign in {"<", "<="}]
    least = max(lower, key=parse_version, default="")
    most, sign = min(upper, key=lambda pair: parse_version(pair[0]), default=("", ""))
    if least and most and _padded(parse_version(least)) >= _padded(parse_version(most)):
        return ""
    return ",".join(f"{sign}{bound}" for sign, bound in ((">=", least), (sign, most)) if bound)


def parse_version(text: str) -> Version:
    """The numbers of a release: ``2.1.0rc1`` is (2, 1, 0)."""
    release = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(map(int, release[0].split("."))) if release else ()


def _keeps(version: Version, sign: str, bound: str) -> bool:
    limit = parse_version(bound)
    same = version[: len(limit)] == limit if bound.endswith(".*") else _padded(version) == _padded(limit)
    if sign == "~=":
        return _padded(version) >= _padded(limit) and version[: len(limit) - 1] == limit[:-1]
    if sign in {"==", "===", "!="}:
        return same is not (sign == "!=")
    compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[sign]
    return bool(compare(_padded(version), _padded(limit)))


def _padded(version: Version) -> Version:
    return (*version, 0, 0, 0, 0)[:4]


def _holds(marker: str, environment: Mapping[str, str]) -> bool:
    """Whether a requirement's marker is true; one that is none, or of another form, leaves the requirement out."""
    if not marker.strip():
        return True
    try:
        return _is_true(ast.parse(marker.strip(), mode="eval").body, environment)
    except (SyntaxError, KeyError, TypeError):
        return False


def _is_true(node: ast.expr, environment: Mapping[str, str]) -> bool:
    # a marker is written as Python writes such a condition, and is never run
    if isinstance(node, ast.BoolOp):
        parts = [_is_true(part, environment) for part in node.values]
        return all(parts) if isinstance(node.op, ast.And) else any(parts)
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        raise TypeError("a marker compares two things")
    left, right = (_value(side, environment) for side in (node.left, node.comparators[0]))
    are_versions = bool(parse_version(left) and parse_version(right))
    sides = (_padded(parse_version(left)), _padded(parse_version(right))) if are_versions else (left, right)
    return _COMPARISONS[type(node.ops[0])](*sides)


def _value(node: ast.expr, environment: Mapping[str, str]) -> str:
    if isinstance(node, ast.Name):
        return environment.get(node.id, "")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise TypeError("a marker compares names and texts")
