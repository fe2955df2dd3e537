"""From an order in a table to its notification in another, on a local AWS: stream, topic, queue."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.bench.handlers import item, order
from tests.bench.harness import BenchError
from tests.e2e.local_edge.site import role
from tools.local_aws.server import ACCOUNT_ID, REGION

if TYPE_CHECKING:
    from tools.local_aws.server import Server

# As modules/order_service has them.
STREAM = {"BatchSize": 100, "StartingPosition": "TRIM_HORIZON"}
QUEUE = {"BatchSize": 10}
MOST_SECONDS = 240
# Between two looks at whether all are told: seen late, both ways seem alike.
LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Pipeline:
    """One way from the table of orders to that of notifications."""

    server: Server
    name: str
    stream_mapping: str

    def push(self, first: int, count: int) -> None:
        """Put orders into the table, 25 at once."""
        items = [item(order(number)) for number in range(first, first + count)]
        for start in range(0, count, 25):
            left: Any = [{"PutRequest": {"Item": one}} for one in items[start : start + 25]]
            while left:
                table = f"{self.name}-orders"
                answer = self._client.batch_write_item(RequestItems={table: left})
                left = answer.get("UnprocessedItems", {}).get(table, [])

    def notified(self) -> int:
        """Return how many notifications there are."""
        table = self._client.describe_table(TableName=f"{self.name}-told")["Table"]
        # Counted at once here; on AWS every six hours.
        return int(table["ItemCount"])

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401  boto3's own
        """The one client: to make one takes as long as 50 orders."""
        return self.server.client("dynamodb")

    def seconds(self, count: int) -> float:
        """Send so many orders through; return the seconds until all have their notification.

        From when the table has them: to write them takes the local AWS as long as to tell of them.

        Raises
        ------
        BenchError
            Some have none in time.
        """
        there = self.notified()
        mapping = self.server.client("lambda").update_event_source_mapping
        mapping(UUID=self.stream_mapping, Enabled=False)
        self.push(there, count - 1)
        began = time.perf_counter()
        mapping(UUID=self.stream_mapping, Enabled=True)
        # The local AWS looks at a stream when something is written to it, or once a second.
        self.push(there + count - 1, 1)
        while self.notified() < there + count:
            if time.perf_counter() - began > MOST_SECONDS:
                raise BenchError(
                    f"{self.name}: {self.notified() - there} of {count} orders have their "
                    f"notification after {MOST_SECONDS} s"
                )
            time.sleep(LOOK_SECONDS)
        return time.perf_counter() - began


def make(server: Server, name: str, *, publisher: bytes, consumer: bytes, handler: str) -> Pipeline:
    """Make tables, topic, queue and functions.

    Parameters
    ----------
    server
        Where.
    name
        What all names begin with.
    publisher, consumer
        Zips of the functions: from the stream to the topic, and from the queue to the table.
    handler
        The consumer's.
    """
    topic, queue_arn = _topic_and_queue(server, name)
    stream = _table(server, f"{name}-orders", stream=True)
    _table(server, f"{name}-told", stream=False)
    allowed = [{"Effect": "Allow", "Action": ["dynamodb:*", "sns:*", "sqs:*"], "Resource": "*"}]
    role_arn = role(server, name, allowed)
    environment = {"TOPIC_ARN": topic, "TABLE_NAME": f"{name}-told"}
    client = server.client("lambda")
    mappings: dict[str, str] = {}
    for kind, code, entry, source, mapping in (
        ("publisher", publisher, "app.handler", stream, STREAM),
        ("consumer", consumer, handler, queue_arn, QUEUE),
    ):
        client.create_function(
            FunctionName=f"{name}-{kind}", Runtime="python3.13", Architectures=["arm64"],
            Role=role_arn, Handler=entry, Code={"ZipFile": code}, Timeout=30, MemorySize=256,
            Environment={"Variables": environment},
        )  # fmt: skip
        mappings[kind] = client.create_event_source_mapping(
            EventSourceArn=source, FunctionName=f"{name}-{kind}",
            FunctionResponseTypes=["ReportBatchItemFailures"], **mapping,
        )["UUID"]  # fmt: skip
    return Pipeline(server, name, mappings["publisher"])


def _topic_and_queue(server: Server, name: str) -> tuple[str, str]:
    sns, sqs = server.client("sns"), server.client("sqs")
    topic = str(sns.create_topic(Name=name)["TopicArn"])
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    attributes = {"Policy": policy, "VisibilityTimeout": "180"}
    sqs.create_queue(QueueName=name, Attributes=attributes)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return topic, arn


def _table(server: Server, name: str, *, stream: bool) -> str:
    made = server.client("dynamodb").create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        StreamSpecification=(
            {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
            if stream
            else {"StreamEnabled": False}
        ),
    )["TableDescription"]  # fmt: skip
    return str(made.get("LatestStreamArn", ""))
