"""Terraform source as data: bodies, blocks and expressions, each with its line.

Strings are unquoted here once and for all, parentheses are gone, and ``a.b`` is an
``Attr`` of a ``Name``. Values are not computed: that is the plan's work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator


class Node(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """What every part of an expression has: the line where it begins, from 1."""

    line: int


class Literal(Node, frozen=True, array_like=True, tag=True):
    """A number, a bool, null, or a string in which nothing is interpolated."""

    value: str | bool | int | float | None


class Template(Node, frozen=True, array_like=True, tag=True):
    """A string with interpolations or directives, or any heredoc."""

    parts: list[Expression]
    heredoc: bool


class Loop(Node, frozen=True, array_like=True, tag=True):
    """``%{ for names in collection }`` in a template; an ``EndLoop`` closes it."""

    names: list[str]
    collection: Expression


class EndLoop(Node, frozen=True, array_like=True, tag=True):
    """``%{ endfor }`` in a template."""


class Name(Node, frozen=True, array_like=True, tag=True):
    """The bare word with which a reference, or a type, begins."""

    name: str


class Attr(Node, frozen=True, array_like=True, tag=True):
    """``of.name``."""

    of: Expression
    name: str


class Index(Node, frozen=True, array_like=True, tag=True):
    """``of[key]`` or ``of.0``."""

    of: Expression
    key: Expression


class Splat(Node, frozen=True, array_like=True, tag=True):
    """``of[*]`` or ``of.*``."""

    of: Expression


class Call(Node, frozen=True, array_like=True, tag=True):
    """``name(arguments)``, a function or a type constructor."""

    name: str
    arguments: list[Expression]


class Tuple(Node, frozen=True, array_like=True, tag=True):
    """``[items]``."""

    items: list[Expression]


class Item(msgspec.Struct, frozen=True, array_like=True):
    """``key = value`` in an object; a bare word as key is a ``Literal``."""

    key: Expression
    value: Expression


class Object(Node, frozen=True, array_like=True, tag=True):
    """``{ items }``."""

    items: list[Item]


class For(Node, frozen=True, array_like=True, tag=True):
    """A for expression; ``key`` is there when it makes an object."""

    names: list[str]
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None


class Conditional(Node, frozen=True, array_like=True, tag=True):
    """``condition ? yes : no``."""

    condition: Expression
    yes: Expression
    no: Expression


class Operation(Node, frozen=True, array_like=True, tag=True):
    """An operator with its one or two operands."""

    operator: str
    operands: list[Expression]


Expression: TypeAlias = (
    Literal
    | Template
    | Loop
    | EndLoop
    | Name
    | Attr
    | Index
    | Splat
    | Call
    | Tuple
    | Object
    | For
    | Conditional
    | Operation
)


class Attribute(msgspec.Struct, frozen=True, array_like=True):
    """``name = value`` in a body."""

    line: int
    name: str
    value: Expression


class Body(msgspec.Struct, frozen=True, array_like=True):
    """What stands between the braces of a block, or in a file, in its order."""

    attributes: list[Attribute]
    blocks: list[Block]

    def get(self, name: str) -> Expression | None:
        """Return the value of an attribute: the last one, if it is given twice."""
        return next((a.value for a in reversed(self.attributes) if a.name == name), None)

    def blocks_of(self, kind: str) -> Iterator[Block]:
        """Yield the direct blocks of one type."""
        return (block for block in self.blocks if block.type == kind)


class Block(msgspec.Struct, frozen=True, array_like=True):
    """``type "label" … { body }``."""

    line: int
    type: str
    labels: list[str]
    body: Body

    @property
    def name(self) -> str:
        """The last label, or the type where a block has no label."""
        return self.labels[-1] if self.labels else self.type


class Comment(msgspec.Struct, frozen=True, array_like=True):
    """A comment of one line; ``alone`` when no code stands before it on the line."""

    line: int
    text: str
    alone: bool


class Source(msgspec.Struct, frozen=True, array_like=True):
    """All of one file."""

    body: Body
    comments: list[Comment]


def children(node: Expression) -> list[Expression]:
    """Return the direct parts of an expression, in the order of the source."""
    found: list[Expression | None] = []
    match node:
        case Attr(of=of) | Splat(of=of) | Loop(collection=of):
            found = [of]
        case Index(of=of, key=key):
            found = [of, key]
        case (
            Template(parts=parts)
            | Call(arguments=parts)
            | Tuple(items=parts)
            | Operation(operands=parts)
        ):
            return parts
        case Object(items=items):
            found = [part for item in items for part in (item.key, item.value)]
        case For():
            found = [node.collection, node.key, node.value, node.condition]
        case Conditional(condition=condition, yes=yes, no=no):
            found = [condition, yes, no]
    return [part for part in found if part is not None]


def walk(node: Expression) -> Iterator[Expression]:
    """Yield an expression and everything in it."""
    yield node
    for child in children(node):
        yield from walk(child)


def attributes(body: Body) -> Iterator[Attribute]:
    """Yield the attributes of a body and of every block in it."""
    yield from body.attributes
    for block in body.blocks:
        yield from attributes(block.body)


def expressions(body: Body) -> Iterator[Expression]:
    """Yield every expression of a body and of the blocks in it, with all their parts."""
    for attribute in attributes(body):
        yield from walk(attribute.value)


def text_of(node: Expression | None) -> str | None:
    """Return the text of a string, with ``…`` for what is interpolated; None if it is no string."""
    match node:
        case Literal(value=str() as value):
            return value
        case Template(parts=parts):
            return "".join(str(p.value) if isinstance(p, Literal) else "…" for p in parts)
    return None


def path_of(node: Expression) -> tuple[str, ...]:
    """Return ``("var", "x", "y")`` for ``var.x.y``; an index or a splat ends the path.

    Empty when the expression does not begin with a name.
    """
    match node:
        case Name(name=name):
            return (name,)
        case Attr(of=of, name=name):
            head = path_of(of)
            return (*head, name) if head and _is_dotted(of) else head
        case Index(of=of) | Splat(of=of):
            return path_of(of)
    return ()


def _is_dotted(node: Expression) -> bool:
    return isinstance(node, Name) or (isinstance(node, Attr) and _is_dotted(node.of))
