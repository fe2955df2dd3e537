"""Which queue is whose dead-letter queue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.exceptions import ClientError

from tools.operations.aws import OperationError

if TYPE_CHECKING:
    from collections.abc import Iterator

# boto3 makes the class of a client when it runs.
Sqs: TypeAlias = Any

# A service that lacks an action answers with one of these.
UNSUPPORTED = {"InvalidAction", "UnknownOperationException"}
UNKNOWN_QUEUE = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}


class RedriveError(OperationError):
    """Messages cannot be brought back; the message says why and what to do."""


@dataclass(frozen=True)
class Queue:
    """A queue as SQS describes it.

    Attributes
    ----------
    url
        What SQS calls it by.
    arn
        What policies and other queues call it by.
    waiting
        How many messages can be received, about.
    hidden
        How many messages somebody has received and not deleted, about.
    dead_letter_arn
        Where its messages go that failed; None for a queue without a dead-letter queue.
    """

    url: str
    arn: str
    waiting: int
    hidden: int
    dead_letter_arn: str | None

    @property
    def name(self) -> str:
        """Its name, which its ARN ends with."""
        return _name(self.arn)

    @property
    def fifo(self) -> bool:
        """Whether it keeps the order of messages."""
        return self.name.endswith(".fifo")


def pair(sqs: Sqs, name: str) -> tuple[Queue, Queue]:
    """Return the dead-letter queue and the queue that it belongs to.

    Parameters
    ----------
    sqs
        A client of SQS.
    name
        Name of either of them; ``.fifo`` at its end may be left out.

    Raises
    ------
    RedriveError
        There is no such queue, it neither has nor is a dead-letter queue, or it is that of several.
    """
    named = _find(sqs, name)
    dead = _find(sqs, _name(named.dead_letter_arn)) if named.dead_letter_arn else named
    sources = list(_sources(sqs, dead))
    if not sources:
        raise RedriveError(
            f"{named.name} has no dead-letter queue, and is none: "
            "no queue's redrive policy names it"
        )
    if len(sources) > 1:
        names = ", ".join(sorted(source.name for source in sources))
        raise RedriveError(
            f"{dead.name} is the dead-letter queue of several queues ({names}), and its messages "
            "would all go to one of them. Move them with the SQS console, which asks where to"
        )
    return dead, sources[0]


def look(sqs: Sqs, url: str) -> Queue:
    """Return what SQS says of the queue at `url`."""
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    policy = json.loads(attributes.get("RedrivePolicy") or "{}")
    return Queue(
        url=url,
        arn=attributes["QueueArn"],
        waiting=int(attributes["ApproximateNumberOfMessages"]),
        hidden=int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        dead_letter_arn=policy.get("deadLetterTargetArn"),
    )


def _name(arn: str) -> str:
    return arn.rsplit(":", 1)[1]


def _find(sqs: Sqs, name: str) -> Queue:
    for candidate in (name, f"{name}.fifo"):
        try:
            return look(sqs, sqs.get_queue_url(QueueName=candidate)["QueueUrl"])
        except ClientError as error:
            if error.response["Error"]["Code"] not in UNKNOWN_QUEUE:
                raise
    known = ", ".join(sorted(url.rsplit("/", 1)[1] for url in _all(sqs))[:20]) or "none at all"
    raise RedriveError(f"there is no queue {name!r} in {sqs.meta.region_name}; there are: {known}")


def _sources(sqs: Sqs, dead: Queue) -> Iterator[Queue]:
    """Yield the queues whose dead-letter queue is `dead`."""
    try:
        pages = sqs.get_paginator("list_dead_letter_source_queues").paginate(QueueUrl=dead.url)
        urls = [url for page in pages for url in page.get("queueUrls", [])]
    except ClientError as error:
        if error.response["Error"]["Code"] not in UNSUPPORTED:
            raise
        urls = list(_all(sqs))
    for url in urls:
        queue = look(sqs, url)
        if queue.dead_letter_arn == dead.arn:
            yield queue


def _all(sqs: Sqs) -> Iterator[str]:
    for page in sqs.get_paginator("list_queues").paginate():
        yield from page.get("QueueUrls", [])
