"""A module gets the arguments that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.syntax import text_of
from tools.lint.tree import Unchecked, load_one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Block
    from tools.lint.tree import File, Folder


_META = {"count", "depends_on", "for_each", "providers", "source", "version"}


@rule(
    id="module-arguments",
    why="Terraform says so only at init of each root, and then of one after the other.",
    severity="error",
    source="https://developer.hashicorp.com/terraform/language/block/module",
)
def module_arguments(folder: Folder) -> Iterator[Found]:
    """Find arguments that a module beside has no variable for, and variables without a value."""
    for file, call in folder.blocks("module"):
        source = text_of(call.body.get("source")) or ""
        if source.startswith("."):
            called, _ = load_one((folder.path / source).resolve())
            if called:
                yield from _compared(file, call, called)


def unreadable(folder: Folder) -> Iterator[Unchecked]:
    """Yield the calls of modules beside that are not there or cannot be read."""
    for file, call in folder.blocks("module"):
        source = text_of(call.body.get("source")) or ""
        if source.startswith("."):
            called, broken = load_one((folder.path / source).resolve())
            yield from broken
            if not called and not broken:
                reason = f"module {call.name}: there is no *.tf file in {source}"
                yield Unchecked(file.path, call.line, reason)


def _compared(file: File, call: Block, called: Folder) -> Iterator[Found]:
    variables = {block.name: block for _, block in called.blocks("variable")}
    given = {attribute.name: attribute.line for attribute in call.body.attributes}
    for name, line in given.items():
        if name not in variables and name not in _META:
            there = ", ".join(sorted(variables))
            yield Found(file, line, f"the module has no variable {name}", f"it has {there}")
    for name, variable in variables.items():
        if name not in given and variable.body.get("default") is None:
            message = f"{name} is missing, and has no default"
            yield Found(file, call.line, message, f"set {name}")
