"""Every variable has a type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.tree import Folder


@rule(
    id="variable-has-type",
    why="A variable without a type is one of type any.",
    severity="error",
    source="modules contract, rule 5",
    house=True,
)
def variable_has_type(folder: Folder) -> Iterator[Found]:
    """Find variables that say nothing of their type."""
    for file, variable in folder.blocks("variable"):
        if variable.body.get("type") is None:
            yield Found(
                file,
                variable.line,
                f'variable "{variable.name}" has no type',
                "write the narrowest type that its users need",
            )
