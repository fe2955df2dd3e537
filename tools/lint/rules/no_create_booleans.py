"""Absence switches a feature off, not a boolean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.syntax import Call, Literal, Name, Object, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Expression
    from tools.lint.tree import Folder


_SWITCH = re.compile(r"(create|attach|enable|enabled)(_.*)?")


@rule(
    id="no-create-booleans",
    why="A switch beside the values that it switches allows states that mean nothing.",
    severity="error",
    source="modules contract, rule 6",
    house=True,
)
def no_create_booleans(folder: Folder) -> Iterator[Found]:
    """Find variables, and fields of their objects, that are bools named like a switch."""
    for file, variable in folder.blocks("variable"):
        kind = variable.body.get("type")
        if kind is None:
            continue
        for name, line in [*_named(variable.name, kind, variable.line), *_fields(kind)]:
            yield Found(
                file,
                line,
                f'"{name}" is a bool that switches something on',
                "take an object that is null when the feature is off",
            )


def _fields(kind: Expression) -> Iterator[tuple[str, int]]:
    for part in walk(kind):
        for item in part.items if isinstance(part, Object) else ():
            if isinstance(item.key, Literal):
                yield from _named(str(item.key.value), item.value, item.key.line)


def _named(name: str, kind: Expression, line: int) -> Iterator[tuple[str, int]]:
    if isinstance(kind, Call) and kind.name == "optional" and kind.arguments:
        kind = kind.arguments[0]
    if isinstance(kind, Name) and kind.name == "bool" and _SWITCH.fullmatch(name):
        yield name, line
