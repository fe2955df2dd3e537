"""Events: one effect each, whatever is killed, doubled, shuffled, broken or poisoned on the way."""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.faults import faulty
from tests.e2e.order_events import all_notified, keep, notified, some_orders
from tools.order_service.orders import ORDER, TEA
from tools.paths import ROOT
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tools.order_service.service import Service

SEED = 20261125
# With SEED + 2 the first invocation fails already, however few there are.
TEXT = "order.cancelled"


def events_of(items: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return type and text of the events that `order_publisher` makes of new orders."""
    return [
        (
            f"order.{item['status']['S']}",
            json.dumps(
                {
                    "id": f"{item['id']['S']}.1",
                    "type": f"order.{item['status']['S']}",
                    "occurred_at": item["updated_at"]["S"],
                    "order": order_in(item),
                }
            ),
        )
        for item in items
    ]


def order_in(item: dict[str, Any]) -> dict[str, Any]:
    """Return the order that an item is, as JSON has it."""
    names = ("id", "customer", "currency", "status", "created_at", "updated_at")
    return (
        {name: item[name]["S"] for name in names}
        | {name: int(item[name]["N"]) for name in ("total", "version")}
        | {"lines": ORDER["lines"]}
    )


def publish(service: Service, events: Iterable[tuple[str, str]]) -> None:
    """Send events to the topic, as `order_publisher` does."""
    sns, topic = service.client("sns"), service.outputs["topic_arn"]
    for kind, text in events:
        sns.publish(
            TopicArn=topic,
            Message=text,
            MessageAttributes={"type": {"DataType": "String", "StringValue": kind}},
        )


@pytest.fixture
def mark() -> str:
    """What the orders of one test begin with."""
    return f"t{secrets.token_hex(4)}"


@pytest.fixture
def soon(service: Service) -> Iterator[None]:
    """Both queues bring failed messages again after a second."""
    with service.soon_again("tell"), service.soon_again("fulfil"):
        yield


def test_an_order_that_was_kept_is_published_although_the_function_died(
    service: Service, mark: str
) -> None:
    # What `orders_api` leaves behind when it dies after its write: the item, and nothing else.
    items = some_orders(1, mark)
    keep(service, items)
    all_notified(service, items, mark)


def test_events_that_nobody_asked_for_reach_nobody(service: Service, mark: str) -> None:
    silent, told = some_orders(1, f"{mark}s", "fulfilling"), some_orders(1, mark)
    keep(service, silent + told)
    all_notified(service, told, mark)
    assert notified(service, f"{mark}s") == []


def test_every_event_twice_and_shuffled_has_one_effect(service: Service, mark: str) -> None:
    service.stock_up(TEA, 1000)
    items = some_orders(20, mark, "placed")
    keep(service, items)
    twice = events_of(items) * 2
    random.Random(SEED).shuffle(twice)  # noqa: S311  a fixed order, no secret
    publish(service, twice)
    all_notified_placed(service, items, mark)
    for item in items:
        order_id = item["id"]["S"]
        service.executed(order_id)
        assert service.payment(order_id) == "charged"
        held = service.item("stock", f"order#{order_id}#0")
        assert held is not None
        assert held["state"]["S"] == "reserved"
    assert executions(service, mark) == len(items)


def all_notified_placed(service: Service, items: list[dict[str, Any]], mark: str) -> None:
    """Wait until the customer of each order was told that it was placed, once."""
    wanted = sorted(item["id"]["S"] for item in items)

    def placed() -> bool:
        texts = [service.item("notifications", f"{order_id}.1") for order_id in wanted]
        return all(text is not None for text in texts)

    until("all notifications", placed, seconds=90)
    assert set(notified(service, mark)) == set(wanted)


def executions(service: Service, mark: str) -> int:
    """Return how many executions a run's orders have."""
    pages = (
        service.server.client("stepfunctions")
        .get_paginator("list_executions")
        .paginate(stateMachineArn=service.outputs["workflow"]["arn"])
    )
    names = [execution["name"] for page in pages for execution in page["executions"]]
    return sum(name.startswith(f"{mark}-") for name in names)


@pytest.mark.usefixtures("soon")
def test_a_publisher_that_is_killed_in_the_middle_of_a_batch_loses_nothing(
    service: Service, mark: str, tmp_path: Path
) -> None:
    items = some_orders(60, mark)
    with faulty(
        service, "order_publisher", "killed",
        operation="PublishBatch", after_calls=2, deaths=3, folder=str(tmp_path),
    ):  # fmt: skip
        keep(service, items)
        all_notified(service, items, mark)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.usefixtures("soon")
def test_a_notifier_that_is_killed_before_it_answers_doubles_nothing(
    service: Service, mark: str, tmp_path: Path
) -> None:
    items = some_orders(60, mark)
    with faulty(
        service, "order_notifier", "killed",
        operation="BatchWriteItem", after_calls=1, deaths=3, folder=str(tmp_path),
    ):  # fmt: skip
        keep(service, items)
        all_notified(service, items, mark)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.usefixtures("soon")
def test_a_starter_that_is_killed_in_the_middle_of_a_batch_starts_each_once(
    service: Service, mark: str, tmp_path: Path
) -> None:
    service.stock_up(TEA, 1000)
    items = some_orders(20, mark, "placed")
    with faulty(
        service, "fulfilment_starter", "killed",
        operation="StartExecution", after_calls=2, deaths=2, folder=str(tmp_path),
    ):  # fmt: skip
        keep(service, items)
        for item in items:
            service.executed(item["id"]["S"])
    assert executions(service, mark) == len(items)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("function", ["order_publisher", "order_notifier"])
def test_of_invocations_that_fail_one_in_five_nothing_is_lost(
    service: Service, mark: str, tmp_path: Path, function: str
) -> None:
    items = some_orders(200, mark)
    with faulty(service, function, "one_in_five", seed=SEED + 2, folder=str(tmp_path)):
        keep(service, items)
        all_notified(service, items, mark)
    assert list(tmp_path.glob("failed-*"))


BROKEN = {
    "no JSON": "no JSON at all",
    "no envelope": json.dumps({"Type": "SubscriptionConfirmation", "Message": "{}"}),
    "an envelope without an event": json.dumps({"Type": "Notification", "Message": "hello"}),
    "an event of nothing": json.dumps({"Type": "Notification", "Message": json.dumps({})}),
    "an empty list": "[]",
}


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("queue", ["fulfil", "tell"])
def test_broken_messages_end_in_the_dead_letter_queue_and_leave_the_others_alone(
    service: Service, mark: str, queue: str
) -> None:
    sqs, urls = service.client("sqs"), service.outputs["queues"][queue]
    service.stock_up(TEA, 100)
    good = some_orders(3, mark, "placed")
    bodies = [f"{body} {mark}" if body.startswith("no JSON") else body for body in BROKEN.values()]
    before = service.depth(urls["dlq_url"])
    for body in bodies:
        sqs.send_message(QueueUrl=urls["url"], MessageBody=body)
    keep(service, good)
    until(
        "the broken messages in the dead-letter queue",
        lambda: service.depth(urls["dlq_url"]) == before + len(bodies),
        seconds=60,
    )
    all_notified_placed(service, good, mark)
    for item in good:
        service.executed(item["id"]["S"])
    drain(service, urls["dlq_url"])


def drain(service: Service, url: str) -> list[str]:
    """Take everything out of a queue; return the messages."""
    sqs, bodies = service.client("sqs"), []
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0
    ).get("Messages"):
        for message in messages:
            bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


@pytest.mark.usefixtures("soon")
def test_what_failed_while_a_permission_was_missing_is_brought_back_by_make_redrive(
    service: Service, mark: str
) -> None:
    queue = service.outputs["queues"]["tell"]
    drain(service, queue["dlq_url"])
    items = some_orders(12, mark)
    with service.without_permission("order_notifier", "dynamodb:BatchWriteItem"):
        keep(service, items)
        until("all given up", lambda: service.depth(queue["dlq_url"]) == len(items), seconds=60)
    assert notified(service, mark) == []
    done = subprocess.run(
        [sys.executable, "-m", "tools.operations.redrive", queue["name"]],
        cwd=ROOT,
        env=os.environ | {"AWS": "local", "LOCAL_AWS_HOME": str(service.server.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"{len(items)} moved" in done.stdout
    all_notified(service, items, mark)
