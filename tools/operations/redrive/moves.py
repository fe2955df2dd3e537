"""Two ways to move messages: SQS does it by itself, or this process does it batch by batch."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tools.operations.redrive.queues import UNSUPPORTED, RedriveError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.operations.redrive.queues import Queue, Sqs

    Report = Callable[[int], None]

POLL_SECONDS = 1.0
# What was received and not sent on (this process was killed) comes to light again after this.
HIDDEN_SECONDS = 60
RUNNING = {"RUNNING", "CANCELLING"}


def by_task(sqs: Sqs, dead: Queue, source: Queue, report: Report) -> int | None:
    """Let SQS move all messages of `dead` to `source`; return how many, or None if it cannot.

    Parameters
    ----------
    sqs
        A client of SQS.
    dead, source
        From where and to where.
    report
        Is told now and then how many have been moved.

    Raises
    ------
    RedriveError
        SQS gave up, or somebody else moves them already.
    """
    try:
        # With the destination named, what SNS could not deliver comes back as well: it has no
        # source of its own.
        sqs.start_message_move_task(SourceArn=dead.arn, DestinationArn=source.arn)
    except ClientError as error:
        if error.response["Error"]["Code"] in UNSUPPORTED:
            return None
        raise RedriveError(f"SQS does not move them: {error}") from error
    while True:
        # The newest is first.
        task = sqs.list_message_move_tasks(SourceArn=dead.arn, MaxResults=1)["Results"][0]
        moved = int(task.get("ApproximateNumberOfMessagesMoved", 0))
        if task["Status"] not in RUNNING:
            break
        report(moved)
        time.sleep(POLL_SECONDS)
    if task["Status"] != "COMPLETED":
        why = task.get("FailureReason", "no reason given")
        raise RedriveError(f"SQS ended as {task['Status']} with {moved} moved: {why}")
    return moved


def by_hand(sqs: Sqs, dead: Queue, source: Queue, report: Report) -> int:
    """Receive, send and only then delete, until what waited at the start is moved.

    A process that is killed in between leaves messages in both queues, and none in neither.

    Parameters
    ----------
    sqs
        A client of SQS.
    dead, source
        From where and to where.
    report
        Is told after each batch how many have been moved.

    Returns
    -------
    int
        How many were moved.

    Raises
    ------
    RedriveError
        A message was sent, and SQS does not delete it from `dead`.
    """
    moved = 0
    # Not until it is empty: what fails again meanwhile comes back to it.
    while moved < dead.waiting:
        messages = sqs.receive_message(
            QueueUrl=dead.url,
            MaxNumberOfMessages=min(10, dead.waiting - moved),
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=1,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])
        if not messages:
            break
        for message in messages:
            sqs.send_message(QueueUrl=source.url, **_again(message, fifo=source.fifo))
        entries = [
            {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
            for index, message in enumerate(messages)
        ]
        failed = sqs.delete_message_batch(QueueUrl=dead.url, Entries=entries).get("Failed", [])
        moved += len(messages) - len(failed)
        if failed:
            raise RedriveError(
                f"{len(failed)} of the messages that are in {source.name} now are still in "
                f"{dead.name} as well ({failed[0].get('Message')}), and come twice when this runs "
                "again"
            )
        report(moved)
    return moved


def _again(message: dict[str, Any], *, fifo: bool) -> dict[str, Any]:
    """Return the arguments that send a received message as it was sent first."""
    system = message.get("Attributes", {})
    again: dict[str, Any] = {"MessageBody": message["Body"]}
    if "MessageAttributes" in message:
        again["MessageAttributes"] = message["MessageAttributes"]
    if "AWSTraceHeader" in system:
        header = {"DataType": "String", "StringValue": system["AWSTraceHeader"]}
        again["MessageSystemAttributes"] = {"AWSTraceHeader": header}
    if fifo:
        again["MessageGroupId"] = system["MessageGroupId"]
        # Not its own: SQS may still know that one, and would take the message and drop it. The
        # same one when a killed move is run again, so that SQS drops what was sent already.
        again["MessageDeduplicationId"] = f"redrive-{message['MessageId']}"
    return again
