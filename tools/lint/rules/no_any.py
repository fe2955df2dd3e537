"""No input is typed ``any``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.syntax import Name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.tree import Folder


@rule(
    id="no-any",
    why="What is typed any is checked by nobody until AWS refuses it.",
    severity="error",
    source="modules contract, rule 5",
    house=True,
)
def no_any(folder: Folder) -> Iterator[Found]:
    """Find the word any in a variable's type."""
    for file, variable in folder.blocks("variable"):
        kind = variable.body.get("type")
        for part in walk(kind) if kind else ():
            if isinstance(part, Name) and part.name == "any":
                yield Found(
                    file,
                    part.line,
                    f'the type of variable "{variable.name}" has any in it',
                    "write the type, with optional(type, default) for what may be left out",
                )
