"""Nothing is set twice in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.syntax import Body, Literal, Object, expressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tools.lint.tree import Folder


@rule(
    id="duplicate-attribute",
    why="Terraform refuses an argument that is set twice, and of an object's key keeps the last.",
    severity="error",
    source="https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md",
)
def duplicate_attribute(folder: Folder) -> Iterator[Found]:
    """Find arguments and keys of objects that are set twice."""
    for file in [*folder.files, *folder.values]:
        for name, line in _twice(file.source.body):
            yield Found(file, line, f'"{name}" is set twice', "keep the one that is meant")


def _twice(body: Body) -> Iterator[tuple[str, int]]:
    yield from _repeated((a.name, a.line) for a in body.attributes)
    for block in body.blocks:
        yield from _twice(block.body)
    for node in expressions(Body(body.attributes, [])):
        if isinstance(node, Object):
            keys = (item.key for item in node.items)
            yield from _repeated((str(k.value), k.line) for k in keys if isinstance(k, Literal))


def _repeated(named: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    for name, line in named:
        if name in seen:
            yield name, line
        seen.add(name)
