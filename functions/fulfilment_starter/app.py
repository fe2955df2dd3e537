"""An order that was placed starts its fulfilment, once however often its event comes.

The execution is named after the order, so it is Step Functions that knows whether it was started;
nothing else is written here. The workflow itself moves the order's status.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
from botocore.config import Config

from batch import RecordFailedError, messages, process
from json_log import bind, log
from order_event import ORDER_PLACED
from order_message import read_event

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient

# Two tries end before 7 s, and none is begun without them: the queue's messages come again, but not
# those that were started.
_workflows: SFNClient = boto3.client(
    "stepfunctions",
    config=Config(
        connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}
    ),
)
CALL_MILLISECONDS = 7_000
_json = msgspec.json.Encoder().encode
_workflow = os.environ["STATE_MACHINE_ARN"]


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401  Lambda's own
    """Start the fulfilment of the orders that a queue's messages tell of."""

    def has_time() -> bool:
        return bool(context.get_remaining_time_in_millis() >= CALL_MILLISECONDS)

    return process(messages(event), start, has_time=has_time)


def start(body: Any) -> None:  # noqa: ANN401  whatever is in the place of a message's body
    """Start the fulfilment of the order that a message tells of, unless it was.

    Raises
    ------
    RecordFailedError
        The message tells of nothing, or of something else: that the subscription's filter let it
        pass is a mistake that somebody must see, so it ends in the dead-letter queue.
    """
    event = read_event(body)
    bind(event.order.correlation_id)
    if event.type != ORDER_PLACED:
        raise RecordFailedError(f"{event.type} starts nothing: filter the subscription by type")
    try:
        # A name is taken for 90 days after its execution ends, longer than any queue keeps a
        # message. While it runs, the same name and input are no error either.
        _workflows.start_execution(
            stateMachineArn=_workflow,
            name=event.order.id,
            input=_json({"order": event.order}).decode(),
        )
    except _workflows.exceptions.ExecutionAlreadyExists:
        return
    log("INFO", "started", order=event.order.id)
