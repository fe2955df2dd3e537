"""Customers are told: a queue's batch on Powertools, one write a message."""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from models import QueueRecord

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

logger = Logger(service="orders")
client = boto3.client("dynamodb")
table = os.environ["TABLE_NAME"]
bare = BatchProcessor(event_type=EventType.SQS)
validating = BatchProcessor(event_type=EventType.SQS, model=QueueRecord)
TEXT = "Thank you: we have your order {id} of {total}."


def _write(event: dict[str, Any]) -> None:
    order = event["order"]
    total = f"{order['total'] / 100:.2f} {order['currency']}"
    expires_at = int(datetime.fromisoformat(event["occurred_at"]).timestamp()) + 90 * 24 * 3600
    client.put_item(
        TableName=table,
        Item={
            "id": {"S": event["id"]},
            "order_id": {"S": order["id"]},
            "type": {"S": event["type"]},
            "customer": {"S": order["customer"]},
            "text": {"S": TEXT.format(id=order["id"], total=total)},
            "occurred_at": {"S": event["occurred_at"]},
            "expires_at": {"N": str(expires_at)},
        },
    )
    logger.info("told", event_id=event["id"])


def record_bare(record: SQSRecord) -> None:
    """Write the notification of a message that nobody validates."""
    _write(json.loads(record.json_body["Message"]))


def record_validated(record: QueueRecord) -> None:
    """Write the notification of a message."""
    _write(record.body.Message.model_dump())


def handler_bare(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401
    """Handle a batch without validation."""
    return process_partial_response(event, record_bare, bare, context)


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401
    """Handle a batch."""
    return process_partial_response(event, record_validated, validating, context)
