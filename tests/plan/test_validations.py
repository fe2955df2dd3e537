"""Every rule of a module refuses what it is there to refuse, with a message that says how to mend.

One ``terraform test`` a module, on a mocked provider. The cases stand in ``validations/*.yaml``: a
base that is right, and for each case the variables that are wrong. A value in ``${}`` is an
expression. Files that cases name stand in a folder beside, and are found under ``tests/``; or
``files`` says how many bytes they have, and what is in them does not matter. ``us_east_1`` is the
region of the provider of that name, if it is wrong, and ``account`` that of the other provider.
``says`` is the message, or its begin and its end where it lists what others may add to.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tools.lint import reader
from tools.paths import ROOT
from tools.terraform.runner import Terraform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.plan.workspace import Workspace
    from tools.lint.syntax import Body
    from tools.terraform.core import Core

CASES = ROOT / "tests" / "plan" / "validations"
# Every environment is the same code, so one stands for all.
ROOTS = {"envs/bootstrap", "envs/prod"}
FOLDERS = {f"modules/{path.name}" for path in (ROOT / "modules").iterdir()} | ROOTS
RULES = {"validation", "precondition", "postcondition"}
GOOD = "base"
# What a policy is as long as must not hang on what a core makes up.
ACCOUNT = {
    "aws_caller_identity": {"account_id": "123456789012"},
    "aws_partition": {"partition": "aws"},
    "aws_region": {"id": "eu-west-1"},
}
EDGE = "us-east-1"


@dataclass(frozen=True)
class Refusal:
    """One error of a run: its message, and the file and line of the rule that found it."""

    message: str
    rule: tuple[str, int]


def rules_of(folder: Path) -> set[tuple[str, int]]:
    """Return file and line of every rule in a folder: where a diagnostic says that it is."""
    return {
        (path.name, line)
        for path in folder.glob("*.tf")
        for line in _rule_lines(reader.read_file(path).body)
    }


def _rule_lines(body: Body) -> Iterator[int]:
    for block in body.blocks:
        if block.type == "validation":
            yield block.line
        elif block.type in RULES:
            yield next(a.line for a in block.body.attributes if a.name == "condition")
        else:
            yield from _rule_lines(block.body)


def refusals(space: Workspace, core: Core, folder: str) -> dict[str, list[Refusal]]:
    """Run every case of a folder; return what each was refused with."""
    given = yaml.safe_load((CASES / f"{folder}.yaml").read_text())
    # Apart from the tree that plans use: a test file counts as part of a module.
    tree = space.tree.with_name("validations")
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(space.tree, tree)
    root = tree / folder
    if (CASES / folder).is_dir():
        shutil.copytree(CASES / folder, root / "tests")
    cases = {GOOD: {"set": {}}} | given["cases"]
    for name, size in given.get("files", {}).items():
        (root / "tests").mkdir(exist_ok=True)
        (root / "tests" / name).write_bytes(bytes(size))
    # A file each: after a failure Terraform skips what follows in the file.
    for name, case in cases.items():
        account = case.get("account", ACCOUNT["aws_caller_identity"]["account_id"])
        here = mock({"aws_caller_identity": {"account_id": account}})
        edge = mock({"aws_region": {"id": case.get("us_east_1", EDGE)}})
        test = {
            "mock_provider": {"aws": [here, {"alias": "us_east_1"} | edge]},
            "run": {name: {"command": "plan", "variables": given["base"] | case["set"]}},
        }
        path = root / "tests" / f"{name}.tftest.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(test))
    data = space.tree.with_name("data") / core.name / "validations" / folder
    # The provider is asked for its schema only, so any number of configurations can share it.
    terraform = Terraform(core, root, data, space.shared or space.ordinary)
    space.init(terraform, "-backend=false")
    _, output = terraform.attempt("test", "-json")
    return _by_run(output, cases)


def mock(data: dict[str, dict[str, str]] | None = None) -> dict[str, Any]:
    """Return a mocked provider: of the test's account and region, but for `data`."""
    values = ACCOUNT | (data or {})
    return {"mock_data": {name: {"defaults": value} for name, value in values.items()}}


def _by_run(output: str, cases: dict[str, Any]) -> dict[str, list[Refusal]]:
    found: dict[str, list[Refusal]] = {name: [] for name in cases}
    ran = set()
    for line in output.splitlines():
        message = json.loads(line)
        run = message.get("@testrun")
        if message["type"] == "test_run":
            ran.add(run)
        if message["type"] == "diagnostic":
            assert run, f"nothing to do with a case: {message['@message']}\n{message}"
            found[run].append(_refusal(message["diagnostic"]))
    assert ran == set(cases)
    return found


def _refusal(diagnostic: dict[str, Any]) -> Refusal:
    message, _, place = diagnostic["detail"].partition("\n\nThis was checked by the ")
    if place:
        file, line = place.split(" at ")[1].split(",")[0].rsplit(":", 1)
        return Refusal(message, (file, int(line)))
    where = diagnostic.get("range") or {"filename": "", "start": {"line": 0}}
    return Refusal(message, (where["filename"], where["start"]["line"]))


def test_every_folder_with_rules_has_cases() -> None:
    with_rules = {folder for folder in FOLDERS if rules_of(ROOT / folder)}
    assert with_rules == {
        str(path.relative_to(CASES).with_suffix("")) for path in CASES.rglob("*.yaml")
    }


def said(message: str, wanted: str | list[str]) -> str | list[str]:
    """Return `message` as `wanted` has it: whole, or its begin and its end."""
    if isinstance(wanted, str):
        return message
    begin, end = wanted
    return [message[: len(begin)], message[-len(end) :]]


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_every_rule_of_a_folder_refuses_with_its_message(
    space: Workspace, core: Core, folder: str, subtests: pytest.Subtests
) -> None:
    cases = yaml.safe_load((CASES / f"{folder}.yaml").read_text())["cases"]
    refused = refusals(space, core, folder)
    with subtests.test("what is right plans without a word"):
        assert not refused[GOOD]
    for name, case in cases.items():
        with subtests.test(name):
            assert [said(refusal.message, case["says"]) for refusal in refused[name]] == [
                case["says"]
            ]
    with subtests.test("every rule is shown failing"):
        shown = {refusal.rule for found in refused.values() for refusal in found}
        missed = sorted(rules_of(ROOT / folder) - shown)
        assert not missed, f"no case in {folder}.yaml is refused by {missed}"
