"""Resources are written as the provider has them."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.schema import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.schema import Shape
    from tools.lint.syntax import Block
    from tools.lint.tree import File, Folder


_META = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner",
         "timeouts"}  # fmt: skip


@rule(
    id="provider-schema",
    why="Terraform says so only once it has been initialised, root by root, with the provider.",
    severity="error",
    source="the schemas of the AWS provider in tools/lint/schemas",
)
def provider_schema(folder: Folder) -> Iterator[Found]:
    """Find arguments, blocks and attributes that no version has, and required ones left out."""
    for file, block in folder.blocks("resource", "data"):
        name = f"{block.type} {block.labels[0]}"
        shapes = [one.types[name] for one in schemas() if name in one.types]
        if shapes:
            yield from _judged(file, block, shapes, block.labels[0], _META)
    yield from _references(folder)


def _judged(
    file: File, block: Block, shapes: list[Shape], where: str, more: set[str]
) -> Iterator[Found]:
    known = set().union(*(shape.arguments for shape in shapes)) | more
    written: set[str] = set()
    nested: list[tuple[str, Block]] = []
    for attribute in block.body.attributes:
        written.add(attribute.name)
        if attribute.name not in known:
            yield _unknown(file, attribute.line, where, attribute.name, shapes)
    for one in block.body.blocks:
        dynamic = one.type == "dynamic" and one.labels
        name = one.labels[0] if dynamic else one.type
        written.add(name)
        if name not in known:
            yield _unknown(file, one.line, where, name, shapes)
        contents = list(one.body.blocks_of("content")) if dynamic else [one]
        nested += [(name, content) for content in contents]
    for name in _lacking(shapes, written):
        message = f"{where} has no {name}"
        yield Found(file, block.line, message, f"set {name}: it is required")
    for name, content in nested:
        inner = [shape.blocks[name] for shape in shapes if name in shape.blocks]
        # What one version has as an attribute may be a block in the other.
        if len(inner) == len([shape for shape in shapes if name in shape.arguments]) and inner:
            yield from _judged(file, content, inner, f"{where}.{name}", set())


def _lacking(shapes: list[Shape], written: set[str]) -> list[str]:
    required = [{*shape.required, *shape.needed} for shape in shapes]
    return sorted(set.intersection(*required) - written)


def _unknown(file: File, line: int, where: str, name: str, shapes: list[Shape]) -> Found:
    if any(name in shape.computed for shape in shapes):
        return Found(file, line, f"{where} sets {name} itself", "leave it out: it is read only")
    known = set().union(*(shape.arguments for shape in shapes))
    near = difflib.get_close_matches(name, known, 1)
    fix = f"did you mean {near[0]}?" if near else f"it has {', '.join(sorted(known))}"
    return Found(file, line, f"{where} has no argument {name}", fix)


def _references(folder: Folder) -> Iterator[Found]:
    for use in folder.uses:
        path = use.reference.path
        data = path[:1] == ("data",)
        kind, rest = (f"data {path[1]}", path[2:]) if data and len(path) > 2 else (
            f"resource {path[0]}", path[1:]
        )  # fmt: skip
        shapes = [one.types[kind] for one in schemas() if kind in one.types]
        if len(rest) < 2 or not shapes or not path[data].startswith("aws_"):
            continue
        known = set().union(*({*shape.arguments, *shape.computed} for shape in shapes))
        if rest[1] not in known:
            near = difflib.get_close_matches(rest[1], known, 1)
            fix = f"did you mean {near[0]}?" if near else "see the attributes in its documentation"
            message = f"{kind.partition(' ')[2]} has no attribute {rest[1]}"
            yield Found(use.file, use.reference.line, message, fix)
