"""What a rule is, and how the rules are found."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from tools.lint.plan import Plan, Resource
    from tools.lint.tree import File, Folder

Severity: TypeAlias = Literal["error", "warning"]


class Found(NamedTuple):
    """One place that breaks a rule: where, what is wrong, and what mends it."""

    file: File
    line: int
    message: str
    fix: str


class Finding(NamedTuple):
    """A place that breaks a rule, with the rule; findings sort by place."""

    path: Path
    line: int
    rule: str
    message: str
    fix: str


class Broken(NamedTuple):
    """One resource of a plan that breaks a rule: what is wrong, and what mends it."""

    resource: Resource
    message: str
    fix: str


Check: TypeAlias = Callable[["Folder"], Iterator[Found]]
CheckPlan: TypeAlias = Callable[["Plan"], Iterator[Broken]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with what one needs to judge it.

    Parameters
    ----------
    id
        The name in findings and ignore-comments; the file of the rule has it with underscores.
    why
        One sentence: what goes wrong where the rule is broken.
    severity
        "error" for what breaks or endangers, "warning" for what only reads worse.
    source
        The page, or the rule of the modules contract, that it comes from.
    check
        Yields the places of a folder that break the rule; None for a rule on plans.
    check_plan
        Yields the resources of a plan that break the rule; None for a rule on source.
    house
        Whether it is a custom of this repository, and no mistake elsewhere.
    """

    id: str
    why: str
    severity: Severity
    source: str
    check: Check | None = None
    check_plan: CheckPlan | None = None
    house: bool = False


def rule(
    *,
    id: str,  # noqa: A002 (a rule's id is what all linters call it)
    why: str,
    severity: Severity,
    source: str,
    house: bool = False,
) -> Callable[[Check], Rule]:
    """Make a rule on source of the function below."""

    def make(check: Check) -> Rule:
        return Rule(id, why, severity, source, check=check, house=house)

    return make


def plan_rule(
    *,
    id: str,  # noqa: A002
    why: str,
    severity: Severity,
    source: str,
) -> Callable[[CheckPlan], Rule]:
    """Make a rule on plans of the function below."""

    def make(check: CheckPlan) -> Rule:
        return Rule(id, why, severity, source, check_plan=check)

    return make


def discover() -> list[Rule]:
    """Return the rules in the folders ``rules`` and ``plan_rules``: each file holds one."""
    return [one for name in ("rules", "plan_rules") for one in _rules(f"tools.lint.{name}")]


def _rules(package_name: str) -> list[Rule]:
    package = importlib.import_module(package_name)
    modules = [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    ]
    rules = [
        value for module in modules for value in vars(module).values() if isinstance(value, Rule)
    ]
    return sorted(rules, key=lambda found: found.id)
