"""What is planned is what is applied, and nothing else; a core that keeps a log stands in."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tools.local_aws.server import Server
from tools.terraform import __main__ as command
from tools.terraform import drift, saved
from tools.terraform.core import Core
from tools.terraform.environments import Environment
from tools.terraform.runner import Terraform

if TYPE_CHECKING:
    from pathlib import Path

# Tells its version and state, writes a plan that says what number it is, and logs the rest.
CORE = """\
#!/bin/sh
here="$(dirname "$0")"
shift
case "$1" in
    version) echo '{"terraform_version": "1.11.4", "provider_selections":
        {"registry.terraform.io/hashicorp/aws": "'"$(cat "$here/provider")"'"}}' ;;
    state) cat "$here/state" ;;
    show) cat "$here/shown" ;;
    plan)
        echo "$@" >> "$here/log"
        for option in "$@"; do
            case "$option" in -out=*) echo "$$" > "${option#-out=}" ;; esac
        done
        exit "$(cat "$here/code")" ;;
    *)
        echo "$@" >> "$here/log"
        exit "$(cat "$here/code")" ;;
esac
"""


@dataclass
class Checkout:
    """A checkout with one environment, whose Terraform is the script above."""

    home: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    name: str = "dev"
    local: bool = False

    def run(self, verb: str) -> int:
        root = self.home / "envs" / self.name
        root.mkdir(parents=True, exist_ok=True)
        script = str(self.home / "terraform")
        terraform = Terraform(Core("terraform", (script,), "1.11.4"), root, self.home / "data", {})
        server = Server(pid=1, port=4566, home=self.home) if self.local else None
        env = Environment(self.name, server, terraform)
        self.monkeypatch.setattr(command, "environment", lambda *_, **__: env)
        self.monkeypatch.setattr(Environment, "init", lambda _: None)
        self.monkeypatch.setattr("sys.argv", ["terraform", verb, self.name])
        return command.main()

    def set(self, name: str, text: str) -> None:
        (self.home / name).write_text(text)

    @property
    def calls(self) -> list[str]:
        log = self.home / "log"
        return log.read_text().splitlines() if log.is_file() else []

    @property
    def plan(self) -> Path:
        return self.home / "plans" / self.name / "plan.tfplan"

    def said(self) -> str:
        return self.capsys.readouterr().err


@pytest.fixture
def checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Checkout:
    monkeypatch.delenv("APPROVE", raising=False)
    monkeypatch.delenv("AWS", raising=False)
    for name in ("modules", "web", "dist"):
        (tmp_path / name).mkdir()
    (tmp_path / "modules" / "main.tf").write_text("")
    (tmp_path / "dist" / "orders.zip").write_text("one")
    monkeypatch.setattr(saved, "MODULES", tmp_path / "modules")
    monkeypatch.setattr(saved, "WEB", tmp_path / "web")
    monkeypatch.setattr(saved, "PLANS", tmp_path / "plans")
    monkeypatch.setattr(saved, "DIST", tmp_path / "dist")
    made = Checkout(tmp_path, monkeypatch, capsys)
    made.set("terraform", CORE)
    (tmp_path / "terraform").chmod(0o755)
    made.set("provider", "5.100.0")
    made.set("state", json.dumps({"lineage": "a", "serial": 7}))
    made.set("code", "0")
    return made


def test_apply_applies_the_plan_that_was_saved_and_asks_nothing(checkout: Checkout) -> None:
    assert (checkout.run("plan"), checkout.run("apply")) == (0, 0)
    assert checkout.calls == [f"plan -out={checkout.plan}", f"apply {checkout.plan}"]


def test_a_saved_plan_is_nobody_elses_to_read(checkout: Checkout) -> None:
    old = os.umask(0)
    try:
        checkout.run("plan")
    finally:
        os.umask(old)
    found = [checkout.plan, checkout.plan.with_name("record.json"), checkout.plan.parent]
    assert [oct(stat.S_IMODE(path.stat().st_mode)) for path in found] == ["0o600", "0o600", "0o700"]


def test_a_plan_is_applied_once(checkout: Checkout) -> None:
    checkout.run("plan")
    checkout.run("apply")
    assert checkout.run("apply") == 2
    assert len(checkout.calls) == 2


def test_a_plan_whose_apply_failed_is_not_applied_again(checkout: Checkout) -> None:
    checkout.run("plan")
    checkout.set("code", "1")
    assert checkout.run("apply") == 1
    assert not checkout.plan.exists()


def test_a_plan_that_failed_is_not_saved_and_the_one_before_is_gone(checkout: Checkout) -> None:
    checkout.run("plan")
    checkout.set("code", "1")
    assert checkout.run("plan") == 1
    assert not checkout.plan.exists()


@pytest.mark.parametrize(
    ("changed", "text", "told"),
    [
        ("modules/main.tf", "# changed", "the code in modules, envs and web"),
        ("modules/new.tf", "", "the code in modules, envs and web"),
        ("envs/dev/terraform.tfvars", "a = 1", "the code in modules, envs and web"),
        ("web/index.html", "new", "the code in modules, envs and web"),
        ("dist/orders.zip", "two", "the zips in dist"),
        ("dist/another.zip", "one", "the zips in dist"),
        ("provider", "6.0.0", "the AWS provider (5.100.0, now 6.0.0)"),
        ("state", '{"lineage": "a", "serial": 8}', "the state (serial 7, now serial 8)"),
        ("state", '{"lineage": "b", "serial": 7}', "the state"),
    ],
)
def test_a_plan_that_is_older_than_what_it_was_made_of_is_refused_with_the_mend(
    checkout: Checkout, changed: str, text: str, told: str
) -> None:
    checkout.run("plan")
    checkout.set(changed, text)
    assert checkout.run("apply") == 2
    said = checkout.said()
    assert told in said
    assert "run make plan ENV=dev again" in said
    assert len(checkout.calls) == 1


def test_approval_in_advance_does_not_overrule_a_plan_that_is_too_old(checkout: Checkout) -> None:
    checkout.run("plan")
    checkout.set("dist/orders.zip", "two")
    checkout.monkeypatch.setenv("APPROVE", "yes")
    assert checkout.run("apply") == 2


def test_another_file_in_place_of_the_plan_is_refused(checkout: Checkout) -> None:
    checkout.run("plan")
    checkout.plan.write_text("another")
    assert checkout.run("apply") == 2
    assert "is not the file that was planned" in checkout.said()


def test_a_record_that_cannot_be_read_is_refused(checkout: Checkout) -> None:
    checkout.run("plan")
    checkout.plan.with_name("record.json").write_text("{")
    assert checkout.run("apply") == 2
    assert "is no record of a plan: run make plan again" in checkout.said()


def test_what_a_run_leaves_in_a_root_does_not_age_a_plan(checkout: Checkout) -> None:
    checkout.run("plan")
    checkout.set("envs/dev/.terraform.lock.hcl", "a machine's own")
    assert checkout.run("apply") == 0


def test_without_a_saved_plan_an_environment_is_not_applied(checkout: Checkout) -> None:
    assert checkout.run("apply") == 2
    assert "run make plan ENV=dev, look at it, then make apply ENV=dev" in checkout.said()
    assert checkout.calls == []


def test_approval_in_advance_plans_and_applies_at_once(checkout: Checkout) -> None:
    checkout.monkeypatch.setenv("APPROVE", "yes")
    assert checkout.run("apply") == 0
    assert checkout.calls == ["apply -auto-approve"]


def test_on_the_local_aws_apply_is_one_command(checkout: Checkout) -> None:
    checkout.name, checkout.local = "local", True
    assert checkout.run("apply") == 0
    assert checkout.calls == ["apply -auto-approve"]


def test_on_the_local_aws_a_plan_that_is_too_old_is_made_anew(checkout: Checkout) -> None:
    checkout.name, checkout.local = "local", True
    checkout.run("plan")
    checkout.set("dist/orders.zip", "two")
    assert checkout.run("apply") == 0
    assert checkout.calls[1:] == ["apply -auto-approve"]
    assert "the zips in dist" in checkout.said()


def test_a_plan_for_the_local_aws_is_not_applied_to_aws(checkout: Checkout) -> None:
    checkout.local = True
    checkout.run("plan")
    checkout.local = False
    assert checkout.run("apply") == 2
    assert len(checkout.calls) == 1


DRIFTED = {
    "resource_drift": [
        {
            "address": 'module.orders["a"].aws_sqs_queue.queue',
            "change": {
                "actions": ["update"],
                "before": {"delay_seconds": 0, "name": "orders", "password": "old"},
                "after": {"delay_seconds": 5, "name": "orders", "password": "new"},
                "before_sensitive": {"password": True},
                "after_sensitive": {"password": True},
            },
        },
        {
            "address": "aws_sns_topic.orders",
            "change": {"actions": ["delete"], "before": {"name": "orders"}, "after": None},
        },
    ],
}


def test_drift_names_each_attribute_that_differs_and_no_secret(
    checkout: Checkout,
) -> None:
    checkout.set("code", "2")
    checkout.set("shown", json.dumps(DRIFTED))
    assert checkout.run("drift") == 1
    out = checkout.capsys.readouterr().out.splitlines()
    assert [line.split() for line in out[1:5]] == [
        ["resource", "attribute", "state", "found"],
        ['module.orders["a"].aws_sqs_queue.queue', "delay_seconds", "0", "5"],
        ['module.orders["a"].aws_sqs_queue.queue', "password", drift.HIDDEN, drift.HIDDEN],
        ["aws_sns_topic.orders", "exists", "deleted"],
    ]
    assert out[5].startswith("drift: 2 changed outside of Terraform")


def test_a_difference_of_several_lines_is_one_row() -> None:
    change = {"actions": ["update"], "before": {"body": "a\nb"}, "after": {"body": "a"}}
    found = drift.differences({"resource_drift": [{"address": "aws_x.y", "change": change}]})
    assert list(found) == [drift.Difference("aws_x.y", "body", r"a\nb", "a")]


def test_no_drift_ends_with_0(checkout: Checkout) -> None:
    assert checkout.run("drift") == 0


def drift_of(checkout: Checkout, before: object, after: object) -> int:
    """Return how `drift` ends when one attribute was found with another value."""
    change = {"actions": ["update"], "before": {"x": before}, "after": {"x": after}}
    checkout.set("code", "2")
    checkout.set("shown", json.dumps({"resource_drift": [{"address": "a.b", "change": change}]}))
    return checkout.run("drift")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, []),
        (None, {}),
        (None, ""),
        (None, False),
        (None, 0),
        ([{"a": None}], [{"a": ""}]),
        ({"a": 1}, {"a": 1, "b": []}),
    ],
)
def test_what_says_the_same_after_it_was_read_is_no_drift(
    checkout: Checkout, before: object, after: object
) -> None:
    assert drift_of(checkout, before, after) == 0


@pytest.mark.parametrize(("before", "after"), [(None, 5), (True, False), (["a"], []), (0, 1)])
def test_a_value_that_came_or_went_is_drift(
    checkout: Checkout, before: object, after: object
) -> None:
    assert drift_of(checkout, before, after) == 1


def role_drift(found: str) -> str:
    """Return a plan in which a role has one inline policy that its state does not know."""
    role = {"name": "orders", "inline_policy": [], "managed_policy_arns": []}
    known = {"type": "aws_iam_role_policy", "values": {"role": "orders", "name": "execution"}}
    change = {
        "actions": ["update"],
        "before": role,
        "after": role | {"inline_policy": [{"name": found, "policy": "{}"}]},
    }
    return json.dumps(
        {
            "prior_state": {"values": {"root_module": {"child_modules": [{"resources": [known]}]}}},
            "resource_drift": [{"address": "a.b", "type": "aws_iam_role", "change": change}],
        }
    )


@pytest.mark.parametrize(("policy", "code"), [("execution", 0), ("by-hand", 1)])
def test_a_policy_of_a_role_is_drift_if_it_is_no_resource_of_its_own(
    checkout: Checkout, policy: str, code: int
) -> None:
    checkout.set("code", "2")
    checkout.set("shown", role_drift(policy))
    assert checkout.run("drift") == code


def test_outputs_that_only_the_code_has_changed_are_no_drift(checkout: Checkout) -> None:
    checkout.set("code", "2")
    checkout.set("shown", json.dumps({"output_changes": {"url": {"actions": ["update"]}}}))
    assert checkout.run("drift") == 0


def test_drift_that_cannot_be_looked_for_ends_with_2(checkout: Checkout) -> None:
    checkout.set("code", "1")
    assert checkout.run("drift") == 2


def test_drift_keeps_the_saved_plan(checkout: Checkout) -> None:
    checkout.run("plan")
    checkout.run("drift")
    assert checkout.run("apply") == 0
