"""Labels say what a thing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.tree import Folder


@rule(
    id="no-this-label",
    why="A plan, a state and an error show the label: this says nothing there.",
    severity="warning",
    source="modules contract, rule 6",
    house=True,
)
def no_this_label(folder: Folder) -> Iterator[Found]:
    """Find resources, data sources and modules that are labelled this."""
    for file, block in folder.blocks("resource", "data", "module"):
        if block.name == "this":
            yield Found(
                file,
                block.line,
                f"{block.type} {'.'.join(block.labels)} is labelled this",
                "name it for what it is, such as dlq or consume",
            )
