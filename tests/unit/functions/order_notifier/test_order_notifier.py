"""Events become notifications: one each, whatever comes twice, out of order or not at once."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import given, settings
from moto import mock_aws

from batch import NoBatchError
from order_notification import text_of
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

TABLE = "shop-notifications"


class Table:
    """Keep items by id as DynamoDB does; leave or break as told."""

    def __init__(self) -> None:
        self.items: dict[str, Json] = {}
        self.calls: list[list[str]] = []
        self.leave: dict[int, set[str]] = {}
        self.always_left: set[str] = set()
        self.broken: set[int] = set()
        self.deadly: set[int] = set()

    def batch_write_item(self, *, RequestItems: Json) -> Json:  # noqa: N803
        ((name, requests),) = RequestItems.items()
        items = [request["PutRequest"]["Item"] for request in requests]
        ids = [item["id"]["S"] for item in items]
        assert name == TABLE
        assert 1 <= len(ids) == len(set(ids)) <= 25
        self.calls.append(ids)
        if len(self.calls) in self.broken:
            raise ConnectionError
        left = self.leave.get(len(self.calls), set()) | self.always_left
        self.items |= {item["id"]["S"]: item for item in items if item["id"]["S"] not in left}
        if len(self.calls) in self.deadly:
            raise SystemExit
        unprocessed = [r for r in requests if r["PutRequest"]["Item"]["id"]["S"] in left]
        return {"UnprocessedItems": {name: unprocessed} if unprocessed else {}}


@pytest.fixture(scope="module")
def notifier() -> Iterator[Module]:
    with handler("order_notifier", TABLE_NAME=TABLE) as module:
        yield module


@pytest.fixture
def table(notifier: Module, monkeypatch: pytest.MonkeyPatch) -> Table:
    stub = Table()
    monkeypatch.setattr(notifier, "_client", stub)
    monkeypatch.setattr(notifier, "FIRST_WAIT_SECONDS", 0)
    return stub


def placed(*numbers: int) -> Json:
    return queue_event(*(envelope(event(number)) for number in numbers))


def ids(*numbers: int) -> set[str]:
    return {event(number).id for number in numbers}


@pytest.mark.parametrize("name", ["sqs_raw", "sqs_from_sns"])
def test_each_event_is_one_item_however_often_it_comes(name: str) -> None:
    with mock_aws(), handler("order_notifier", TABLE_NAME=TABLE) as notifier:
        client = boto3.client("dynamodb")
        client.create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        answers = [notifier.handler(documented(name), Context()) for _ in range(2)]
        items = client.scan(TableName=TABLE)["Items"]
    assert [failed(answer) for answer in answers] == [[], []]
    assert [item["type"]["S"] for item in items] == ["order.placed", "order.cancelled"]


def test_a_notification_is_made_of_its_event_alone(notifier: Module, table: Table) -> None:
    notifier.handler(placed(3), Context())
    assert table.items[event(3).id] == {
        "id": {"S": event(3).id},
        "order_id": {"S": event(3).order.id},
        "type": {"S": "order.placed"},
        "customer": {"S": "customer-3@example.com"},
        "text": {"S": text_of(event(3))},
        "occurred_at": {"S": "2025-11-25T09:30:01.000123Z"},
        # 90 days later: 2026-02-23T09:30:01Z.
        "expires_at": {"N": "1771839001"},
    }


@pytest.mark.parametrize("status", ["placed", "fulfilled", "failed", "cancelled"])
def test_customers_hear_of(notifier: Module, table: Table, status: str) -> None:
    happened = event(1, status=status, version=4)
    assert failed(notifier.handler(queue_event(envelope(happened)), Context())) == []
    assert list(table.items) == [happened.id]


@pytest.mark.parametrize("status", ["fulfilling", "awaiting_approval"])
def test_customers_do_not_hear_of(notifier: Module, table: Table, status: str) -> None:
    answer = notifier.handler(queue_event(envelope(event(1, status=status))), Context())
    assert failed(answer) == ["message-0"]
    assert table.calls == []


def test_what_comes_twice_in_a_batch_is_written_once(notifier: Module, table: Table) -> None:
    assert failed(notifier.handler(placed(1, 2, 1), Context())) == []
    assert table.calls == [[event(1).id, event(2).id]]


def test_25_items_go_in_one_call(notifier: Module, table: Table) -> None:
    assert failed(notifier.handler(placed(*range(60)), Context())) == []
    assert [len(call) for call in table.calls] == [25, 25, 10]


def test_items_that_the_table_leaves_are_written_again(notifier: Module, table: Table) -> None:
    table.leave = {1: ids(1, 2), 2: ids(2)}
    assert failed(notifier.handler(placed(0, 1, 2), Context())) == []
    assert [set(call) for call in table.calls] == [ids(0, 1, 2), ids(1, 2), ids(2)]


def test_waits_grow_and_are_random(
    notifier: Module, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(notifier, "FIRST_WAIT_SECONDS", 0.05)
    monkeypatch.setattr("time.sleep", waits.append)
    table.always_left = ids(1)
    notifier.handler(placed(1), Context())
    most = [0.1, 0.2, 0.4, 0.8]
    assert all(m / 2 <= wait <= m for wait, m in zip(waits, most, strict=True))


def test_items_that_the_table_keeps_leaving_are_reported_with_their_duplicates(
    notifier: Module, table: Table
) -> None:
    table.always_left = ids(1)
    assert failed(notifier.handler(placed(0, 1, 2, 1), Context())) == ["message-1", "message-3"]
    assert set(table.items) == ids(0, 2)


def test_a_call_that_breaks_is_the_failure_of_its_items(notifier: Module, table: Table) -> None:
    table.broken = {2}
    answer = notifier.handler(placed(*range(60)), Context())
    assert failed(answer) == [f"message-{n}" for n in range(25, 50)]
    assert set(table.items) == ids(*range(25), *range(50, 60))


def test_a_refusal_of_the_service_is_reported_with_its_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with mock_aws(), handler("order_notifier", TABLE_NAME=TABLE) as notifier:
        assert failed(notifier.handler(placed(0), Context())) == ["message-0"]
    assert '"reason":"ResourceNotFoundException"' in capsys.readouterr().out


def test_a_function_that_is_killed_mid_batch_leaves_what_the_retry_writes_again(
    notifier: Module, table: Table
) -> None:
    table.deadly = {1}
    with pytest.raises(SystemExit):
        notifier.handler(placed(0, 1), Context())
    kept = dict(table.items)
    assert failed(notifier.handler(placed(0, 1), Context())) == []
    assert table.items == kept


def deliver(notifier: Module, bodies: list[str], chance: Random | None) -> dict[str, Json]:
    """Return what the table holds after all; by chance shuffled, twice, left and broken."""
    notifier._client = table = Table()
    pending = bodies if chance is None else bodies * 2
    while pending:
        if chance:
            chance.shuffle(pending)
            table.broken = {len(table.calls) + 1} if chance.random() < 0.2 else set()
            table.always_left = set(chance.sample(sorted(table.items), min(1, len(table.items))))
        size = chance.randint(1, 10) if chance else 10
        batch, pending = pending[:size], pending[size:]
        again = failed(notifier.handler(queue_event(*batch), Context()))
        pending = pending + [batch[int(one.removeprefix("message-"))] for one in again]
    return table.items


@settings(max_examples=300, deadline=None, derandomize=True)
@given(SEEDS)
def test_messages_delivered_twice_and_shuffled_leave_what_they_leave_once_in_order(
    notifier: Module, seed: int
) -> None:
    notifier.FIRST_WAIT_SECONDS = 0
    bodies = [
        envelope(event(number, status=status, version=version))
        for number in range(4)
        for version, status in enumerate(("placed", "fulfilled", "failed", "cancelled"), 1)
    ]
    in_order = deliver(notifier, bodies, None)
    assert len(in_order) == len(bodies)
    assert deliver(notifier, bodies, Random(seed)) == in_order  # noqa: S311


@settings(max_examples=CASES, deadline=None, derandomize=True)
@given(queue_batches())
def test_a_malformed_message_is_reported_and_the_others_are_written(
    notifier: Module, drawn: tuple[list[Any], list[bool]]
) -> None:
    notifier._client = table = Table()
    bodies, bad = drawn
    answer = notifier.handler(queue_event(*bodies), Context())
    assert failed(answer) == [f"message-{n}" for n, is_bad in enumerate(bad) if is_bad]
    assert set(table.items) == ids(*(100 + n for n, is_bad in enumerate(bad) if not is_bad))


@settings(max_examples=CASES // 4, deadline=None, derandomize=True)
@given(no_batches("sqs_raw", "messageId"))
def test_what_is_no_event_of_a_queue_is_refused(notifier: Module, no_event: object) -> None:
    notifier._client = table = Table()
    with pytest.raises(NoBatchError, match="This is no event of an SQS queue"):
        notifier.handler(no_event, Context())
    assert table.calls == []


def test_nothing_of_a_body_is_logged(
    notifier: Module, table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    table.broken = {1}
    body = envelope(event(7))
    notifier.handler(queue_event(body, body[:-1], body.replace("EUR", "euro")), Context())
    lines = capsys.readouterr().out
    assert lines.count('"record failed"') == 3
    assert "customer-7@example.com" not in lines
    assert "euro" not in lines
