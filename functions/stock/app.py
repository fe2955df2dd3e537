"""The stock of the store: pieces are reserved for an order, or released.

The table's key is ``id``. ``sku#<sku>`` has ``available``, the pieces that nobody has reserved; an
article without an item is out of stock. ``order#<order id>#<part>`` says what an order holds, and
makes a reservation that is asked for twice one. A released one stays: a reservation that arrives
after its release, from an invocation that was given up, must not hold stock for ever.
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from msgspec import Struct

import workflow_task
from json_log import log
from order import Order

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

    Pieces = dict[str, int]

# DynamoDB takes 100 writes in a transaction; one is the order's own.
ARTICLES_IN_A_PART = 99

_client: DynamoDBClient = boto3.client(
    "dynamodb",
    config=Config(
        connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
    ),
)
_table = os.environ["TABLE_NAME"]


class Reserve(Struct, frozen=True, tag_field="task", tag="reserve"):
    """Hold the pieces of all lines, or of none."""

    order: Order


class Release(Struct, frozen=True, tag_field="task", tag="release"):
    """Give back what is held, and hold nothing for the order any more."""

    order: Order


class OutOfStockError(Exception):
    """There are too few pieces; the message names the articles."""


class ReservationReleasedError(Exception):
    """The order's reservation was released before: it comes too late."""


class StockBusyError(Exception):
    """Another order has the same articles in hand: try again."""


def handler(event: Any, context: Any) -> dict[str, int]:  # noqa: ANN401, ARG001  Lambda's own
    """Do one task of the workflow."""
    task = workflow_task.read_task(event, Reserve | Release)
    parts = parts_of(task.order)
    match task:
        case Reserve(order):
            reserve(order.id, parts)
        case Release(order):
            for number, pieces in enumerate(parts):
                release_part(_id(order.id, number), pieces)
    total = sum(sum(pieces.values()) for pieces in parts)
    log("INFO", "done", task=type(task).__struct_config__.tag, order=order.id, pieces=total)
    return {"pieces": total}


def parts_of(order: Order) -> list[Pieces]:
    """Return the pieces of each article, in parts of as many as one transaction takes."""
    pieces: Counter[str] = Counter()
    for line in order.lines:
        pieces[line.sku] += line.quantity
    left = iter(sorted(pieces.items()))
    parts = []
    while part := dict(islice(left, ARTICLES_IN_A_PART)):
        parts.append(part)
    return parts


def reserve(order_id: str, parts: list[Pieces]) -> None:
    """Hold all parts, or none."""
    for number, pieces in enumerate(parts):
        try:
            reserve_part(_id(order_id, number), pieces)
        except OutOfStockError:
            for held in range(number):
                _give_back(_id(order_id, held), parts[held], released=False)
            raise


def reserve_part(key: str, pieces: Pieces) -> None:
    """Hold the pieces of one part, once.

    Raises
    ------
    OutOfStockError, ReservationReleasedError, StockBusyError
        Nothing is held.
    """
    claim = {
        "TableName": _table,
        "Item": {"id": {"S": key}, "state": {"S": "reserved"}},
        "ConditionExpression": "attribute_not_exists(id)",
    }
    failed = _transact(
        {"Put": claim},
        *(_change(sku, -count, "available >= :least") for sku, count in pieces.items()),
    )
    if not failed:
        return
    state = _state(key)
    if state == "reserved":
        return
    if state == "released":
        raise ReservationReleasedError
    short = [sku for sku, code in zip(pieces, failed[1:], strict=True) if code == _UNMET]
    if not short:
        raise StockBusyError
    raise OutOfStockError(f"Too few pieces of {', '.join(short)}")


def release_part(key: str, pieces: Pieces) -> None:
    """Give back the pieces of one part, if they are held."""
    state = _state(key)
    if state == "reserved":
        _give_back(key, pieces, released=True)
    if state is None:
        tombstone = {"id": {"S": key}, "state": {"S": "released"}}
        try:
            _client.put_item(
                TableName=_table, Item=tombstone, ConditionExpression="attribute_not_exists(id)"
            )
        except _client.exceptions.ConditionalCheckFailedException as error:
            # A reservation has come in just now: the next try finds it.
            raise StockBusyError from error


_UNMET = "ConditionalCheckFailed"


def _give_back(key: str, pieces: Pieces, *, released: bool) -> None:
    mine: dict[str, Any] = {
        "TableName": _table,
        "Key": {"id": {"S": key}},
        "ConditionExpression": "#state = :reserved",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":reserved": {"S": "reserved"}},
    }
    if released:
        mine["UpdateExpression"] = "SET #state = :released"
        mine["ExpressionAttributeValues"][":released"] = {"S": "released"}
    own = {"Update": mine} if released else {"Delete": mine}
    if _transact(own, *(_change(sku, count) for sku, count in pieces.items())):
        raise StockBusyError


def _change(sku: str, count: int, condition: str | None = None) -> dict[str, Any]:
    update: dict[str, Any] = {
        "TableName": _table,
        "Key": {"id": {"S": f"sku#{sku}"}},
        "UpdateExpression": "ADD available :count",
        "ExpressionAttributeValues": {":count": {"N": str(count)}},
    }
    if condition is not None:
        update["ConditionExpression"] = condition
        update["ExpressionAttributeValues"][":least"] = {"N": str(-count)}
    return {"Update": update}


def _transact(*writes: Any) -> list[str]:  # noqa: ANN401  of DynamoDB's four kinds
    """Write all or nothing; return why nothing, write by write, or an empty list."""
    try:
        _client.transact_write_items(TransactItems=writes)
    except _client.exceptions.TransactionCanceledException as error:
        return [reason["Code"] for reason in error.response["CancellationReasons"]]
    return []


def _state(key: str) -> str | None:
    """Return what became of a part's reservation; None when there is none."""
    found = _client.get_item(TableName=_table, Key={"id": {"S": key}}, ConsistentRead=True)
    return found["Item"]["state"]["S"] if "Item" in found else None


def _id(order_id: str, number: int) -> str:
    return f"order#{order_id}#{number}"
