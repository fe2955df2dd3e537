"""The outbox's other end: what the orders table's stream says has happened is published to SNS.

An order and its event are one write: the stream has every change for a day, and what cannot be
published comes again. Consumers may get an event twice; its id is always the same.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from batch import Change, RecordFailedError, changes, process_together
from json_log import log
from order import STATUSES
from order_event import OrderEvent, event_of
from order_item import order_of
from order_message import read_event, write_event

if TYPE_CHECKING:
    from types_boto3_sns.client import SNSClient
    from types_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef as Entry

# PublishBatch takes ten messages that have 256 KB together, attributes included.
MOST_ENTRIES = 10
MOST_BYTES = 256 * 1024

# Three tries end before 12 s. After the first call that fails the stream comes again from there, so
# the function needs no more time than for one of them.
_sns: SNSClient = boto3.client(
    "sns",
    config=Config(
        connect_timeout=1,
        read_timeout=2,
        retries={"mode": "standard", "total_max_attempts": 3},
        # What is sent is made below: to look it through again costs more than to make it.
        parameter_validation=False,
    ),
)
_topic = os.environ["TOPIC_ARN"]


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001  Lambda's own
    """Publish what has happened to orders; report the first change that could not be published."""
    return process_together(
        changes(event), entry_of, publish, most=MOST_ENTRIES, size=size_of, most_size=MOST_BYTES
    )


def entry_of(change: Change) -> Entry | None:
    """Return the message about a change, or None when no order has got another status.

    Raises
    ------
    RecordFailedError
        The change is none of an order, or of one that consumers could not read.
    """
    happened = event_in(change)
    if happened is None:
        return None
    text = write_event(happened)
    read_event(text)
    # Subscriptions filter by the type.
    attributes = {"type": happened.type, "event_id": happened.id}
    if happened.order.correlation_id is not None:
        attributes["correlation_id"] = happened.order.correlation_id
    return {
        "Id": "",
        "Message": text,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }


def event_in(change: Change) -> OrderEvent | None:
    """Return what has happened to an order, or None when its status is what it was.

    Raises
    ------
    RecordFailedError
        The change is none of an order.
    """
    if change.event_name == "REMOVE":
        return None  # archived
    if change.event_name not in ("INSERT", "MODIFY"):
        raise RecordFailedError("eventName is none of INSERT, MODIFY and REMOVE")
    try:
        order = order_of(change.new_image)
        if change.event_name == "INSERT":
            return event_of(order)
        status, version = _state(change.old_image)
    except (KeyError, TypeError, ValueError) as error:
        raise RecordFailedError("An image of the change is no order") from error
    if status == order.status:
        return None
    if version >= order.version:
        raise RecordFailedError(
            f"The status changed, but the version went from {version} to {order.version}: "
            "count it up with each change, else two events have one id"
        )
    return event_of(order)


def _state(item: dict[str, Any]) -> tuple[str, int]:
    status, version = item["status"]["S"], int(item["version"]["N"], 10)
    if status not in STATUSES:
        raise ValueError(status)
    return status, version


def publish(entries: list[Entry]) -> dict[int, str]:
    """Publish messages; return the positions of those that SNS did not take, and why."""
    for position, entry in enumerate(entries):
        entry["Id"] = str(position)
    answer = _sns.publish_batch(TopicArn=_topic, PublishBatchRequestEntries=entries)
    taken = {entry["Id"] for entry in answer.get("Successful", [])}
    why = {entry["Id"]: entry["Code"] for entry in answer.get("Failed", [])}
    for entry in entries:
        if entry["Id"] in taken:
            told = {name: each["StringValue"] for name, each in entry["MessageAttributes"].items()}
            log("INFO", "published", **told)
    return {
        position: f"SNS did not take it: {why.get(entry['Id'], 'not said why')}"
        for position, entry in enumerate(entries)
        if entry["Id"] not in taken
    }


def size_of(entry: Entry) -> int:
    """Return the bytes of a message that SNS counts."""
    return len(entry["Message"].encode()) + sum(
        len(name) + len(value["DataType"]) + len(value["StringValue"])
        for name, value in entry["MessageAttributes"].items()
    )
