"""Changes of orders become messages of SNS."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from batch import Change, NoBatchError, changes
from order import STATUSES
from order_event import event_of
from order_item import item_of
from order_message import read_event, write_event
from tests.unit.event_handlers import (
    CASES,
    SEEDS,
    Context,
    change,
    damaged,
    documented,
    event,
    failed,
    handler,
    no_batches,
    order,
    stream_event,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.event_handlers import Json, Module

TOPIC = "arn:aws:sns:eu-west-1:123456789012:shop-order-events"


class Sns:
    """Take messages, but for those of refused events; break when told to."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.taken: list[str] = []
        self.refused: set[str] = set()
        self.broken: set[int] = set()
        self.deadly: set[int] = set()

    def publish_batch(self, *, TopicArn: str, PublishBatchRequestEntries: list[Any]) -> Json:  # noqa: N803
        assert TopicArn == TOPIC
        entries = PublishBatchRequestEntries
        self.calls.append([event_id(entry) for entry in entries])
        if len(self.calls) in self.broken:
            raise ConnectionError
        if len(self.calls) in self.deadly:
            raise SystemExit
        bad = [entry for entry in entries if event_id(entry) in self.refused]
        self.taken += [event_id(entry) for entry in entries if entry not in bad]
        return {
            "Successful": [{"Id": entry["Id"]} for entry in entries if entry not in bad],
            "Failed": [{"Id": entry["Id"], "Code": "InternalError"} for entry in bad],
        }


def event_id(entry: Any) -> str:  # noqa: ANN401
    return str(entry["MessageAttributes"]["event_id"]["StringValue"])


@pytest.fixture
def publisher() -> Iterator[Module]:
    with handler("order_publisher", TOPIC_ARN=TOPIC) as module:
        yield module


@pytest.fixture
def sns(publisher: Module, monkeypatch: pytest.MonkeyPatch) -> Sns:
    stub = Sns()
    monkeypatch.setattr(publisher, "_sns", stub)
    return stub


def placed(*numbers: int) -> Json:
    return stream_event(*(change(None, order(number)) for number in numbers))


def test_subscriptions_get_the_events_that_their_filter_wants() -> None:
    with mock_aws(), handler("order_publisher", TOPIC_ARN=TOPIC) as publisher:
        sns, sqs = boto3.client("sns"), boto3.client("sqs")
        sns.create_topic(Name="shop-order-events")
        queue = sqs.create_queue(QueueName="fulfilment")["QueueUrl"]
        sns.subscribe(
            TopicArn=TOPIC,
            Protocol="sqs",
            Endpoint="arn:aws:sqs:eu-west-1:123456789012:fulfilment",
            Attributes={"FilterPolicy": json.dumps({"type": ["order.placed"]})},
        )
        answer = publisher.handler(documented("dynamodb_stream"), Context())
        got = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert failed(answer) == []
    assert [read_event(message["Body"]).type for message in got] == ["order.placed"]


def test_placing_and_changing_the_status_are_published_and_archiving_is_not(
    publisher: Module, sns: Sns
) -> None:
    assert failed(publisher.handler(documented("dynamodb_stream"), Context())) == []
    assert sns.calls == [["mfzwizltoqzwizltoqzwizltoq.1", "mfzwizltoqzwizltoqzwizltoq.2"]]


@pytest.mark.parametrize("status", STATUSES)
def test_an_event_is_the_order_as_it_became(publisher: Module, status: str) -> None:
    before = order(1, status="placed" if status != "placed" else "fulfilling")
    after = order(1, status=status, version=2)
    entry = publisher.entry_of(only_change(change(before, after)))
    assert entry["Message"] == write_event(event_of(after))
    assert entry["MessageAttributes"]["type"] == {
        "DataType": "String",
        "StringValue": f"order.{status}",
    }


def only_change(record: Json) -> Change:
    return changes(stream_event(record))[0].content


def test_a_change_of_something_else_is_not_published(publisher: Module, sns: Sns) -> None:
    after = msgspec.structs.replace(order(1, version=2), customer="new@example.com")
    assert failed(publisher.handler(stream_event(change(order(1), after)), Context())) == []
    assert sns.calls == []


def test_a_new_status_without_a_new_version_is_reported(publisher: Module, sns: Sns) -> None:
    event = stream_event(change(order(1), order(1, status="cancelled")))
    assert failed(publisher.handler(event, Context())) == ["10000"]
    assert sns.calls == []


def test_the_same_change_has_the_same_message(publisher: Module) -> None:
    once, again = (publisher.entry_of(only_change(change(None, order(1)))) for _ in range(2))
    assert once == again


def test_ten_messages_go_in_one_call(publisher: Module, sns: Sns) -> None:
    assert failed(publisher.handler(placed(*range(23)), Context())) == []
    assert [len(call) for call in sns.calls] == [10, 10, 3]
    assert sns.taken == [event(number).id for number in range(23)]


def test_a_call_has_256_kb_at_the_most(
    publisher: Module, sns: Sns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "size_of", lambda _: 100 * 1024)
    assert failed(publisher.handler(placed(*range(5)), Context())) == []
    assert [len(call) for call in sns.calls] == [2, 2, 1]


def test_the_size_of_a_message_is_that_of_its_text_and_attributes(publisher: Module) -> None:
    kind = {"DataType": "String", "StringValue": "order.placed"}
    entry = {"Id": "0", "Message": "\u00eb" * 50, "MessageAttributes": {"type": kind}}
    assert publisher.size_of(entry) == 2 * 50 + 4 + 6 + 12


def test_ten_of_the_largest_orders_fit_into_one_call(publisher: Module) -> None:
    largest = msgspec.structs.replace(
        order(1, lines=100),
        id="i" * 80,
        customer="\x00" * 254,
        lines=tuple(
            msgspec.structs.replace(line, sku="s" * 64, quantity=10_000, unit_price=100_000_000)
            for line in order(1, lines=100).lines
        ),
    )
    entry = publisher.entry_of(only_change(change(None, largest)))
    assert 10 * publisher.size_of(entry) < publisher.MOST_BYTES


def test_the_first_message_that_sns_does_not_take_is_reported(publisher: Module, sns: Sns) -> None:
    sns.refused = {event(3).id, event(5).id}
    assert failed(publisher.handler(placed(*range(8)), Context())) == ["10003"]


def test_after_a_failure_nothing_more_is_published(publisher: Module, sns: Sns) -> None:
    sns.refused = {event(12).id}
    assert failed(publisher.handler(placed(*range(30)), Context())) == ["10012"]
    assert len(sns.calls) == 2


def test_a_call_that_breaks_is_reported_from_its_first_message_on(
    publisher: Module, sns: Sns
) -> None:
    sns.broken = {2}
    assert failed(publisher.handler(placed(*range(30)), Context())) == ["10010"]
    assert len(sns.calls) == 2


def test_a_message_of_which_sns_says_nothing_is_reported(
    publisher: Module, monkeypatch: pytest.MonkeyPatch, sns: Sns
) -> None:
    monkeypatch.setattr(sns, "publish_batch", lambda **_: {"Successful": [{"Id": "0"}]})
    assert failed(publisher.handler(placed(1, 2), Context())) == ["10001"]


def test_a_function_that_is_killed_mid_batch_reports_nothing_and_the_retry_publishes_all(
    publisher: Module, sns: Sns
) -> None:
    sns.deadly = {2}
    with pytest.raises(SystemExit):
        publisher.handler(placed(*range(15)), Context())
    assert failed(publisher.handler(placed(*range(15)), Context())) == []
    assert set(sns.taken) == {event(number).id for number in range(15)}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.integers(1, 25), SEEDS)
def test_retries_from_the_reported_change_on_publish_all(
    shared_publisher: Module, size: int, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311
    shared_publisher._sns = sns = Sns()
    records = placed(*range(size))["Records"]
    wanted = {event(number).id for number in range(size)}
    while records:
        sns.refused = set(chance.sample(sorted(wanted), chance.randint(0, min(2, size))))
        sns.broken = {len(sns.calls) + 1} if chance.random() < 0.2 else set()
        first = failed(shared_publisher.handler({"Records": records}, Context()))
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        records = records[numbers.index(first[0]) :] if first else []
    assert set(sns.taken) == wanted


WHOLE = {name: value for name, value in item_of(order(1)).items() if name != "created_key"}


malformed_changes = st.one_of(
    st.sampled_from([None, 5, "", [], {}, "insert", "REMOVED"]).map(
        lambda name: change(None, order(1)) | {"eventName": name}
    ),
    st.one_of(
        damaged(WHOLE),
        st.sampled_from([None, 5, "", [], {}]),
        st.sampled_from(["created_at", "status", "lines", "id"]).map(
            lambda name: WHOLE | {name: {"S": "\ud800"}}
        ),
        st.just(WHOLE | {"status": {"S": "lost"}}),
    ).map(lambda image: change(None, order(1)) | {"dynamodb": {"NewImage": image}}),
    damaged({"status": {"S": "placed"}, "version": {"N": "1"}}).map(
        lambda state: {
            **change(order(1), order(1)),
            "dynamodb": {
                "OldImage": {k: v for k, v in WHOLE.items() if k not in ("status", "version")}
                | state,
                "NewImage": item_of(order(1, status="fulfilling", version=2)),
            },
        }
    ),
)


@pytest.fixture(scope="module")
def shared_publisher() -> Iterator[Module]:
    with handler("order_publisher", TOPIC_ARN=TOPIC) as module:
        yield module


@settings(max_examples=CASES, deadline=None, derandomize=True)
@given(st.lists(st.none() | malformed_changes, min_size=1, max_size=3).filter(any))
def test_a_malformed_change_is_reported_and_those_before_it_are_published(
    shared_publisher: Module, drawn: list[Json | None]
) -> None:
    shared_publisher._sns = sns = Sns()
    records = [one or change(None, order(n)) for n, one in enumerate(drawn)]
    first = next(n for n, one in enumerate(drawn) if one)
    answer = shared_publisher.handler(stream_event(*records), Context())
    assert failed(answer) == [str(10_000 + first)]
    assert sns.taken == [event(n).id for n in range(first)]


@settings(max_examples=CASES // 4, deadline=None, derandomize=True)
@given(no_batches("dynamodb_stream", "dynamodb", "SequenceNumber"))
def test_what_is_no_event_of_a_stream_is_refused(
    shared_publisher: Module, no_event: object
) -> None:
    shared_publisher._sns = sns = Sns()
    with pytest.raises(NoBatchError, match="This is no event of a DynamoDB stream"):
        shared_publisher.handler(no_event, Context())
    assert sns.calls == []


def test_a_message_and_its_log_line_carry_the_id_of_the_request(
    publisher: Module, sns: Sns, capsys: pytest.CaptureFixture[str]
) -> None:
    known = msgspec.structs.replace(order(1), correlation_id="request-1")
    event_with, event_without = stream_event(change(None, known), change(None, order(2)))["Records"]
    entries = [
        publisher.entry_of(each.content)
        for each in changes({"Records": [event_with, event_without]})
    ]
    found = [entry["MessageAttributes"].get("correlation_id") for entry in entries]
    assert found == [{"DataType": "String", "StringValue": "request-1"}, None]
    publisher.publish(entries)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("correlation_id") for line in lines] == ["request-1", None]
    assert [line["event_id"] for line in lines] == sns.taken
