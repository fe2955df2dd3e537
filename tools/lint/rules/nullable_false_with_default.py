"""A variable that has a default is never null, unless null has a meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.references import is_null
from tools.lint.rule import Found, rule
from tools.lint.syntax import Literal, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Block
    from tools.lint.tree import Folder


@rule(
    id="nullable-false-with-default",
    why="A caller who passes null gets null and not the default, unless nullable is false.",
    severity="error",
    source="modules contract, rule 5; https://developer.hashicorp.com/terraform/language/values/variables",
    house=True,
)
def nullable_false_with_default(folder: Folder) -> Iterator[Found]:
    """Find variables with a default that let null through without saying what it means."""
    for file, variable in folder.blocks("variable"):
        default = variable.body.get("default")
        if default is None or is_null(default) or _is_decided(variable):
            continue
        yield Found(
            file,
            variable.line,
            f'variable "{variable.name}" has a default and takes null',
            "add nullable = false, or nullable = true and in the description what null means",
        )


def _is_decided(variable: Block) -> bool:
    nullable = variable.body.get("nullable")
    if not isinstance(nullable, Literal):
        return False
    return nullable.value is False or "null" in (text_of(variable.body.get("description")) or "")
