"""Repetition has names, not numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.references import is_call
from tools.lint.rule import Found, rule
from tools.lint.syntax import Call, Conditional, Operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Expression
    from tools.lint.tree import Folder


_ARITHMETIC = {"+", "-", "*", "/", "%"}


@rule(
    id="no-count-on-list",
    why="Removing one element of the list renumbers the rest, and Terraform replaces them.",
    severity="error",
    source="https://developer.hashicorp.com/terraform/language/meta-arguments/count",
    house=True,
)
def no_count_on_list(folder: Folder) -> Iterator[Found]:
    """Find counts that are as long as a collection."""
    for file, block in folder.blocks("resource", "data", "module"):
        count = block.body.get("count")
        if count is not None and _is_length(count):
            yield Found(
                file,
                count.line,
                f"{block.type} {'.'.join(block.labels)} is counted by the length of a collection",
                "use for_each over a map with static keys",
            )


def _is_length(node: Expression) -> bool:
    """Whether a length is the result, and not merely what a condition asks."""
    if is_call(node, "length"):
        return True
    match node:
        case Conditional(yes=yes, no=no):
            return _is_length(yes) or _is_length(no)
        case Operation(operator=operator, operands=parts) if operator in _ARITHMETIC:
            return any(map(_is_length, parts))
        case Call(name="min" | "max", arguments=parts):
            return any(map(_is_length, parts))
    return False
