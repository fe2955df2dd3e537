"""checkov finds in the plans what checkov.yaml accepts, each with its reason, and no more."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml

from tests.plan import checkov_run, linted
from tools.paths import ENVS

if TYPE_CHECKING:
    from tests.plan.checkov_run import Finding
    from tools.terraform.core import Core

BASELINE = Path(__file__).with_name("checkov.yaml")


class Accepted(NamedTuple):
    """What checkov may find: a check at a place of the code, in some plans or all."""

    check: str
    resource: str
    plan: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        return (
            self.check == finding.check
            and self.resource == finding.resource
            and fnmatchcase(finding.plan, self.plan)
        )


def accepted() -> list[Accepted]:
    entries = yaml.safe_load(BASELINE.read_text())
    return [
        Accepted(entry["check"], resource, plan, entry.get("reason") or "")
        for entry in entries
        for resource in entry["resources"]
        for plan in entry.get("plans", ["*"])
    ]


@pytest.fixture(scope="module")
def findings(request: pytest.FixtureRequest, core: Core) -> set[Finding]:
    def space() -> object:
        return request.getfixturevalue("space")

    plans = {
        name: linted.environment(name, core, space).file  # type: ignore[arg-type]
        for name in linted.ENVIRONMENTS
    }
    plans |= {name: file for name, file, _ in linted.together(core, space)}  # type: ignore[arg-type]
    return checkov_run.scan(plans, ENVS)


def test_checkov_finds_nothing_but_what_is_accepted(findings: set[Finding]) -> None:
    entries = accepted()
    new = sorted(one for one in findings if not any(entry.covers(one) for entry in entries))
    assert not new, f"mend them, or accept them in {BASELINE.name} with a reason"


def test_nothing_is_accepted_that_checkov_does_not_find(findings: set[Finding]) -> None:
    stale = [entry for entry in accepted() if not any(entry.covers(one) for one in findings)]
    assert not stale, f"remove them from {BASELINE.name}"


@pytest.mark.parametrize("entry", accepted(), ids=lambda entry: f"{entry.check}-{entry.resource}")
def test_what_is_accepted_has_a_reason(entry: Accepted) -> None:
    assert len(entry.reason.split()) > 3


def test_what_is_no_plan_is_not_taken_for_clean(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text("{}")
    with pytest.raises(checkov_run.Unscanned):
        checkov_run.run({"empty": file})
