"""Facts about Python and its packages."""

from __future__ import annotations

import ast
import operator
import platform
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from digitreader.host.distribution import DISTRIBUTION
from digitreader.setup.doctor.facts import Module, NumpyNeed, PythonFacts
from digitreader.setup.doctor.run_tool import RunTool, run_tool

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
    """The versions of NumPy that a package requires here, such as ``>=2,<3``; empty if any will do.

    Args:
        requirements: the package's requirements, as `importlib.metadata.requires` gives them.
        environment: values for the markers, such as ``python_version``.
    """
    found = (_REQUIREMENT.fullmatch(line.strip()) for line in requirements)
    asked = (match[1].strip() for match in found if match and _holds(match[2] or "", environment))
    return ",".join(part for part in asked if part).replace(" ", "")


def is_within(version: str, wanted: str) -> bool:
    """Whether a version is in a range; pre-releases count as their release."""
    return all(_keeps(parse_version(version), sign, bound) for sign, bound in _CLAUSE.findall(wanted))


def common_range(ranges: Sequence[str]) -> str:
    """The versions that all ranges have in common, as ``>=2.1,<3``; empty if there is none."""
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
    """Whether a requirement's marker is true; False if the marker cannot be parsed, so the requirement is left out."""
    if not marker.strip():
        return True
    try:
        return _is_true(ast.parse(marker.strip(), mode="eval").body, environment)
    except (SyntaxError, KeyError, TypeError):
        return False


def _is_true(node: ast.expr, environment: Mapping[str, str]) -> bool:
    # a marker has the syntax of a Python condition; it is only parsed, never run
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


MODULES = {"numpy": "numpy", "cv2": "cv2", "ai_edge_litert": "ai_edge_litert.interpreter", "picamera2": "picamera2"}
OPENCV_PACKAGES = frozenset(
    {"opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"}
)
ON_NUMPY = (DISTRIBUTION, *sorted(OPENCV_PACKAGES), "ai-edge-litert", "picamera2", "simplejpeg")
"""Packages whose NumPy requirement is checked.

simplejpeg is the only part of Picamera2 that is compiled against NumPy.
"""
SYSTEM_PICAMERA = Path("/usr/lib/python3/dist-packages/picamera2")
MARK = "digitreader-doctor:"


def gather_python() -> PythonFacts:
    """Gather the facts about this environment."""
    modules = tuple(probe(name, imported) for name, imported in MODULES.items())
    works = any(module.name == "cv2" and module.works for module in modules)
    return PythonFacts(
        python=platform.python_version(),
        in_venv=sys.prefix != sys.base_prefix,
        sees_system=any("dist-packages" in path for path in sys.path),
        system_picamera=SYSTEM_PICAMERA.is_dir(),
        modules=modules,
        opencv_build=_opencv_build() if works else "",
        opencv_needed=needed_opencv(_requirements(DISTRIBUTION)),
        opencv_packages=tuple(sorted(OPENCV_PACKAGES & _installed())),
        numpy_needs=numpy_needs(),
    )


def probe(name: str, imported: str, runner: RunTool = run_tool) -> Module:
    """Import a module in another process."""
    if find_spec(name) is None:
        return Module(name, found=False, works=False)
    # without -P a script of this name in the current folder would be run
    code = f"import {imported} as it; print('{MARK}', getattr(it, '__version__', ''))"
    answer = runner((sys.executable, "-P", "-c", code))
    found = re.search(rf"^{MARK}(.*)$", answer.out, re.MULTILINE)
    works = answer.status == 0 and found is not None
    # a process that a signal ended has printed no message
    said = answer.err or ("" if works else f"it ended with {answer.status}")
    return Module(name, (found[1].strip() if found else "") or _version(name), works=works, said=said)


def needed_opencv(requirements: Sequence[str]) -> str:
    """The version of OpenCV that digitreader requires; empty if it does not require a certain one."""
    found = (re.match(r"opencv-python-headless\s*==\s*([\d.]+)", line) for line in requirements)
    return next((match[1] for match in found if match), "")


def numpy_needs(packages: Sequence[str] = ON_NUMPY) -> tuple[NumpyNeed, ...]:
    """The versions of NumPy that the installed ones of these packages require."""
    here = {
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "python_full_version": platform.python_version(),
        "sys_platform": sys.platform,
        "platform_system": platform.system(),
        "platform_machine": platform.machine(),
    }
    asked = ((package, wanted_range(_requirements(package), here)) for package in packages)
    return tuple(NumpyNeed(package, wanted) for package, wanted in asked if wanted)


def _opencv_build() -> str:
    answer = run_tool((sys.executable, "-P", "-c", "import cv2; print(cv2.getBuildInformation())"))
    return answer.out


def _requirements(package: str) -> list[str]:
    try:
        return metadata.requires(package) or []
    except metadata.PackageNotFoundError:
        return []


def _installed() -> set[str]:
    return {(each.metadata["Name"] or "").lower() for each in metadata.distributions()}


def _version(name: str) -> str:
    try:
        return metadata.version(name.replace("_", "-"))
    except metadata.PackageNotFoundError:
        return ""
