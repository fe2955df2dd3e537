"""Compile sources for Lambda, and import the handler where that is asked for.

The job comes on standard input and the answer goes to standard output, both in marshal form, which
needs no import (version 2 is the same in all Pythons). Runs in the target's interpreter.
"""

from __future__ import annotations

import _imp
import marshal
import posix
import sys
from _frozen_importlib_external import MAGIC_NUMBER

TYPE_CHECKING = False  # typing, like os, would cost this short process a third of its time

if TYPE_CHECKING:
    import ast
    from types import CodeType
    from typing import Any

TASK_ROOT = "/var/task"
# PEP 552: the file is valid for a hash of its source, and nobody checks that hash.
UNCHECKED_HASH = (0b01).to_bytes(4, "little")
WIRE_FORMAT = 2


def compiled(source: bytes, name: str, *, bare: bool = False) -> tuple[CodeType, bytes]:
    """
    Return the code of `source` and its bytecode file.

    Parameters
    ----------
    name
        The file's name in the zip: tracebacks show it under /var/task, where Lambda unpacks.
    bare
        As ``python -OO`` has it, without docstrings and assertions; also without line numbers and
        the annotations of functions.
    """
    parts = (f"{TASK_ROOT}/{name}", "exec")
    if bare:
        code = without_lines(compile(unannotated(source), *parts, dont_inherit=True, optimize=2))
    else:
        code = compile(source, *parts, dont_inherit=True, optimize=0)
    # Written code depends on how often its objects are referred to, which depends on what else the
    # process holds. Code that was just read refers to nothing outside itself.
    body = marshal.dumps(marshal.loads(marshal.dumps(code)))  # noqa: S302  our own bytes
    magic = int.from_bytes(MAGIC_NUMBER, "little")
    return code, MAGIC_NUMBER + UNCHECKED_HASH + _imp.source_hash(magic, source) + body


def unannotated(source: bytes) -> ast.Module:
    """Return the tree of `source` without annotations of parameters and of what comes back."""
    import ast  # noqa: PLC0415  which few jobs need

    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
    return tree


def without_lines(code: CodeType) -> CodeType:
    """Return `code` without line numbers, and so all code in it."""
    parts = [without_lines(part) if isinstance(part, type(code)) else part
             for part in code.co_consts]  # fmt: skip
    # Eight instructions an entry, of which nothing is known. With no entries at all, printing a
    # traceback fails. https://github.com/python/cpython/blob/3.13/InternalDocs/locations.md
    whole, rest = divmod(len(code.co_code) // 2, 8)
    table = b"\xff" * whole + (bytes((0xF8 | rest - 1,)) if rest else b"")
    return code.replace(co_consts=tuple(parts), co_linetable=table)


def compile_file(path: str, name: str, *, bare: bool = False) -> dict[str, Any]:
    """Return the bytecode of the file at `path`, or where its syntax is wrong."""
    with open(path, "rb") as file:  # noqa: PTH123  pathlib costs more than the compiling
        source = file.read()
    try:
        return {"bytecode": compiled(source, name, bare=bare)[1]}
    except SyntaxError as error:
        return {"line": error.lineno or 1, "error": error.msg}
    except ValueError as error:
        return {"line": 1, "error": str(error)}


def facts_of(path: str) -> dict[str, Any] | None:
    """Return ``imports.facts`` of the file at `path`, None where its syntax is wrong."""
    from tools.packager import imports  # noqa: PLC0415  brings ast, which few jobs need

    with open(path, "rb") as file:  # noqa: PTH123
        source = file.read()
    try:
        return dict(imports.facts(imports.parse(source, sys.version_info[1])))
    except SyntaxError:
        return None


def main() -> None:
    """Read a job, do it, write the answer, and end without waiting for what handlers start."""
    answers = posix.dup(1)
    posix.dup2(2, 1)  # What a handler prints at import is not our answer.
    job = marshal.load(sys.stdin.buffer)  # noqa: S302  written by the packager
    answer: dict[str, Any] = {
        "compiled": {
            name: compile_file(path, name, bare=job["bare"])
            for name, path in job["compile"].items()
        },
        "facts": {name: facts_of(path) for name, path in job["facts"].items()},
    }
    if job["probe"] and not any("error" in done for done in answer["compiled"].values()):
        from tools.packager.target import probe  # noqa: PLC0415  compiling alone does not need it

        codes = {name: done["bytecode"] for name, done in answer["compiled"].items()}
        answer["probe"] = probe.run(job["probe"], codes)
    with open(answers, "wb") as file:  # noqa: PTH123
        marshal.dump(answer, file, WIRE_FORMAT)
    posix._exit(0)
