"""Environments differ in values, and in nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.syntax import text_of
from tools.lint.tree import load_one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Block
    from tools.lint.tree import File, Folder


_PARENTS = {"envs", "environments"}
_PRODUCTION = ("prod", "production", "live")
# What is there before the first environment is none, and one for one's own machine may leave out
# what it cannot have.
_APART = {"bootstrap", "local", "sandbox"}


@rule(
    id="env-parity",
    why="What only production has was never tried before it.",
    severity="error",
    source="plan-lint: dev and prod have the same modules, sources and arguments; https://12factor.net/dev-prod-parity",
)
def env_parity(folder: Folder) -> Iterator[Found]:
    """Find modules, sources and arguments of an environment that production has otherwise."""
    if folder.path.resolve().parent.name not in _PARENTS:
        return
    for name in _PRODUCTION:
        beside = folder.path.resolve().parent / name
        if beside == folder.path.resolve():
            return
        production, _ = load_one(beside)
        if production and folder.path.name not in _APART:
            yield from _compared(folder, production, name)


def _compared(folder: Folder, production: Folder, name: str) -> Iterator[Found]:
    here, there = _parts(folder), _parts(production)
    for key, (file, block) in here.items():
        if key not in there:
            message = f"{block.type} {'.'.join(block.labels)} is not in {name}"
            yield Found(file, block.line, message, f"add it to {name}, or remove it here")
            continue
        yield from _same(file, block, there[key][1], name)
    for key, (_, block) in there.items():
        if key not in here:
            message = f"{block.type} {'.'.join(block.labels)} of {name} is missing"
            yield Found(folder.files[0], 1, message, f"add it here, or remove it from {name}")


def _same(file: File, block: Block, other: Block, name: str) -> Iterator[Found]:
    sources = (text_of(block.body.get("source")), text_of(other.body.get("source")))
    if block.type == "module" and sources[0] != sources[1]:
        message = f'module {block.name} is "{sources[0]}" here and "{sources[1]}" in {name}'
        yield Found(file, block.line, message, "use one source, and one version of it, in both")
    if block.type == "variable":
        return
    mine = {attribute.name: attribute.line for attribute in block.body.attributes}
    theirs = {attribute.name for attribute in other.body.attributes}
    for argument in sorted(mine.keys() - theirs):
        message = f"{'.'.join(block.labels)} has {argument} here and not in {name}"
        yield Found(file, mine[argument], message, "set it in both, from a variable if it differs")
    for argument in sorted(theirs - mine.keys()):
        message = f"{'.'.join(block.labels)} has {argument} in {name} and not here"
        yield Found(file, block.line, message, "set it in both, from a variable if it differs")


def _parts(folder: Folder) -> dict[tuple[str, ...], tuple[File, Block]]:
    return {
        (block.type, *block.labels): (file, block)
        for file, block in folder.blocks("module", "resource", "variable")
    }
