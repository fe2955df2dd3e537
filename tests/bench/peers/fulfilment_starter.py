"""An order that was placed starts its fulfilment: a queue's batch on Powertools."""

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
from models import QueueRecord

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

logger = Logger(service="orders")
client = boto3.client("stepfunctions")
workflow = os.environ["STATE_MACHINE_ARN"]
bare = BatchProcessor(event_type=EventType.SQS)
validating = BatchProcessor(event_type=EventType.SQS, model=QueueRecord)


def record_bare(record: SQSRecord) -> None:
    """Start the fulfilment of an order that nobody validates."""
    order = json.loads(record.json_body["Message"])["order"]
    client.start_execution(
        stateMachineArn=workflow, name=order["id"], input=json.dumps({"order": order})
    )
    logger.info("started", order=order["id"])


def record_validated(record: QueueRecord) -> None:
    """Start the fulfilment of an order."""
    order = record.body.Message.order
    client.start_execution(
        stateMachineArn=workflow,
        name=order.id,
        input=f'{{"order":{order.model_dump_json()}}}',
    )
    logger.info("started", order=order.id)


def handler_bare(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401
    """Handle a batch without validation."""
    return process_partial_response(event, record_bare, bare, context)


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401
    """Handle a batch."""
    return process_partial_response(event, record_validated, validating, context)
