"""Variables and outputs stand in the order of their names."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.tree import Folder


@rule(
    id="alphabetical",
    why="What is in order is found by eye, and two people add to it without a conflict.",
    severity="warning",
    source="modules contract, rule 11",
    house=True,
)
def alphabetical(folder: Folder) -> Iterator[Found]:
    """Find variables and outputs that stand after one of a later name."""
    for kind in ("variable", "output"):
        for (before_file, before), (file, block) in pairwise(folder.blocks(kind)):
            if before_file is file and block.name < before.name:
                yield Found(
                    file,
                    block.line,
                    f'{kind} "{block.name}" stands after "{before.name}"',
                    f"put the {kind}s of the file in alphabetical order",
                )
