"""The plans of all environments and README examples break no lint rule.

A plan is kept by the content that it was made of, and made again when that has changed.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.lint import plans
from tests.plan import readme
from tools.lint.check import Planned, check
from tools.paths import CACHE, ENVS, FUNCTIONS, MODULES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plan.workspace import Workspace
    from tools.terraform.core import Core

PLANS = CACHE / "lint" / "plans"
ENVIRONMENTS = sorted(folder.parent.name for folder in ENVS.glob("*/versions.tf"))
EXAMPLES = [
    example
    for example in readme.examples()
    # With a provider block it is no module, and is planned alone by the tests of examples.
    if example.planned and not example.error and 'provider "aws"' not in example.text
]
# Examples that show how to switch the dead-letter queue off.
SHOWN = {("event_rule", "target-dead-letter"), ("schedule", "target-dead-letter")}


def _key(core: Core) -> str:
    """Return a hash of all that plans are made of."""
    digest = hashlib.sha256(f"{core.name} {core.version}".encode())
    documents = [document for document in readme.documents() if document.is_file()]
    sources = [path for top in (MODULES, ENVS, FUNCTIONS) for path in top.rglob("*")]
    for path in sorted({*documents, *sources}):
        if path.is_file() and ".terraform" not in path.parts and path.suffix != ".pyc":
            digest.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _planned(space: Workspace, core: Core, root: Path) -> Path:
    """Return the file of a plan of a root."""
    file = PLANS / f"{root.name}-{_key(core)}.json"
    if not file.is_file():
        plan: dict[str, Any] = space.plan(core, root)
        PLANS.mkdir(parents=True, exist_ok=True)
        for old in PLANS.glob(f"{root.name}-*.json"):
            old.unlink(missing_ok=True)
        kept = {key: plan.get(key, {}) for key in ("variables", "planned_values", "configuration")}
        file.write_text(json.dumps(kept))
    return file


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_plan_of_an_environment_breaks_no_rule(
    space: Workspace, core: Core, environment: str
) -> None:
    root = space.tree / "envs" / environment
    findings, unchecked = check([], [Planned(_planned(space, core, root), root)])
    assert not unchecked
    assert not findings


def test_the_plans_of_the_examples_break_no_rule_but_those_that_they_show(
    space: Workspace, core: Core
) -> None:
    calls = [
        f'module "{one.folder}" {{\n  source = "../{space.part(one.folder, one.text).name}"\n}}\n'
        for one in EXAMPLES
    ]
    root = space.root("linted-examples", "\n".join(calls))
    whole = json.loads(_planned(space, core, root).read_text())
    found: set[tuple[str, str]] = set()
    for one in EXAMPLES:
        part = PLANS / "examples" / f"{one.folder}.json"
        part.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps(plans.alone(whole, one.folder)))
        findings, unchecked = check([], [Planned(part, space.tree / "envs" / f"{one.folder}-part")])
        assert not unchecked
        found |= {(finding.path.parent.name, finding.rule) for finding in findings}
    assert found == SHOWN
