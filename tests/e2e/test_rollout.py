"""A new version that fails is taken back: by the alarm of its canary, and by hand.

The local AWS counts no errors by version, and gives a canary all requests. So the alarm is set off
by hand here; all that follows is real: event, rule, function, its role, the alias.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.copies import run
from tests.e2e.alarms import canary_alarm
from tests.e2e.faults import published
from tools.paths import ROOT
from tools.waiting import until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.conftest import Stack
    from tools.order_service.service import Service

FUNCTION = "orders_report"
DAY = {"day": "2026-01-01"}


class Canary:
    """A version that fails, beside the one that served so far."""

    def __init__(self, service: Service, new: str) -> None:
        self.service = service
        self.name = service.outputs["functions"][FUNCTION]
        self.client = service.server.client("lambda")
        self.old, self.new = self.serving()[0], new
        self.client.update_alias(
            FunctionName=self.name,
            Name="live",
            FunctionVersion=new,
            RoutingConfig={"AdditionalVersionWeights": {self.old: 0.9}},
        )

    def serving(self) -> tuple[str, dict[str, float]]:
        found = self.client.get_alias(FunctionName=self.name, Name="live")
        shares = found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        return found["FunctionVersion"], shares

    def alarm(self) -> dict[str, Any]:
        """Return the event of its alarm."""
        return canary_alarm(self.name, self.new)

    def works(self) -> bool:
        try:
            self.service.invoke(FUNCTION, DAY)
        except RuntimeError:
            return False
        return True


@pytest.fixture
def canary(service: Service) -> Iterator[Canary]:
    with published(service, FUNCTION, "always") as version:
        yield Canary(service, version)


@pytest.fixture
def alarm(canary: Canary) -> Iterator[str]:
    """An alarm like the one that Terraform makes for a canary."""
    name, client = f"{canary.name}-canary", canary.service.server.client("cloudwatch")
    client.put_metric_alarm(
        AlarmName=name,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Dimensions=[
            {"Name": "ExecutedVersion", "Value": canary.new},
            {"Name": "FunctionName", "Value": canary.name},
            {"Name": "Resource", "Value": f"{canary.name}:live"},
        ],
        EvaluationPeriods=1,
        MetricName="Errors",
        Namespace="AWS/Lambda",
        Period=60,
        Statistic="Sum",
        Threshold=1,
        TreatMissingData="notBreaching",
    )
    client.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="it begins")
    yield name
    client.delete_alarms(AlarmNames=[name])


def make(service: Service, target: str, **variables: str) -> subprocess.CompletedProcess[str]:
    given = [f"{name}={value}" for name, value in variables.items()]
    home = str(service.server.home)
    return run(ROOT, "make", target, "ENV=local", *given, LOCAL_AWS_HOME=home)


def go_off(service: Service, alarm: str) -> None:
    service.server.client("cloudwatch").set_alarm_state(
        AlarmName=alarm, StateValue="ALARM", StateReason="1 error within a minute"
    )


def test_the_alarm_of_a_canary_brings_the_former_version_back(
    service: Service, canary: Canary, alarm: str
) -> None:
    assert not canary.works()
    go_off(service, alarm)
    until("the alias is back", lambda: canary.serving() == (canary.old, {}))
    assert canary.works()


def test_an_alarm_that_comes_late_finds_nothing_to_do(service: Service, canary: Canary) -> None:
    canary.client.update_alias(
        FunctionName=canary.name, Name="live", RoutingConfig={"AdditionalVersionWeights": {}}
    )
    assert service.invoke("rollback", canary.alarm()) == {"stable": None}
    assert canary.serving() == (canary.new, {})


def test_make_rollback_brings_the_former_version_back(service: Service, canary: Canary) -> None:
    done = make(service, "rollback", FUNCTION=FUNCTION)
    assert done.returncode == 0, done.stderr
    assert f"serves now  version {canary.old}\n" in done.stdout
    assert canary.serving() == (canary.old, {})


def test_make_promote_gives_the_new_version_all_requests(service: Service, canary: Canary) -> None:
    done = make(service, "promote", FUNCTION=FUNCTION)
    assert done.returncode == 0, done.stderr
    assert f"serves now  version {canary.new}\n" in done.stdout
    assert canary.serving() == (canary.new, {})


def test_terraform_keeps_a_version_that_it_is_told_to_keep(stack: Stack, tmp_path: Path) -> None:
    """Two plans: as make rollback says to set it, and without that."""
    kept = json.dumps({FUNCTION: {"live_version": "7"}, "rollback": {"live_version": "8"}})
    assert planned(stack, tmp_path / "kept", f"-var=rollout={kept}") == ["7", "8"]
    assert not {"7", "8"} & set(planned(stack, tmp_path / "moved"))


def planned(stack: Stack, out: Path, *options: str) -> list[str]:
    """Return the versions that the aliases of the function and of rollback are to have."""
    stack.environment.terraform.plan(out, *options)
    changes = stack.environment.terraform.show(out)["resource_changes"]
    after = {change["address"]: change["change"]["after"] for change in changes}
    return [
        str(
            after[f"module.order_service.module.{module}.aws_lambda_alias.live"]["function_version"]
        )
        for module in (FUNCTION, "rollback.module.function")
    ]
