"""Orders in DynamoDB. Every write is one conditional request, so no update is lost.

The table's key is ``id``; its index ``by_status`` has ``status`` and ``created_key``, the time of
creation and the id, which orders all orders in time.
"""

from __future__ import annotations

import os
from random import random
from time import sleep
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from json_log import log
from order import CANCELLED, STATUSES, Order, OrderLine, WrongTransitionError, statuses_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from types_boto3_dynamodb.client import DynamoDBClient

    Item = dict[str, Any]

# DynamoDB answers within milliseconds. Three tries of two seconds end before the function's own
# timeout of ten, so that a client hears of trouble in words.
_client: DynamoDBClient = boto3.client(
    "dynamodb",
    config=Config(
        connect_timeout=1,
        read_timeout=2,
        retries={"mode": "standard", "total_max_attempts": 3},
        # What is sent is made below and typed. To look it through again costs more than the rest.
        parameter_validation=False,
    ),
)
_table = os.environ["TABLE_NAME"]

_BUSY = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "InternalServerError",
}

MAX_MANY = 100
"""Orders in one request: what DynamoDB takes in a transaction."""
# Why a transaction was cancelled, for each of its writes: what passes, and what passes in time.
_WAITED_FOR = {"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"}
_PASSING = _WAITED_FOR | {"None", "ConditionalCheckFailed"}
# Seconds after each try, about three in all.
_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)


class UnknownOrderError(Exception):
    """There is no order with this id."""


class KeyReusedError(Exception):
    """The idempotency key was used for another order."""


class TableBusyError(Exception):
    """DynamoDB turned the request away for now, or did not answer in time."""


def add(order: Order, request_hash: str) -> tuple[Order, bool]:
    """Keep a new order, once.

    Parameters
    ----------
    order
        The order. One that was made with an idempotency key has an id that the key determines.
    request_hash
        Tells requests apart that ask for different orders.

    Returns
    -------
    tuple of Order and bool
        The order that is kept now, and whether it is this one.

    Raises
    ------
    KeyReusedError
        Another order is kept under this id.
    """
    item = _item_of(order) | {"request_hash": {"S": request_hash}}
    _, kept = _write("put_item", Item=item, ConditionExpression="attribute_not_exists(id)")
    if kept is None:
        return order, True
    if kept["request_hash"]["S"] != request_hash:
        raise KeyReusedError
    return _order_of(kept), False


def add_many(orders: Sequence[tuple[Order, str]]) -> int:
    """Keep new orders that were made elsewhere, each once and all at the same time.

    An order that is kept already stays as it is, whatever has become of it since.

    Parameters
    ----------
    orders
        At most `MAX_MANY` orders, each with its sender's reference. The id of each is determined
        by where it comes from, so that it is the same each time.

    Returns
    -------
    int
        How many of them are new.

    Raises
    ------
    TableBusyError
        DynamoDB turned them away for now. None is kept.
    """
    pending = [
        {
            "Put": {
                "TableName": _table,
                "Item": _item_of(order) | {"reference": {"S": reference}},
                "ConditionExpression": "attribute_not_exists(id)",
            }
        }
        for order, reference in orders
    ]
    for wait in _WAITS:
        if not pending:
            break
        try:
            _call("transact_write_items", TransactItems=pending)
        except _client.exceptions.TransactionCanceledException as error:
            reasons = [reason.get("Code") for reason in error.response["CancellationReasons"]]
            if not _PASSING.issuperset(reasons):
                raise
            pending = [
                put
                for put, reason in zip(pending, reasons, strict=True)
                if reason != "ConditionalCheckFailed"
            ]
            if not _WAITED_FOR.isdisjoint(reasons):
                # Somebody else writes the same orders at this moment: not in step with us again.
                sleep(wait * (0.5 + random()))  # noqa: S311  no secret
        else:
            return len(pending)
    if pending:
        raise TableBusyError
    return 0


def known(order_ids: Sequence[str]) -> set[str]:
    """Return which of at most `MAX_MANY` orders are kept, as far as one cheap request can tell."""
    answer = _call(
        "batch_get_item",
        RequestItems={
            _table: {
                "Keys": [{"id": {"S": order_id}} for order_id in order_ids],
                "ProjectionExpression": "id",
            }
        },
    )
    return {item["id"]["S"] for item in answer["Responses"].get(_table, [])}


def get(order_id: str) -> Order:
    """Return the order `order_id` as it is now.

    Raises
    ------
    UnknownOrderError
        There is none.
    """
    found = _call(
        "get_item", TableName=_table, Key={"id": {"S": order_id}}, ConsistentRead=True
    ).get("Item")
    if found is None:
        raise UnknownOrderError(order_id)
    return _order_of(found)


def cancel(order_id: str, *, at: str) -> Order:
    """Cancel the order `order_id`, if its status allows it at that very moment.

    Raises
    ------
    UnknownOrderError
        There is no such order.
    WrongTransitionError
        Its status does not allow it.
    """
    before = {f":from{n}": {"S": status} for n, status in enumerate(statuses_before(CANCELLED))}
    done, kept = _write(
        "update_item",
        Key={"id": {"S": order_id}},
        UpdateExpression="SET #status = :to, updated_at = :at ADD #version :one",
        ConditionExpression=f"#status IN ({', '.join(before)})",
        ExpressionAttributeNames={"#status": "status", "#version": "version"},
        ExpressionAttributeValues=before
        | {":to": {"S": CANCELLED}, ":at": {"S": at}, ":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )
    if kept is None:
        return _order_of(done["Attributes"])
    if not kept:
        raise UnknownOrderError(order_id)
    raise WrongTransitionError(kept["status"]["S"], CANCELLED)


def newest(status: str | None, *, limit: int, before: str | None) -> tuple[list[Order], str | None]:
    """Return a page of orders, the newest first.

    Parameters
    ----------
    status
        Only orders of this status; None for all.
    limit
        How many at the most.
    before
        Only orders older than the one with this ``created_key``; None from the newest on.

    Returns
    -------
    tuple of list and str or None
        The orders, and the ``created_key`` of the last one when there are more.
    """
    found: dict[str, Item] = {}
    for wanted in STATUSES if status is None else (status,):
        for item in _query(wanted, limit + 1, before):
            # An order whose status changes between two queries is found by both.
            at = item["created_key"]["S"]
            found[at] = max(found.get(at, item), item, key=lambda item: int(item["version"]["N"]))
    newest_first = sorted(found, reverse=True)
    page = newest_first[:limit]
    more = page[-1] if len(newest_first) > limit else None
    return [_order_of(found[at]) for at in page], more


def _query(status: str, limit: int, before: str | None) -> list[Item]:
    condition, values = "#status = :status", {":status": {"S": status}}
    if before is not None:
        condition += " AND created_key < :before"
        values[":before"] = {"S": before}
    request: dict[str, Any] = {
        "TableName": _table,
        "IndexName": "by_status",
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": values,
        "ScanIndexForward": False,
    }
    items: list[Item] = []
    while True:
        answer = _call("query", Limit=limit - len(items), **request)
        items += answer["Items"]
        # A page ends at 1 MB, which may be before the limit.
        if len(items) >= limit or "LastEvaluatedKey" not in answer:
            return items
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _write(operation: str, **request: Any) -> tuple[Item, Item | None]:  # noqa: ANN401  its own
    """Write; return the answer, and what is kept when the condition fails ({} for nothing)."""
    try:
        done = _call(
            operation, TableName=_table, ReturnValuesOnConditionCheckFailure="ALL_OLD", **request
        )
    except _client.exceptions.ConditionalCheckFailedException as error:
        return {}, cast("Item", error.response.get("Item", {}))
    return done, None


def _call(operation: str, **request: Any) -> Item:  # noqa: ANN401  the operation's own
    try:
        return dict(getattr(_client, operation)(**request))
    except (ClientError, HTTPClientError, NoConnectionError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
        if code and code not in _BUSY:
            raise
        log("WARN", "table busy", operation=operation, reason=code or type(error).__name__)
        raise TableBusyError from error


def _item_of(order: Order) -> Item:
    return {
        "id": {"S": order.id},
        "customer": {"S": order.customer},
        "currency": {"S": order.currency},
        "lines": {
            "L": [
                {
                    "M": {
                        "sku": {"S": line.sku},
                        "quantity": {"N": str(line.quantity)},
                        "unit_price": {"N": str(line.unit_price)},
                    }
                }
                for line in order.lines
            ]
        },
        "total": {"N": str(order.total)},
        "status": {"S": order.status},
        "version": {"N": str(order.version)},
        "created_at": {"S": order.created_at},
        "updated_at": {"S": order.updated_at},
        "created_key": {"S": f"{order.created_at}#{order.id}"},
    }


def _order_of(item: Item) -> Order:
    return Order(
        id=item["id"]["S"],
        customer=item["customer"]["S"],
        currency=item["currency"]["S"],
        lines=tuple(
            OrderLine(
                sku=line["M"]["sku"]["S"],
                quantity=int(line["M"]["quantity"]["N"]),
                unit_price=int(line["M"]["unit_price"]["N"]),
            )
            for line in item["lines"]["L"]
        ),
        total=int(item["total"]["N"]),
        status=item["status"]["S"],
        version=int(item["version"]["N"]),
        created_at=item["created_at"]["S"],
        updated_at=item["updated_at"]["S"],
    )
