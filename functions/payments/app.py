"""Payments for orders: a table that stands for the payment provider, and behaves as one.

The table's key is ``id``, the order's id, which is the provider's idempotency key: an order is
charged once and refunded once, however often it is asked for. A refund of what was never charged
leaves the payment void: a charge that arrives after it, from an invocation that was given up, must
not take money. Amounts are in minor units.

As with a provider's test cards, the customer decides what happens: the card of an address whose
local part ends with ``+declined`` (``ada+declined@example.com``) is declined.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from msgspec import Struct

import workflow_task
from json_log import log
from metrics import count
from order import Order
from timestamp import now as _now

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

CHARGED, REFUNDED, VOID = "charged", "refunded", "void"

_client: DynamoDBClient = boto3.client(
    "dynamodb",
    config=Config(
        connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
    ),
)
_table = os.environ["TABLE_NAME"]


class Charge(Struct, frozen=True, tag_field="task", tag="charge"):
    """Take what the order costs."""

    order: Order


class Refund(Struct, frozen=True, tag_field="task", tag="refund"):
    """Give back what was taken, and take nothing for the order any more."""

    order: Order


class PaymentDeclinedError(Exception):
    """The customer's card is declined."""


class PaymentVoidError(Exception):
    """The payment was refunded or given up before: the charge comes too late."""


def handler(event: Any, context: Any) -> dict[str, str]:  # noqa: ANN401, ARG001  Lambda's own
    """Do one task of the workflow."""
    task = workflow_task.read_task(event, Charge | Refund)
    match task:
        case Charge(order):
            state = charge(order)
        case Refund(order):
            state = refund(order.id)
    log("INFO", "done", task=type(task).__struct_config__.tag, order=order.id, state=state)
    return {"state": state}


def charge(order: Order) -> str:
    """Take what the order costs, once.

    Raises
    ------
    PaymentDeclinedError, PaymentVoidError
        Nothing is taken.
    """
    if order.customer.partition("@")[0].endswith("+declined"):
        count(PaymentsDeclined=1)
        raise PaymentDeclinedError
    payment = {
        "id": {"S": order.id},
        "state": {"S": CHARGED},
        "amount": {"N": str(order.total)},
        "currency": {"S": order.currency},
        "charged_at": {"S": _now()},
    }
    kept = _put_new(payment)
    if kept not in {None, CHARGED}:
        raise PaymentVoidError
    return CHARGED


def refund(order_id: str) -> str:
    """Give back what was taken, once; return what the payment is now."""
    try:
        _client.update_item(
            TableName=_table,
            Key={"id": {"S": order_id}},
            UpdateExpression="SET #state = :refunded, refunded_at = :at",
            ConditionExpression="#state = :charged",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={
                ":charged": {"S": CHARGED}, ":refunded": {"S": REFUNDED}, ":at": {"S": _now()},
            },
        )  # fmt: skip
    except _client.exceptions.ConditionalCheckFailedException:
        kept = _put_new({"id": {"S": order_id}, "state": {"S": VOID}})
        # A charge has come in between the two.
        return refund(order_id) if kept == CHARGED else kept or VOID
    return REFUNDED


def _put_new(payment: Any) -> str | None:  # noqa: ANN401  an item
    """Keep a payment; return the state of the one that is kept already, or None."""
    try:
        _client.put_item(
            TableName=_table,
            Item=payment,
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except _client.exceptions.ConditionalCheckFailedException as error:
        kept = cast("dict[str, Any]", error.response)["Item"]
        return str(kept["state"]["S"])
    return None
