"""What is declared is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.tree import Folder


@rule(
    id="unused-declaration",
    why="A caller sets a variable that nothing reads and believes that it works.",
    severity="error",
    source="modules contract; https://github.com/terraform-linters/tflint-ruleset-terraform",
)
def unused_declaration(folder: Folder) -> Iterator[Found]:
    """Find variables and locals that nothing but their own definition refers to."""
    used = {use.reference.path[:2] for use in folder.uses if use.reference.path[:2] != use.owner}
    variables = (("var", f, b.line, b.name) for f, b in folder.blocks("variable"))
    values = (("local", f, a.line, a.name) for f, a in folder.local_values())
    for kind, file, line, name in [*variables, *values]:
        if (kind, name) not in used:
            yield Found(
                file, line, f"nothing uses {kind}.{name}", "remove it, or use it where it was meant"
            )
