"""Runs the rules over folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint import ignores, rule
from tools.lint.ignores import LINT_IGNORE
from tools.lint.rule import Finding, Rule
from tools.lint.tree import Folder, Unchecked, load

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def catalogue() -> list[Rule]:
    """Return all rules, by id."""
    return sorted([*rule.discover(), LINT_IGNORE], key=lambda found: found.id)


def check(tops: Iterable[Path]) -> tuple[list[Finding], list[Unchecked]]:
    """Run all rules over the folders at and under ``tops``.

    Returns
    -------
    tuple
        The findings by place, and what could not be checked.
    """
    rules = catalogue()
    findings: set[Finding] = set()
    unchecked: list[Unchecked] = []
    for top in tops:
        folders, broken = load(top)
        unchecked += broken
        findings.update(*(_check_folder(folder, rules) for folder in folders))
    return sorted(findings), unchecked


def _check_folder(folder: Folder, rules: list[Rule]) -> list[Finding]:
    found = [
        # What a message quotes may run over lines; a finding does not.
        Finding(place.file.path, place.line, one.id, " ".join(place.message.split()), place.fix)
        for one in rules
        for place in one.check(folder)
    ]
    return ignores.apply(found, [*folder.files, *folder.values], {one.id for one in rules})
