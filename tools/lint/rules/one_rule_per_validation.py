"""A check that fails says which rule was broken, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.references import references
from tools.lint.rule import Found, rule
from tools.lint.syntax import Conditional, Literal, Operation, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Block, Body, Expression
    from tools.lint.tree import File, Folder


_CHECKS = {"validation", "precondition", "postcondition", "assert"}
_FEWEST_WORDS = 4


@rule(
    id="one-rule-per-validation",
    why="A message that covers two rules, or says nothing, leaves the caller to guess.",
    severity="error",
    source="modules contract, rule 7",
    house=True,
)
def one_rule_per_validation(folder: Folder) -> Iterator[Found]:
    """Find checks without a full message, and validations that join unrelated conditions."""
    for file in folder.files:
        for check in _checks(file.source.body):
            yield from _message(file, check)
            condition = check.body.get("condition")
            if check.type == "validation" and condition is not None and _is_two(condition):
                yield Found(
                    file,
                    condition.line,
                    "one validation joins two rules",
                    "write a validation block with a message of its own for each",
                )


def _checks(body: Body) -> Iterator[Block]:
    for block in body.blocks:
        if block.type in _CHECKS:
            yield block
        yield from _checks(block.body)


def _message(file: File, check: Block) -> Iterator[Found]:
    message = check.body.get("error_message")
    fix = "state what was given, what is allowed and what to do, ending with a full stop"
    if message is None:
        yield Found(file, check.line, f"a {check.type} has no error_message", fix)
        return
    text = text_of(message)  # what a function makes cannot be judged here
    if text is not None and (len(text.split()) < _FEWEST_WORDS or not text.rstrip().endswith(".")):
        yield Found(file, message.line, f'the error_message is no full sentence: "{text}"', fix)


def _is_two(condition: Expression) -> bool:
    """Whether a condition is an "and" of parts that have no reference in common."""
    if isinstance(condition, Conditional):  # a guard: var.x == null ? true : …
        guarded = [
            part
            for part in (condition.yes, condition.no)
            if not (isinstance(part, Literal) and part.value is True)
        ]
        return len(guarded) == 1 and _is_two(guarded[0])
    groups = [{r.path for r in references(part)} for part in _and(condition)]
    groups = [group for group in groups if group]
    connected = groups[:1]
    for _ in groups:
        connected += [
            g for g in groups if g not in connected and any(_meet(g, c) for c in connected)
        ]
    return any(group not in connected for group in groups)


def _and(node: Expression) -> Iterator[Expression]:
    if isinstance(node, Operation) and node.operator == "&&":
        for part in node.operands:
            yield from _and(part)
    else:
        yield node


def _meet(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> bool:
    """Whether a path of one is the same as, or leads to, a path of the other."""
    return any(a[: len(b)] == b[: len(a)] for a in one for b in other)
