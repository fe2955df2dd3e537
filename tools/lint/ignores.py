"""Comments that let a finding stand: ``# lint:ignore RULE reason``.

At the end of a line the comment is for that line; alone on a line, for the next line of code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.lint.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tools.lint.rule import Found
    from tools.lint.tree import File, Folder

_COMMENT = re.compile(r"lint:ignore\b\s*(?P<rule>\S*)\s*(?P<reason>.*)")


def _nothing(_folder: Folder) -> Iterator[Found]:
    yield from ()


LINT_IGNORE = Rule(
    id="lint-ignore",
    why="An ignore-comment without a reason, or one that ignores nothing, hides the next mistake.",
    severity="error",
    source="tools/lint/README.md",
    # It judges the findings of the others, so `apply` does its work.
    check=_nothing,
)


@dataclass(frozen=True)
class _Ignore:
    path: Path
    line: int
    target: int
    rule: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        return (self.path, self.target, self.rule) == (finding.path, finding.line, finding.rule)


def apply(
    findings: list[Finding], files: Iterable[File], known: set[str], judged: set[str] | None = None
) -> list[Finding]:
    """Drop the findings that comments ignore, and add what is wrong with the comments.

    Parameters
    ----------
    findings
        What the rules found in ``files``.
    files
        The files that may hold comments.
    known
        The ids of all rules.
    judged
        The ids of the rules that ran on the files; by default all. An ignore of another one may
        have its use elsewhere.
    """
    ignores = [ignore for file in files for ignore in _ignores(file)]
    usable = [ignore for ignore in ignores if ignore.reason and ignore.rule in known]
    kept = [f for f in findings if not any(ignore.covers(f) for ignore in usable)]
    return kept + [
        Finding(ignore.path, ignore.line, LINT_IGNORE.id, message, fix)
        for ignore in ignores
        for message, fix in _complaints(
            ignore, findings, known, known if judged is None else judged
        )
    ]


def _complaints(
    ignore: _Ignore, findings: list[Finding], known: set[str], judged: set[str]
) -> Iterator[tuple[str, str]]:
    if ignore.rule not in known:
        yield (
            f'"{ignore.rule}" is no rule',
            "write # lint:ignore RULE reason with an id that --rules lists",
        )
    elif not ignore.reason:
        yield (
            f"the ignore of {ignore.rule} gives no reason",
            "say after the rule why it is right to break it here",
        )
    elif ignore.rule in judged and not any(ignore.covers(finding) for finding in findings):
        yield (
            f"line {ignore.target} does not break {ignore.rule}",
            "remove the comment, or move it on or above the line that does",
        )


def _ignores(file: File) -> Iterator[_Ignore]:
    alone = {comment.line for comment in file.source.comments if comment.alone}
    for comment in file.source.comments:
        match = _COMMENT.fullmatch(comment.text)
        if match:
            target = comment.line
            while comment.alone and target in alone:
                target += 1
            yield _Ignore(file.path, comment.line, target, match["rule"], match["reason"].strip())
