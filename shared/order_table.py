"""Orders in DynamoDB. Every write is one conditional request, so no update is lost.

The table's key is ``id``; its index ``by_status`` has ``status`` and ``created_key``, the time of
creation and the id, which orders all orders in time.
"""

from __future__ import annotations

import os
import re
from random import random
from time import sleep
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from json_log import log
from order import (
    AWAITING_APPROVAL,
    CANCELLED,
    FULFILLING,
    STATUSES,
    WrongTransitionError,
    statuses_before,
)
from order_item import brief_order_of, item_of, order_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from types_boto3_dynamodb.client import DynamoDBClient

    from order import BriefOrder, Order

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
_RESERVED = re.compile(r"#(\w+)")

_BUSY = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    # An earlier try, whose answer did not come in time, is still at work.
    "TransactionInProgressException",
    "InternalServerError",
}

MAX_MANY = 100
"""Orders in one request: what DynamoDB takes in a transaction."""
PAGE = 200
"""Orders that a query reads at once where it reads many, so that they take little memory."""
BRIEF_PAGE = 500
"""Orders that a query reads at once in brief, each a quarter as long to read."""
_BRIEFLY: dict[str, Any] = {
    "ExpressionAttributeNames": {name: name[1:] for name in ("#status", "#total", "#version")},
    "Limit": BRIEF_PAGE,
    "ProjectionExpression": "id, created_at, currency, #status, #total, #version",
}
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


class NotAwaitingApprovalError(Exception):
    """The order waits for no approval; the message says what it does."""


class ShippingClosedError(Exception):
    """Nothing may be shipped for the order: it is not being fulfilled, or was recalled."""


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
    item = item_of(order) | {"request_hash": {"S": request_hash}}
    _, kept = _write("put_item", Item=item, ConditionExpression="attribute_not_exists(id)")
    if kept is None:
        return order, True
    if kept["request_hash"]["S"] != request_hash:
        raise KeyReusedError
    return order_of(kept), False


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
                "Item": item_of(order) | {"reference": {"S": reference}},
                "ConditionExpression": "attribute_not_exists(id)",
            }
        }
        for order, reference in orders
    ]
    return _transact(pending)


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
    return order_of(_item(order_id))


def become(order_id: str, wanted: str, *, at: str, before: tuple[str, ...] = ()) -> Order:
    """Give the order `order_id` the status `wanted`, if its own allows it at that very moment.

    Parameters
    ----------
    order_id
        Which order.
    wanted
        What it is to become.
    at
        Now, as ISO 8601 in UTC with microseconds.
    before
        The statuses from which it may; empty for all that the order's life knows.

    Raises
    ------
    UnknownOrderError
        There is no such order.
    WrongTransitionError
        Its status does not allow it.
    """
    return order_of(_become(order_id, wanted, at, before))


def cancel(order_id: str, *, at: str) -> tuple[Order, str | None]:
    """Cancel the order `order_id`, if its status allows it at that very moment.

    Returns
    -------
    tuple of Order and str or None
        The order, and the token of the approval that it was waiting for.

    Raises
    ------
    UnknownOrderError
        There is no such order.
    WrongTransitionError
        Its status does not allow it.
    """
    kept = _become(order_id, CANCELLED, at)
    # A token is written when a workflow asks for approval, and from there on an order can be
    # cancelled only while it waits.
    return order_of(kept), kept.get("approval_token", {}).get("S")


def ask_approval(order_id: str, token: str, *, at: str) -> None:
    """Let the order `order_id` wait for an approval, which `token` answers; the last token counts.

    Raises
    ------
    UnknownOrderError
        There is no such order.
    WrongTransitionError
        It is not being fulfilled.
    """
    # The token first: whoever sees the order waiting can answer.
    _, kept = _update(
        order_id,
        "SET approval_token = :token",
        during=(FULFILLING, AWAITING_APPROVAL),
        values={":token": {"S": token}},
    )
    if kept is not None:
        raise _refused(order_id, kept, AWAITING_APPROVAL)
    if get(order_id).status == FULFILLING:
        _become(order_id, AWAITING_APPROVAL, at)


def approval(order_id: str) -> tuple[Order, str]:
    """Return the order `order_id` and the token that answers the approval it waits for.

    Raises
    ------
    UnknownOrderError
        There is no such order.
    NotAwaitingApprovalError
        It waits for none.
    """
    found = _item(order_id)
    if found["status"]["S"] != AWAITING_APPROVAL or "approval_token" not in found:
        raise NotAwaitingApprovalError(
            f"An order that is {found['status']['S']} waits for no approval"
        )
    return order_of(found), found["approval_token"]["S"]


def ship(order_id: str, line: int) -> None:
    """Note that line `line` of the order `order_id` is on its way, once or again.

    Raises
    ------
    UnknownOrderError
        There is no such order.
    ShippingClosedError
        Nothing may be shipped for it.
    """
    _, kept = _update(
        order_id,
        "ADD shipped_lines :line",
        during=(FULFILLING,),
        values={":line": {"NS": [str(line)]}},
        unless="recalled_at",
    )
    if kept is None:
        return
    if not kept:
        raise UnknownOrderError(order_id)
    raise ShippingClosedError


def recall(order_id: str, *, at: str) -> None:
    """Recall what is shipped of the order `order_id`, and close it for what comes late.

    Raises
    ------
    UnknownOrderError
        There is no such order.
    ShippingClosedError
        It is not being fulfilled.
    """
    _, kept = _update(
        order_id,
        "SET recalled_at = :at REMOVE shipped_lines",
        during=(FULFILLING,),
        values={":at": {"S": at}},
    )
    if kept is None:
        return
    if not kept:
        raise UnknownOrderError(order_id)
    raise ShippingClosedError


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
    return [order_of(found[at]) for at in page], more


def _item(order_id: str) -> Item:
    found: Item | None = _call(
        "get_item", TableName=_table, Key={"id": {"S": order_id}}, ConsistentRead=True
    ).get("Item")
    if found is None:
        raise UnknownOrderError(order_id)
    return found


def _become(order_id: str, wanted: str, at: str, before: tuple[str, ...] = ()) -> Item:
    item, kept = _update(
        order_id,
        "SET #status = :to, updated_at = :at ADD #version :one",
        during=before or statuses_before(wanted),
        values={":to": {"S": wanted}, ":at": {"S": at}, ":one": {"N": "1"}},
    )
    if kept is not None:
        raise _refused(order_id, kept, wanted)
    return item


def _refused(order_id: str, kept: Item, wanted: str) -> UnknownOrderError | WrongTransitionError:
    if not kept:
        return UnknownOrderError(order_id)
    return WrongTransitionError(kept["status"]["S"], wanted)


def _update(
    order_id: str,
    change: str,
    *,
    during: tuple[str, ...],
    values: Item,
    unless: str | None = None,
) -> tuple[Item, Item | None]:
    """Change an order while its status is one of `during`; return it, and see `_write`."""
    statuses = {f":from{n}": {"S": status} for n, status in enumerate(during)}
    condition = f"#status IN ({', '.join(statuses)})"
    if unless is not None:
        condition += f" AND attribute_not_exists({unless})"
    done, kept = _write(
        "update_item",
        Key={"id": {"S": order_id}},
        UpdateExpression=change,
        ConditionExpression=condition,
        # Names that DynamoDB reserves are written with a # before them.
        ExpressionAttributeNames={f"#{n}": n for n in _RESERVED.findall(change + condition)},
        ExpressionAttributeValues=statuses | values,
        ReturnValues="ALL_NEW",
    )
    return done.get("Attributes", {}), kept


def created_between(
    status: str, first: str, end: str, *, page_size: int | None = None
) -> Iterator[Order]:
    """Yield the orders of one status that were created in a span, the oldest first.

    Parameters
    ----------
    status
        What they are, as the index has it: it follows the table within moments.
    first, end
        Begin of the span, and the moment after it, as ``created_at``.
    page_size
        How many orders one request reads at the most; None for `PAGE`.
    """
    for page, _ in _pages(status, first, end, Limit=page_size or PAGE):
        yield from map(order_of, page)


def briefly_created_between(status: str, first: str, end: str) -> Iterator[BriefOrder]:
    """Yield in brief what `created_between` yields."""
    for page, _ in _pages(status, first, end, **_BRIEFLY):
        yield from map(brief_order_of, page)


def first_created_between(status: str, first: str, end: str) -> tuple[list[BriefOrder], str | None]:
    """Return the oldest orders of one status between two places in the index, as one request can.

    Parameters
    ----------
    status
        What they are, as the index has it: it follows the table within moments.
    first, end
        Both ends, which are in: each a ``created_key`` or a part of one.

    Returns
    -------
    tuple of list and str or None
        The orders, and the ``created_key`` of the last one when there may be more.
    """
    page, last = next(_pages(status, first, end, **_BRIEFLY))
    return [brief_order_of(item) for item in page], last


def created_key(order: BriefOrder) -> str:
    """Return where an order is in the index."""
    return f"{order.created_at}#{order.id}"


def _pages(
    status: str,
    first: str,
    end: str,
    **how: Any,  # noqa: ANN401  the operation's own
) -> Iterator[tuple[list[Item], str | None]]:
    """Yield pages of items, each with the ``created_key`` of its last when there may be more."""
    request: dict[str, Any] = {
        "TableName": _table,
        "IndexName": "by_status",
        # BETWEEN takes both ends. A moment alone comes before "moment#id", so none of it is in.
        "KeyConditionExpression": "#status = :status AND created_key BETWEEN :first AND :end",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":status": {"S": status},
            ":first": {"S": first},
            ":end": {"S": end},
        },
        **how,
    }
    while True:
        answer = _call("query", **request)
        last = answer.get("LastEvaluatedKey")
        yield answer["Items"], None if last is None else last["created_key"]["S"]
        if last is None:
            return
        request["ExclusiveStartKey"] = last


def remove_many(orders: Sequence[BriefOrder]) -> int:
    """Remove orders, each unless it changed; return how many are gone now.

    Parameters
    ----------
    orders
        At most `MAX_MANY` orders as they were read.

    Raises
    ------
    TableBusyError
        DynamoDB turned them away for now. None of those that are left is removed.
    """
    return _transact([
        {
            "Delete": {
                "TableName": _table,
                "Key": {"id": {"S": order.id}},
                # Another run may have removed it by now.
                "ConditionExpression": "attribute_not_exists(id) OR #version = :version",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {":version": {"N": str(order.version)}},
            }
        }
        for order in orders
    ])  # fmt: skip


def _transact(pending: list[dict[str, Any]]) -> int:
    """Write all whose conditions hold, in one transaction; return how many these are.

    Parameters
    ----------
    pending
        At most `MAX_MANY` writes, each with a condition.

    Raises
    ------
    TableBusyError
        DynamoDB turned them away for now, or cannot tell: whoever asks again loses nothing.
    """
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
                write
                for write, reason in zip(pending, reasons, strict=True)
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
