"""Answers to workflows that wait for an approval, by the token that they handed out.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3
import msgspec
from botocore.config import Config
from msgspec import Struct

from json_log import log

if TYPE_CHECKING:
    from types_boto3_stepfunctions.client import SFNClient

REFUSED = "ApprovalRefusedError"
CANCELLED = "OrderCancelledError"
"""Errors by which a workflow knows why its wait has ended."""


class Decision(Struct, frozen=True, forbid_unknown_fields=True):
    """What an approver says of an order."""

    approved: bool


_decode = msgspec.json.Decoder(Decision).decode


class InvalidDecisionError(Exception):
    """What was sent is no decision; the message says why."""


class AnsweredAlreadyError(Exception):
    """The workflow waits for this answer no more."""


def read_decision(body: bytes) -> bool:
    """Return whether ``{"approved": …}`` approves.

    Raises
    ------
    InvalidDecisionError
        It is something else.
    """
    try:
        return _decode(body).approved
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidDecisionError(f"The body is no decision: {error}") from error


def answer(token: str, *, approved: bool) -> None:
    """Let the workflow that waits with `token` go on.

    Raises
    ------
    AnsweredAlreadyError
        It waits no more: it had an answer, or its time was over.
    """
    client = _client()
    try:
        if approved:
            client.send_task_success(taskToken=token, output='{"approved":true}')
        else:
            client.send_task_failure(taskToken=token, error=REFUSED, cause="Refused by approver")
    except _over(client) as error:
        raise AnsweredAlreadyError from error


def withdraw(token: str) -> None:
    """Tell the workflow that waits with `token` that the order is cancelled; never raises.

    The order is cancelled already. A workflow that does not hear of it finds out when its wait
    ends.
    """
    client = _client()
    try:
        client.send_task_failure(taskToken=token, error=CANCELLED, cause="Cancelled by customer")
    except _over(client):
        pass
    except Exception as error:  # noqa: BLE001  the customer's answer does not hang on this
        log("ERROR", "a workflow does not know that its order is cancelled",
            error=type(error).__name__)  # fmt: skip


def _over(client: SFNClient) -> tuple[type[Exception], ...]:
    known = client.exceptions
    return known.TaskTimedOut, known.TaskDoesNotExist, known.InvalidToken


@cache
def _client() -> SFNClient:
    # Made when it is first needed: most invocations answer no approval.
    return boto3.client(
        "stepfunctions",
        config=Config(
            connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}
        ),
    )
