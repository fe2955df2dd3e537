"""Policies are data, not text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.lint.references import is_call
from tools.lint.rule import Found, rule
from tools.lint.syntax import Call, Literal, Template, attributes, children, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.lint.syntax import Expression
    from tools.lint.tree import Folder


_POLICIES = {
    "access_policy",
    "assume_role_policy",
    "filter_policy",
    "inline_policy",
    "key_policy",
    "policy",
    "redrive_allow_policy",
    "redrive_policy",
    "resource_policy",
}
_JSON = re.compile(r"\s*[{\[]")
_STATEMENT = re.compile(r'"Statement"\s*:')
_FIX = "write it with jsonencode in a local"


@rule(
    id="policy-by-jsonencode",
    why="A policy that is text is checked by nothing, and a quote in a name widens it.",
    severity="error",
    source="modules contract, rule 8",
    house=True,
)
def policy_by_jsonencode(folder: Folder) -> Iterator[Found]:
    """Find policies that are heredocs, strings of JSON or files."""
    for file in folder.files:
        lines = {
            line
            for attribute in attributes(file.source.body)
            for line in _lines(attribute.value, _is_policy_text)
        }
        for block in file.source.body.blocks:
            if block.type in {"resource", "data"}:
                for attribute in attributes(block.body):
                    if attribute.name in _POLICIES:
                        lines.update(_lines(attribute.value, _is_text))
        for line in sorted(lines):
            yield Found(file, line, "a policy is written as text", _FIX)


def _lines(node: Expression, test: Callable[[Expression], bool]) -> Iterator[int]:
    """Yield the lines of what passes the test, but not of what is in it, or in jsonencode."""
    if test(node):
        yield node.line
    elif not is_call(node, "jsonencode"):
        for child in children(node):
            yield from _lines(child, test)


def _is_policy_text(node: Expression) -> bool:
    return bool(_STATEMENT.search(text_of(node) or ""))


def _is_text(node: Expression) -> bool:
    if isinstance(node, Call):
        return node.name in {"file", "templatefile"}
    if isinstance(node, Template) and node.heredoc:
        return True
    return isinstance(node, Literal | Template) and bool(_JSON.match(text_of(node) or ""))
