"""Every output says in a sentence what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.prose import is_sentence
from tools.lint.rule import Found, rule
from tools.lint.syntax import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.tree import Folder


@rule(
    id="output-has-description",
    why="The README's tables are made of these sentences; a caller reads nothing else.",
    severity="error",
    source="modules contract, rule 11",
    house=True,
)
def output_has_description(folder: Folder) -> Iterator[Found]:
    """Find outputs whose description is missing or no sentence."""
    for file, output in folder.blocks("output"):
        description = output.body.get("description")
        text = text_of(description)
        if description is None or text is None:
            yield Found(
                file,
                output.line,
                f'output "{output.name}" has no description',
                "say in one sentence what it is, with its unit",
            )
        elif not is_sentence(text):
            yield Found(
                file,
                description.line,
                f'the description of output "{output.name}" is no sentence: "{text}"',
                "begin with a capital and end with a full stop",
            )
