"""Customers are told what has happened to their orders: one notification an event.

What would be mailed is an item in the table of notifications. Its key is the event's id and its
content is made of the event alone. So an event that comes twice, or after a later one, leaves what
it would have left alone.
"""

from __future__ import annotations

import os
import random
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from batch import RecordFailedError, messages, process_together
from json_log import log
from order_message import read_event
from order_notification import TEXTS, text_of

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

    Item = dict[str, Any]

# BatchWriteItem takes 25 items, and may leave some when the table is busy.
MOST_ITEMS = 25
TRIES = 5
FIRST_WAIT_SECONDS = 0.05

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT_DAYS = 90
"""Longer than any queue brings an event again."""

_client: DynamoDBClient = boto3.client(
    "dynamodb",
    config=Config(
        connect_timeout=1,
        read_timeout=2,
        retries={"mode": "standard", "total_max_attempts": 2},
        # What is sent is made below: to look it through again costs more than to make it.
        parameter_validation=False,
    ),
)
_table = os.environ["TABLE_NAME"]


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001  Lambda's own
    """Write the notifications about the events in a queue's messages."""
    return process_together(messages(event), item_in, write, most=MOST_ITEMS)


def item_in(body: Any) -> Item:  # noqa: ANN401  whatever is in the place of a message's body
    """Return the notification about the event that a message holds.

    Raises
    ------
    RecordFailedError
        The message holds none, or one that customers do not hear of: that the subscription's filter
        let it pass is a mistake that somebody must see, so it ends in the dead-letter queue.
    """
    event = read_event(body)
    if event.type not in TEXTS:
        raise RecordFailedError(f"Nobody hears of {event.type}: filter the subscription by type")
    since_epoch = datetime.fromisoformat(event.occurred_at) - _EPOCH
    expires_at = (since_epoch.days + KEPT_DAYS) * 86_400 + since_epoch.seconds
    item = {
        "id": {"S": event.id},
        "order_id": {"S": event.order.id},
        "type": {"S": event.type},
        "customer": {"S": event.order.customer},
        "text": {"S": text_of(event)},
        "occurred_at": {"S": event.occurred_at},
        "expires_at": {"N": str(expires_at)},
    }
    if event.order.correlation_id is not None:
        item["correlation_id"] = {"S": event.order.correlation_id}
    return item


def write(items: list[Item]) -> dict[int, str]:
    """Write items; return the positions of those that DynamoDB left, and why."""
    # One request must not have a key twice.
    left = {item["id"]["S"]: item for item in items}
    for attempt in range(TRIES):
        if attempt:
            # Waits grow, and differ between functions that the same table made wait.
            time.sleep(FIRST_WAIT_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311
        requests: Any = [{"PutRequest": {"Item": item}} for item in left.values()]
        answer = _client.batch_write_item(RequestItems={_table: requests})
        unprocessed: Any = answer.get("UnprocessedItems", {}).get(_table, [])
        left = {
            request["PutRequest"]["Item"]["id"]["S"]: request["PutRequest"]["Item"]
            for request in unprocessed
        }
        if not left:
            break
    for item in items:
        if item["id"]["S"] not in left:
            told = {name: item[name]["S"] for name in ("correlation_id", "type") if name in item}
            log("INFO", "told", event_id=item["id"]["S"], **told)
    return {
        position: f"DynamoDB left it {TRIES} times"
        for position, item in enumerate(items)
        if item["id"]["S"] in left
    }
