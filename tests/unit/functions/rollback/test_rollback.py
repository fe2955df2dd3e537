"""A version that fails is taken off its alias, once, and nobody else's change is undone."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tools.paths import ROOT

if TYPE_CHECKING:
    from types import ModuleType

    from tests.unit.functions.conftest import Context, Load

ALARM = json.loads((ROOT / "tests" / "unit" / "events" / "cloudwatch_alarm.json").read_text())


class PreconditionFailedError(Exception):
    """What Lambda answers to a revision that is none any more."""


@dataclass
class Aliases:
    """Lambda, as far as aliases go: one alias, which may be moved by somebody else meanwhile."""

    version: str = "8"
    weights: dict[str, float] = field(default_factory=lambda: {"7": 0.9})
    revision: int = 1
    moved_meanwhile: bool = False
    updates: list[dict[str, Any]] = field(default_factory=list)

    def get_alias(self, **name: str) -> dict[str, Any]:
        assert name == {"FunctionName": "orders-dev-api", "Name": "live"}
        shared = {"RoutingConfig": {"AdditionalVersionWeights": dict(self.weights)}}
        found = {"FunctionVersion": self.version, "RevisionId": str(self.revision)}
        self.revision += self.moved_meanwhile
        return found | (shared if self.weights else {})

    def update_alias(self, **change: Any) -> dict[str, Any]:  # noqa: ANN401  as boto3
        assert (change["FunctionName"], change["Name"]) == ("orders-dev-api", "live")
        if change["RevisionId"] != str(self.revision):
            raise PreconditionFailedError
        self.updates.append(change)
        self.version = change["FunctionVersion"]
        self.weights = change["RoutingConfig"]["AdditionalVersionWeights"]
        self.revision += 1
        return {}


@pytest.fixture
def app(load: Load) -> ModuleType:
    return load("rollback")


@pytest.fixture
def aliases(app: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Aliases:
    stub = Aliases()
    monkeypatch.setattr(app, "_lambda", stub)
    return stub


def changed(**fields: object) -> dict[str, Any]:
    event: dict[str, Any] = deepcopy(ALARM)
    event.update(fields)
    return event


def of_version(version: str) -> dict[str, Any]:
    event: dict[str, Any] = deepcopy(ALARM)
    metric = event["detail"]["configuration"]["metrics"][0]["metricStat"]["metric"]
    metric["dimensions"]["ExecutedVersion"] = version
    return event


def test_the_former_version_gets_all_requests(
    app: ModuleType, aliases: Aliases, context: Context
) -> None:
    assert app.handler(ALARM, context) == {"stable": "7"}
    assert (aliases.version, aliases.weights) == ("7", {})


def test_a_version_that_fails_and_has_only_a_share_loses_it(
    app: ModuleType, aliases: Aliases, context: Context
) -> None:
    aliases.version, aliases.weights = "7", {"8": 0.1}
    assert app.handler(ALARM, context) == {"stable": "7"}
    assert (aliases.version, aliases.weights) == ("7", {})


def test_the_alias_says_who_moved_it(app: ModuleType, aliases: Aliases, context: Context) -> None:
    app.handler(ALARM, context)
    [update] = aliases.updates
    assert update["Description"] == "Rolled back from 8 to 7 by orders-dev-api-canary"


def test_an_alarm_that_comes_twice_moves_the_alias_once(
    app: ModuleType, aliases: Aliases, context: Context
) -> None:
    app.handler(ALARM, context)
    assert app.handler(ALARM, context) == {"stable": None}
    assert len(aliases.updates) == 1


@pytest.mark.parametrize(
    ("version", "weights"),
    [("8", {}), ("9", {"7": 0.5}), ("9", {})],
    ids=["serves alone", "a later canary runs", "a later version serves"],
)
def test_a_late_alarm_leaves_the_alias_as_it_is(
    app: ModuleType, aliases: Aliases, context: Context, version: str, weights: dict[str, float]
) -> None:
    aliases.version, aliases.weights = version, weights
    assert app.handler(ALARM, context) == {"stable": None}
    assert aliases.updates == []


def test_whoever_moves_the_alias_at_the_same_moment_is_not_overruled(
    app: ModuleType, aliases: Aliases, context: Context
) -> None:
    aliases.moved_meanwhile = True
    with pytest.raises(PreconditionFailedError):
        app.handler(ALARM, context)
    assert aliases.version == "8"


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({}, "missing required field"),
        (changed(source="aws.ec2"), "source"),
        (changed(**{"detail-type": "CloudWatch Alarm Configuration Change"}), "detail-type"),
        (of_version("$LATEST"), "ExecutedVersion"),
        (changed(detail=ALARM["detail"] | {"state": {"value": "OK"}}), "state"),
        (changed(detail=ALARM["detail"] | {"configuration": {"metrics": []}}), "metrics"),
    ],
    ids=["nothing", "another source", "another kind", "no number", "no alarm", "no metric"],
)
def test_another_event_is_refused_with_where_it_differs(
    app: ModuleType, aliases: Aliases, context: Context, event: dict[str, Any], says: str
) -> None:
    with pytest.raises(app.NoCanaryAlarmError, match=says):
        app.handler(event, context)
    assert aliases.updates == []


def test_the_log_tells_what_was_done_to_which_version(
    app: ModuleType,
    aliases: Aliases,  # noqa: ARG001  stands for Lambda
    context: Context,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app.handler(ALARM, context)
    line = json.loads(capsys.readouterr().out)
    del line["timestamp"]
    assert line == {
        "level": "WARN",
        "message": "rolled back",
        "stable": "7",
        "function": "orders-dev-api",
        "alarm": "orders-dev-api-canary",
        "failing": "8",
    }
