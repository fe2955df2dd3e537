from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools import paths
from tools.lint.check import Checked, Planned, catalogue
from tools.lint.check import check as check_trees
from tools.lint.reader import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.rule import Rule

TWINS = Path(__file__).parent / "twins"
LINT = paths.ROOT / "tools" / "lint"
RULES = catalogue()

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def expected(twin: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield what ``# expect: RULE`` announces, on its own line or for the next line of code."""
    for path in sorted(twin.rglob("*.tf*")):
        comments = read_file(path).comments
        alone = {comment.line for comment in comments if comment.alone}
        for comment in comments:
            for rule in re.findall(r"\bexpect: (\S+)", comment.text):
                line = comment.line
                while comment.alone and line in alone:
                    line += 1
                yield path, line, rule


def check(twin: Path) -> Checked:
    """Run the rules over a twin; the customs of this repository only where there is no plan.

    The twins of source rules are sketches, whose resources have what their rule is about only.
    """
    plan = twin / "plan.json"
    plans = [Planned(plan, twin)] if plan.is_file() else []
    findings, unchecked, waiting = check_trees([twin], plans, house=not plans)
    sketch = not plans and twin.parent.name != "provider-schema"
    kept = [one for one in findings if not (sketch and one.rule == "provider-schema")]
    return Checked(kept, unchecked, waiting)


@every_rule
def test_the_bad_twin_breaks_its_rule_where_it_says_and_no_other(rule: Rule) -> None:
    twin = TWINS / rule.id / "bad"
    findings, unchecked, _ = check(twin)
    assert not unchecked
    assert {(f.path, f.line, f.rule) for f in findings} == set(expected(twin))


@every_rule
def test_the_bad_twin_announces_what_it_breaks(rule: Rule) -> None:
    assert {announced for _, _, announced in expected(TWINS / rule.id / "bad")} == {rule.id}


@every_rule
def test_the_good_twin_breaks_no_rule(rule: Rule) -> None:
    assert check(TWINS / rule.id / "good")[:2] == ([], [])


def test_no_twin_is_left_of_a_rule_that_is_gone() -> None:
    assert {twin.name for twin in TWINS.iterdir()} == {rule.id for rule in RULES}


def test_each_rule_has_a_file_of_its_name() -> None:
    folders = (LINT / "rules", LINT / "plan_rules")
    found = [path for folder in folders for path in folder.glob("[!_]*.py")]
    files = {path.stem.replace("_", "-") for path in found}
    assert files | {"lint-ignore"} == {rule.id for rule in RULES}


def test_no_two_rules_have_the_same_id() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@every_rule
def test_a_rule_says_why_in_a_sentence_and_where_it_comes_from(rule: Rule) -> None:
    assert rule.why.endswith(".")
    assert rule.why[0].isupper()
    assert rule.source
