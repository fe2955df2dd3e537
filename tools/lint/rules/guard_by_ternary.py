"""A null is kept off by a ternary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.references import dotted, is_call, is_null
from tools.lint.rule import Found, rule
from tools.lint.syntax import (
    Attr,
    Call,
    Conditional,
    For,
    Index,
    Operation,
    attributes,
    children,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Expression
    from tools.lint.tree import File, Folder


_GUARDS = {"||": "==", "&&": "!="}
_ORDERINGS = {"<", ">", "<=", ">=", "+", "-", "*", "/", "%"}
_NULL_REFUSED = (
    "ceil",
    "endswith",
    "floor",
    "keys",
    "length",
    "lower",
    "regex",
    "regexall",
    "replace",
    "split",
    "startswith",
    "substr",
    "trimspace",
    "upper",
    "values",
)


@rule(
    id="guard-by-ternary",
    why="Terraform 1.11 evaluates both sides of || and &&, and fails on the null of the other.",
    severity="error",
    source="https://developer.hashicorp.com/terraform/language/expressions/operators",
    house=True,
)
def guard_by_ternary(folder: Folder) -> Iterator[Found]:
    """Find "x == null || x.y" and "x != null && x.y"."""
    for file in folder.files:
        for attribute in attributes(file.source.body):
            for node in walk(attribute.value):
                if isinstance(node, Operation) and node.operator in _GUARDS:
                    yield from _guarded(file, node)


def _guarded(file: File, node: Operation) -> Iterator[Found]:
    parts = list(_joined(node, node.operator))
    for guard in parts:
        path = _null_checked(guard, {_GUARDS[node.operator]})
        if path and any(_needs(path, part) for part in parts if part is not guard):
            name = ".".join(path)
            yield Found(
                file,
                node.line,
                f"both sides of {node.operator} are evaluated when {name} is null",
                f"write {name} == null ? … : …",
            )


def _joined(node: Expression, operator: str) -> Iterator[Expression]:
    if isinstance(node, Operation) and node.operator == operator:
        for part in node.operands:
            yield from _joined(part, operator)
    else:
        yield node


def _null_checked(node: Expression, operators: set[str]) -> tuple[str, ...]:
    """Return what a comparison compares with null."""
    if isinstance(node, Operation) and node.operator in operators:
        left, right = node.operands
        return dotted(left) if is_null(right) else dotted(right) if is_null(left) else ()
    return ()


def _needs(path: tuple[str, ...], node: Expression) -> bool:
    """Whether an expression fails when what stands at ``path`` is null."""
    if is_call(node, "try", "can"):
        return False
    if isinstance(node, Conditional) and any(
        _null_checked(part, {"==", "!="}) == path for part in walk(node.condition)
    ):
        return False
    return path in map(dotted, _needed(node)) or any(_needs(path, part) for part in children(node))


def _needed(node: Expression) -> list[Expression]:
    """Return the parts of an expression that must not be null."""
    match node:
        case Attr(of=of) | Index(of=of) | For(collection=of):
            return [of]
        case Operation(operator=operator, operands=parts) if operator in _ORDERINGS:
            return parts
        case Call(arguments=parts) if is_call(node, *_NULL_REFUSED):
            return parts
    return []
