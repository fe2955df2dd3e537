"""The outbox's other end: a stream's batch on Powertools, one message published a change."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from models import ChangeRecord

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

logger = Logger(service="orders")
client = boto3.client("sns")
topic = os.environ["TOPIC_ARN"]
bare = BatchProcessor(event_type=EventType.DynamoDBStreams)
validating = BatchProcessor(event_type=EventType.DynamoDBStreams, model=ChangeRecord)


def _publish(order: dict[str, Any], text: str) -> None:
    kind, event_id = f"order.{order['status']}", f"{order['id']}.{order['version']}"
    client.publish(
        TopicArn=topic,
        Message=text,
        MessageAttributes={
            "type": {"DataType": "String", "StringValue": kind},
            "event_id": {"DataType": "String", "StringValue": event_id},
        },
    )
    logger.info("published", event_id=event_id)


def _event(order: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{order['id']}.{order['version']}",
        "type": f"order.{order['status']}",
        "occurred_at": order["updated_at"],
        "order": order,
    }


def record_bare(record: DynamoDBRecord) -> None:
    """Publish a change that nobody validates."""
    assert record.dynamodb is not None
    order = record.dynamodb.new_image
    old = record.dynamodb.old_image
    if old and old["status"] == order["status"]:
        return
    _publish(order, json.dumps(_event(order), default=int))


def record_validated(record: ChangeRecord) -> None:
    """Publish a change."""
    order, old = record.dynamodb.NewImage, record.dynamodb.OldImage
    assert order is not None
    if old is not None and old.status == order.status:
        return
    kept = order.model_dump()
    _publish(kept, json.dumps(_event(kept)))


def handler_bare(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401
    """Handle a batch without validation."""
    return process_partial_response(event, record_bare, bare, context)


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401
    """Handle a batch."""
    return process_partial_response(event, record_validated, validating, context)
