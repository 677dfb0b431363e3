"""Puts the code of a mutant into functions that are loaded already, which is much quicker than a start from nothing."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType


def put_in(name: str, code: str) -> bool:
    """Give the functions of a loaded module the code of a mutant; whoever has imported them has the mutant, too.

    Args:
        name: of the module.
        code: of the whole file.

    Returns:
        False where no function differs: the error is in what runs as the module is imported.
    """
    module = sys.modules.get(name)
    if module is None:
        return False
    changed = False
    for code_object in functions_in(compile(code, str(module.__file__), "exec", dont_inherit=True)):
        function = _function(module, code_object.co_qualname)
        if function is not None and function.__code__ != code_object:
            function.__code__ = code_object
            changed = True
    return changed


def functions_in(code: CodeType) -> Iterator[CodeType]:
    """The functions of a module and of its classes; those inside of a function are parts of it."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            if part.co_flags & inspect.CO_NEWLOCALS:
                yield part
            else:
                yield from functions_in(part)


def _function(module: ModuleType, qualname: str) -> FunctionType | None:
    found: object = module
    for name in qualname.split("."):
        found = vars(found).get(name) if hasattr(found, "__dict__") else None
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, classmethod | staticmethod):
        found = found.__func__
    found = inspect.unwrap(found) if callable(found) else None
    return found if isinstance(found, FunctionType) else None
