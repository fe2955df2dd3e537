"""Runs the rules over folders and plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tools.lint import ignores, rule
from tools.lint.ignores import LINT_IGNORE
from tools.lint.plan import Open, Plan, UnreadablePlanError, read_plan
from tools.lint.rule import Finding, Rule
from tools.lint.rules.module_arguments import unreadable
from tools.lint.tree import Folder, Unchecked, load, load_one

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Planned(NamedTuple):
    """A plan as ``terraform show -json`` wrote it, and the folder that was planned."""

    file: Path
    root: Path


class Checked(NamedTuple):
    """What was found, by place, what could not be checked, and what only apply will tell."""

    findings: list[Finding]
    unchecked: list[Unchecked]
    open: list[Open]


def catalogue() -> list[Rule]:
    """Return all rules, by id."""
    return sorted([*rule.discover(), LINT_IGNORE], key=lambda found: found.id)


def check(tops: Iterable[Path], plans: Iterable[Planned] = (), *, house: bool = True) -> Checked:
    """Run the rules over the folders at and under ``tops``, and over plans.

    Parameters
    ----------
    tops
        Folders.
    plans
        Plans of roots, whether or not those are under ``tops``.
    house
        Whether the customs of this repository are rules there.
    """
    rules = catalogue()
    known = {one.id for one in rules}
    source = [one for one in rules if one.check and (house or not one.house)]
    on_plans = [one for one in rules if one.check_plan]
    folders: dict[Path, Folder] = {}
    unchecked: list[Unchecked] = []
    for top in tops:
        found, broken = load(top)
        folders |= {folder.path.resolve(): folder for folder in found}
        unchecked += broken
    checked = list(folders.values())
    unchecked += [hole for folder in checked for hole in unreadable(folder)]
    findings = [one for folder in checked for one in _check_folder(folder, source)]
    planned = list(plans)
    waiting: set[Open] = set()
    for one in planned:
        more, broken, unsure = _check_plan(one, on_plans, folders)
        findings += more
        unchecked += broken
        waiting |= unsure
    judged = {one.id for one in source} | ({one.id for one in on_plans} if planned else set())
    files = [file for folder in folders.values() for file in [*folder.files, *folder.values]]
    kept = ignores.apply(findings, files, known, judged)
    own = {file.path for folder in checked for file in [*folder.files, *folder.values]}
    # What a plan only looked into is not complained of for its comments.
    kept = [one for one in kept if one.rule != LINT_IGNORE.id or one.path in own]
    return Checked(sorted(set(kept)), list(dict.fromkeys(unchecked)), sorted(waiting))


def _check_folder(folder: Folder, rules: list[Rule]) -> list[Finding]:
    return [
        # What a message quotes may run over lines; a finding does not.
        Finding(place.file.path, place.line, one.id, " ".join(place.message.split()), place.fix)
        for one in rules
        if one.check
        for place in one.check(folder)
    ]


def _check_plan(
    planned: Planned, rules: list[Rule], folders: dict[Path, Folder]
) -> tuple[list[Finding], list[Unchecked], set[Open]]:
    try:
        plan = read_plan(planned.file, planned.root)
    except UnreadablePlanError as error:
        return [], [Unchecked(planned.file, 1, str(error))], set()
    unchecked: list[Unchecked] = []
    for path in plan.paths:
        if path not in folders:
            folder, broken = load_one(path)
            unchecked += broken
            if folder:
                folders[path] = folder
    plan.folders = folders
    findings = [one for each in rules for one in _findings(plan, each, planned)]
    return findings, unchecked, plan.open


def _findings(plan: Plan, one: Rule, planned: Planned) -> list[Finding]:
    findings: list[Finding] = []
    plan.asking = one.id
    for resource, message, fix in one.check_plan(plan) if one.check_plan else ():
        place = plan.place(resource)
        path, line = (place.file.path, place.line) if place else (planned.file, 1)
        text = " ".join(f"{resource.address}: {message}".split())
        findings.append(Finding(path, line, one.id, text, fix))
    return findings
