"""What a source says without running: its imports, its handler, and what it does at import.

Standard library only: the target's interpreter runs this file too, for sources whose syntax the
tool's own Python does not know.
"""

from __future__ import annotations

import ast
import hashlib
import sys
import warnings
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Facts(TypedDict):
    """What the packager needs to know of a module's syntax tree.

    `imports` are dotted names, relative ones with their leading dots; ``from a import b`` gives
    both ``a`` and ``a.b``, since only the files tell which of them is a module. `handler` is
    ``"async"`` for a coroutine function and nothing else, ``"yes"`` for anything else bound to the
    name at top level, ``"no"`` where nothing is.
    """

    imports: list[str]
    handler: str


def parse(source: bytes, minor: int) -> ast.Module:
    """
    Return the syntax tree of `source` as Python 3.`minor` reads it.

    Raises
    ------
    SyntaxError
        Also for null bytes and undecodable text, which some versions report as ValueError.
    """
    version = (3, minor) if sys.version_info[1] > minor else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source, feature_version=version)
    except ValueError as error:
        raise SyntaxError(str(error)) from error


def facts(tree: ast.Module) -> Facts:
    """Return what `tree` says of its imports and its handler."""
    found: dict[str, None] = {}
    for node in _running(tree):
        if isinstance(node, ast.Import):
            found.update((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            found[base] = None
            joint = "" if base.endswith(".") else "."
            found.update((base + joint + a.name, None) for a in node.names if a.name != "*")
        elif isinstance(node, ast.Call):
            name = _imported_by_call(node)
            if name:
                found[name] = None
    return {"imports": list(found), "handler": _handler(tree)}


def _running(tree: ast.AST) -> Iterable[ast.AST]:
    """Yield every node, in no order, but for what only a type checker reads."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and _is_type_checking(node.test):
            waiting.extend(node.orelse)
        else:
            waiting.extend(ast.iter_child_nodes(node))


def _is_type_checking(test: ast.expr) -> bool:
    """Tell whether `test` is TYPE_CHECKING, however it was imported."""
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING"


def _imported_by_call(node: ast.Call) -> str | None:
    """Return the module that ``import_module("name")`` or ``__import__("name")`` names."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
    if name not in {"import_module", "__import__"} or not node.args:
        return None
    argument = node.args[0]
    named = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    return str(argument.value) if named else None  # type: ignore[attr-defined]


def _handler(tree: ast.Module) -> str:
    """Tell how the top level of `tree` binds the name handler."""
    found = "no"
    for node in _top_level(tree.body):
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "handler":
            # What a decorator makes of it is seen when it is imported.
            if node.decorator_list:
                return "yes"
            found = "async"
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == "handler":
            return "yes"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.asname or alias.name for alias in node.names}
            if names & {"handler", "*"}:
                return "yes"
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(
            isinstance(part, ast.Name) and part.id == "handler" and isinstance(part.ctx, ast.Store)
            for part in ast.walk(node)
        ):
            return "yes"
    return found


def _top_level(body: list[ast.stmt]) -> Iterable[ast.stmt]:
    """Yield the statements that run at import, those inside if, try and with included."""
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody"):
            if not isinstance(node, _Function | ast.ClassDef):
                yield from _top_level(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _top_level(handler.body)


def import_fingerprint(
    source: bytes, minor: int, ran: Callable[[int, int], bool]
) -> tuple[str, list[int]]:
    """
    Return a digest of all that `source` does when it is imported.

    That is everything but the bodies of functions that did not run then; of those, what a decorator
    could see stays: signature, docstring, and whether the function is a generator. While the
    fingerprint of every module stays the same, importing again would tell nothing new.

    Parameters
    ----------
    ran
        Tells, of a function's number (in order of appearance among those kept) and first line,
        whether it ran during the import.

    Returns
    -------
    tuple[str, list[int]]
        The digest, and the numbers of the functions that ran.
    """
    tree = parse(source, minor)
    numbers: list[int] = []
    count = 0

    def empty(node: ast.AST) -> None:
        nonlocal count
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _Function):
                count += 1
                first = child.decorator_list[0].lineno if child.decorator_list else child.lineno
                if not ran(count, first):
                    child.body = _outside(child)
                    continue
                numbers.append(count)
            empty(child)

    empty(tree)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), numbers


def _outside(function: _Function) -> list[ast.stmt]:
    """Return what stands for the body of a function that did not run."""
    waiting: list[ast.AST] = list(function.body)
    generator = False
    while waiting:
        node = waiting.pop()
        generator = generator or isinstance(node, ast.Yield | ast.YieldFrom)
        if not isinstance(node, _Function | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))
    return [
        ast.Expr(ast.Constant(ast.get_docstring(function, clean=False))),
        ast.Expr(ast.Constant(generator)),
    ]
