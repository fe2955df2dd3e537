"""Placed orders start their fulfilment once."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
import pytest
from hypothesis import given, settings
from moto import mock_aws

from batch import NoBatchError
from order_event import event_of
from order_message import write_event
from tests.unit.event_handlers import (
    CASES,
    SEEDS,
    Context,
    documented,
    envelope,
    event,
    failed,
    handler,
    no_batches,
    queue_batches,
    queue_event,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.event_handlers import Json, Module

WORKFLOW = "arn:aws:states:eu-west-1:123456789012:stateMachine:shop-fulfilment"


class AlreadyExistsError(Exception):
    """What the client raises for a name that was used."""


class Workflows:
    """Start executions once each, but for those of orders that are broken or deadly."""

    class exceptions:  # noqa: N801  boto3's name
        ExecutionAlreadyExists = AlreadyExistsError

    def __init__(self) -> None:
        self.started: dict[str, Json] = {}
        self.broken: set[str] = set()
        self.deadly: set[str] = set()

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> Json:  # noqa: A002, N803
        assert stateMachineArn == WORKFLOW
        if name in self.deadly:
            raise SystemExit
        if name in self.broken:
            raise ConnectionError
        if name in self.started:
            raise AlreadyExistsError
        self.started[name] = json.loads(input)
        return {}


@pytest.fixture(scope="module")
def starter() -> Iterator[Module]:
    with handler("fulfilment_starter", STATE_MACHINE_ARN=WORKFLOW) as module:
        yield module


@pytest.fixture
def workflows(starter: Module, monkeypatch: pytest.MonkeyPatch) -> Workflows:
    stub = Workflows()
    monkeypatch.setattr(starter, "_workflows", stub)
    return stub


def placed(*numbers: int) -> Json:
    return queue_event(*(envelope(event(number)) for number in numbers))


def ids(*numbers: int) -> set[str]:
    return {event(number).order.id for number in numbers}


def test_a_placed_order_starts_one_execution_however_often_its_event_comes() -> None:
    with mock_aws(), handler("fulfilment_starter", STATE_MACHINE_ARN=WORKFLOW) as starter:
        client = boto3.client("stepfunctions")
        client.create_state_machine(
            name="shop-fulfilment",
            definition='{"StartAt": "a", "States": {"a": {"Type": "Pass", "End": true}}}',
            roleArn="arn:aws:iam::123456789012:role/shop-fulfilment",
        )
        answers = [starter.handler(placed(1), Context()) for _ in range(2)]
        (execution,) = client.list_executions(stateMachineArn=WORKFLOW)["executions"]
        found = client.describe_execution(executionArn=execution["executionArn"])
    assert [failed(answer) for answer in answers] == [[], []]
    assert found["name"] == event(1).order.id
    assert json.loads(found["input"]) == {"order": json.loads(write_event(event(1)))["order"]}


@pytest.mark.parametrize("name", ["sqs_raw", "sqs_from_sns"])
def test_other_events_are_reported(starter: Module, workflows: Workflows, name: str) -> None:
    answer = starter.handler(documented(name), Context())
    assert failed(answer) == [documented(name)["Records"][1]["messageId"]]
    assert list(workflows.started) == ["mfzwizltoqzwizltoqzwizltoq"]


def test_a_start_that_fails_is_reported_alone(starter: Module, workflows: Workflows) -> None:
    workflows.broken = ids(1)
    assert failed(starter.handler(placed(0, 1, 2), Context())) == ["message-1"]
    assert set(workflows.started) == ids(0, 2)


def test_a_refusal_of_the_service_is_reported_with_its_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with mock_aws(), handler("fulfilment_starter", STATE_MACHINE_ARN=WORKFLOW) as starter:
        assert failed(starter.handler(placed(0), Context())) == ["message-0"]
    assert '"reason":"StateMachineDoesNotExist"' in capsys.readouterr().out


def test_a_function_that_is_killed_mid_batch_starts_the_rest_when_all_comes_again(
    starter: Module, workflows: Workflows
) -> None:
    workflows.deadly = ids(1)
    with pytest.raises(SystemExit):
        starter.handler(placed(0, 1, 2), Context())
    assert set(workflows.started) == ids(0)
    workflows.deadly = set()
    assert failed(starter.handler(placed(0, 1, 2), Context())) == []
    assert set(workflows.started) == ids(0, 1, 2)


def test_what_there_is_no_time_for_is_reported_before_the_function_times_out(
    starter: Module, workflows: Workflows
) -> None:
    answer = starter.handler(placed(0, 1, 2), Context(9_000, 7_000, 6_999))
    assert failed(answer) == ["message-2"]
    assert set(workflows.started) == ids(0, 1)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(SEEDS)
def test_messages_delivered_twice_and_shuffled_start_each_order_once(
    starter: Module, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311
    starter._workflows = workflows = Workflows()
    pending = [number for number in range(12) for _ in range(2)]
    while pending:
        chance.shuffle(pending)
        batch, pending = pending[:10], pending[10:]
        workflows.broken = ids(*chance.sample(range(12), 2))
        again = failed(starter.handler(placed(*batch), Context()))
        pending += [batch[int(one.removeprefix("message-"))] for one in again]
    assert set(workflows.started) == ids(*range(12))


@settings(max_examples=CASES, deadline=None, derandomize=True)
@given(queue_batches())
def test_a_malformed_message_is_reported_and_the_others_start(
    starter: Module, drawn: tuple[list[Any], list[bool]]
) -> None:
    starter._workflows = workflows = Workflows()
    bodies, bad = drawn
    answer = starter.handler(queue_event(*bodies), Context())
    assert failed(answer) == [f"message-{n}" for n, is_bad in enumerate(bad) if is_bad]
    assert set(workflows.started) == ids(*(100 + n for n, is_bad in enumerate(bad) if not is_bad))


@settings(max_examples=CASES // 4, deadline=None, derandomize=True)
@given(no_batches("sqs_raw", "messageId"))
def test_what_is_no_event_of_a_queue_is_refused(starter: Module, no_event: object) -> None:
    starter._workflows = workflows = Workflows()
    with pytest.raises(NoBatchError, match="This is no event of an SQS queue"):
        starter.handler(no_event, Context())
    assert workflows.started == {}


def test_an_execution_and_its_log_line_carry_the_id_of_the_request(
    starter: Module, workflows: Workflows, capsys: pytest.CaptureFixture[str]
) -> None:
    order = msgspec.structs.replace(event(1).order, correlation_id="request-1")
    starter.handler(queue_event(envelope(event_of(order)), envelope(event(2))), Context())
    assert workflows.started[order.id]["order"]["correlation_id"] == "request-1"
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("correlation_id") for line in lines] == ["request-1", None]
