"""Which names an expression refers to, with the names that it binds itself left out.

``[for module in var.parts : module.name]`` refers to ``var.parts`` and to no module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tools.lint.syntax import (
    Attr,
    Body,
    Call,
    EndLoop,
    Expression,
    For,
    Index,
    Literal,
    Loop,
    Name,
    Splat,
    Template,
    children,
    path_of,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Block

_NOTHING: frozenset[str] = frozenset()
_ADDRESSES = {"moved", "removed", "import"}


class Reference(NamedTuple):
    """``path`` is ``("var", "x", "y")`` for ``var.x.y[0].z``; ``line`` is where it stands."""

    path: tuple[str, ...]
    line: int


def references(node: Expression, bound: frozenset[str] = _NOTHING) -> Iterator[Reference]:
    """Yield what an expression refers to.

    Parameters
    ----------
    node
        The expression.
    bound
        Names that stand for something else around it, such as a dynamic block's iterator.
    """
    match node:
        case Name() | Attr() | Index() | Splat():
            yield from _chain(node, bound)
        case For(names=names):
            yield from references(node.collection, bound)
            inner = bound.union(names)
            for part in (node.key, node.value, node.condition):
                if part is not None:
                    yield from references(part, inner)
        case Template(parts=parts):
            yield from _template(parts, bound)
        case _:
            for child in children(node):
                yield from references(child, bound)


def body_references(body: Body, bound: frozenset[str] = _NOTHING) -> Iterator[Reference]:
    """Yield what the attributes of a body, and of all blocks in it, refer to."""
    for attribute in body.attributes:
        # The one place where Terraform takes an argument's own name for an expression.
        if attribute.name != "ignore_changes":
            yield from references(attribute.value, bound)
    for block in body.blocks:
        yield from block_references(block, bound)


def block_references(block: Block, bound: frozenset[str] = _NOTHING) -> Iterator[Reference]:
    """Yield what a block refers to; a type, or the address of a move, is no reference."""
    if block.type in _ADDRESSES:
        return
    if block.type == "variable":
        shown = [a for a in block.body.attributes if a.name != "type"]
        yield from body_references(Body(shown, block.body.blocks), bound)
    elif block.type == "dynamic":
        yield from _dynamic(block, bound)
    else:
        yield from body_references(block.body, bound)


def _dynamic(block: Block, bound: frozenset[str]) -> Iterator[Reference]:
    iterator = block.body.get("iterator")
    name = iterator.name if isinstance(iterator, Name) else text_of(iterator) or block.name
    inner = bound | {name}
    for attribute in block.body.attributes:
        if attribute.name == "for_each":
            yield from references(attribute.value, bound)
        elif attribute.name == "labels":
            yield from references(attribute.value, inner)
    for content in block.body.blocks:
        yield from body_references(content.body, inner)


def _chain(node: Expression, bound: frozenset[str]) -> Iterator[Reference]:
    path = path_of(node)
    if path and path[0] not in bound:
        yield Reference(path, node.line)
    while isinstance(node, Attr | Index | Splat):
        if isinstance(node, Index):
            yield from references(node.key, bound)
        node = node.of
    if not isinstance(node, Name):
        yield from references(node, bound)


def _template(parts: list[Expression], bound: frozenset[str]) -> Iterator[Reference]:
    scopes = [bound]
    for part in parts:
        if isinstance(part, Loop):
            yield from references(part.collection, scopes[-1])
            scopes.append(scopes[-1].union(part.names))
        elif isinstance(part, EndLoop):
            # One too many is Terraform's to refuse.
            scopes = scopes[:-1] or scopes
        else:
            yield from references(part, scopes[-1])


def dotted(node: Expression) -> tuple[str, ...]:
    """Return the path of a reference that is nothing but names and dots, else ``()``."""
    if isinstance(node, Name):
        return (node.name,)
    if isinstance(node, Attr):
        head = dotted(node.of)
        return (*head, node.name) if head else ()
    return ()


def is_null(node: Expression) -> bool:
    """Whether an expression is the word null."""
    return isinstance(node, Literal) and node.value is None


def is_call(node: Expression | None, *names: str) -> bool:
    """Whether an expression calls one of these functions."""
    return isinstance(node, Call) and node.name in names
