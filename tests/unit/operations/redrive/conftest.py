"""Queues in moto, which is SQS without StartMessageMoveTask, as the local AWS is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.operations.redrive.queues import Sqs


class WithoutTasks:
    """A client of moto that answers as a service does that lacks an action."""

    def __init__(self, client: Sqs) -> None:
        self._client = client

    def __getattr__(self, name: str) -> object:
        return getattr(self._client, name)

    def start_message_move_task(self, **_: str) -> None:
        raise ClientError({"Error": {"Code": "InvalidAction"}}, "StartMessageMoveTask")


class Queues:
    """Makes pairs of queues, sends to them and reads them."""

    def __init__(self, sqs: Sqs) -> None:
        self.sqs = sqs

    def make(self, name: str, *, dead: str | None = None, fifo: bool = False) -> str:
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if fifo else {}
        if dead:
            arn = f"arn:aws:sqs:eu-west-1:123456789012:{dead}"
            attributes["RedrivePolicy"] = json.dumps(
                {"deadLetterTargetArn": arn, "maxReceiveCount": 5}
            )
        made = self.sqs.create_queue(QueueName=name, Attributes=attributes)
        return str(made["QueueUrl"])

    def pair(self, name: str = "billing") -> tuple[str, str]:
        dead = self.make(f"{name}-dlq")
        return dead, self.make(name, dead=f"{name}-dlq")

    def fifo_pair(self, name: str = "ledger") -> tuple[str, str]:
        dead = self.make(f"{name}-dlq.fifo", fifo=True)
        return dead, self.make(f"{name}.fifo", dead=f"{name}-dlq.fifo", fifo=True)

    def send(self, url: str, *bodies: str, **arguments: object) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=url, MessageBody=body, **arguments)

    def messages(self, url: str) -> list[dict[str, Any]]:
        """Return what can be received, and leave it there."""
        found = []
        while batch := self.sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=30,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages"):
            found += batch
        for message in found:
            self.sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        return found

    def bodies(self, url: str) -> list[str]:
        return sorted(message["Body"] for message in self.messages(url))


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield Queues(WithoutTasks(boto3.client("sqs", region_name="eu-west-1")))
