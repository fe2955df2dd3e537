"""What is used is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.tree import Folder


_LENGTHS = {"var": 2, "local": 2, "module": 2, "data": 3}
# Provider types have an underscore, and no other word with which a reference begins has one.
_RESOURCE = 2


@rule(
    id="undeclared-reference",
    why="A reference to nothing stops the plan; a misspelt one is found faster here.",
    severity="error",
    source="https://developer.hashicorp.com/terraform/language/expressions/references",
)
def undeclared_reference(folder: Folder) -> Iterator[Found]:
    """Find references to variables, locals, modules and resources that are not there."""
    for use in folder.uses:
        path = use.reference.path
        length = _LENGTHS.get(path[0], _RESOURCE if "_" in path[0] else 0)
        address = path[:length]
        if length and len(address) == length and address not in folder.declared:
            yield Found(
                use.file,
                use.reference.line,
                f"{'.'.join(address)} is declared nowhere in this folder",
                "declare it, or correct its name",
            )
