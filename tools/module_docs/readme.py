"""The tables of a module: its inputs and outputs as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.filled_pages import between_markers
from tools.lint import syntax
from tools.lint.reader import read_file
from tools.module_docs.expression import written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tools.lint.syntax import Block

PART = "TABLES"


def filled(text: str, module: Path) -> str:
    """Return the README `text` with the tables of `module` between its markers.

    Raises
    ------
    MarkersMissing
        The markers are not there, once each and in their order.
    """
    return between_markers(text, {PART: tables(module)})


def tables(module: Path) -> list[str]:
    """Return the tables of inputs (required ones first) and outputs of the module in a folder."""
    inputs = sorted(_blocks(module, "variable"), key=lambda block: not _required(block))
    return [
        "## Inputs", "", "| Name | Description | Type | Default |", "| --- | --- | --- | --- |",
        *map(_input, inputs),
        "", "## Outputs", "", "| Name | Description |", "| --- | --- |",
        *map(_output, _blocks(module, "output")),
    ]  # fmt: skip


def _blocks(module: Path, kind: str) -> Iterator[Block]:
    for path in sorted(module.glob("*.tf")):
        yield from read_file(path).body.blocks_of(kind)


def _required(variable: Block) -> bool:
    return variable.body.get("default") is None


def _input(variable: Block) -> str:
    default = variable.body.get("default")
    cells = [
        f"`{variable.name}`",
        _description(variable),
        _code(variable.body.get("type")),
        "required" if default is None else _code(default),
    ]
    return f"| {' | '.join(cells)} |"


def _output(output: Block) -> str:
    return f"| `{output.name}` | {_description(output)} |"


def _description(block: Block) -> str:
    return (syntax.text_of(block.body.get("description")) or "").replace("|", "\\|")


def _code(node: syntax.Expression | None) -> str:
    return f"`{written(node)}`" if node else ""
