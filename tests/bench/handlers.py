"""Handlers of ours and of peers in one interpreter, and the events that both get.

AWS is what a client's stub answers, at once: what is timed is the code between event and client.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module, util
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tests.bench.harness import ROOT

if TYPE_CHECKING:
    from types import ModuleType

ENVIRONMENT = {
    "ARCHIVE_AFTER_DAYS": "90",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "BUCKET_NAME": "bench-records",
    "POWERTOOLS_SERVICE_NAME": "orders",
    "REPORT_PREFIX": "reports/",
    "STATE_MACHINE_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:bench",
    "TABLE_NAME": "orders",
    "TIME_ZONE": "Europe/Berlin",
    "TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:bench",
    "UPLOADS_BUCKET": "bench-uploads",
}
EVENTS = ROOT / "tests" / "unit" / "events"
AT = "2026-03-01T10:00:00.000123Z"
BATCH = 10
CONTEXT = SimpleNamespace(
    aws_request_id="8f507cfc-example-4697-b07a-ac58fc914c95",
    function_name="bench",
    function_version="1",
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:bench:live",
    memory_limit_in_mb="512",
    get_remaining_time_in_millis=lambda: 30_000,
)


def prepare() -> None:
    """Set the environment that handlers are imported with."""
    os.environ.update(ENVIRONMENT)
    # botocore takes awscrt where there is one: here, for a peer's tool; not in Lambda.
    sys.modules["awscrt"] = None  # type: ignore[assignment]
    sys.path.append(str(ROOT / "tests" / "bench" / "peers"))


def ours(function: str) -> ModuleType:
    """Return the module of a function of ours."""
    path = ROOT / "functions" / function / "app.py"
    spec = util.spec_from_file_location(f"{function}_app", path)
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def peer(name: str) -> Any:  # noqa: ANN401  a module with names of its own
    """Return a peer's module."""
    return import_module(name)


def documented(name: str) -> dict[str, Any]:
    """Return an event as AWS documents it."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event


def order(number: int, lines: int = 3) -> dict[str, Any]:
    """Return an order that was placed."""
    articles: list[dict[str, Any]] = [
        {"sku": f"SKU-{n}", "quantity": 1 + n, "unit_price": 250} for n in range(lines)
    ]
    return {
        "id": f"order{number:021d}",
        "customer": f"customer-{number}@example.com",
        "currency": "EUR",
        "lines": articles,
        "total": sum(line["quantity"] * 250 for line in articles),
        "status": "placed",
        "version": 1,
        "created_at": AT,
        "updated_at": AT,
    }  # fmt: skip


def item(kept: dict[str, Any]) -> dict[str, Any]:
    """Return an order as DynamoDB writes it."""
    texts = ("id", "customer", "currency", "status", "created_at", "updated_at")
    return {
        **{name: {"S": kept[name]} for name in texts},
        "total": {"N": str(kept["total"])},
        "version": {"N": str(kept["version"])},
        "lines": {
            "L": [
                {
                    "M": {
                        "sku": {"S": line["sku"]},
                        "quantity": {"N": str(line["quantity"])},
                        "unit_price": {"N": str(line["unit_price"])},
                    }
                }
                for line in kept["lines"]
            ]
        },
    }


def request(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a function URL's event."""
    event = documented("function_url")
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["requestContext"]["http"]["method"] = method
    event["headers"]["idempotency-key"] = "bench-1"
    event["body"] = json.dumps(body) if body else None
    return event


def queue_batch() -> dict[str, Any]:
    """Return an SQS event of orders that were placed, each in SNS's envelope."""
    template = documented("sqs_raw")["Records"][0]
    records = []
    for number in range(BATCH):
        kept = order(number)
        message = {
            "id": f"{kept['id']}.1",
            "type": "order.placed",
            "occurred_at": AT,
            "order": kept,
        }
        envelope = {
            "Type": "Notification",
            "MessageId": f"message-{number}",
            "TopicArn": ENVIRONMENT["TOPIC_ARN"],
            "Message": json.dumps(message),
            "Timestamp": AT,
            "MessageAttributes": {"type": {"Type": "String", "Value": "order.placed"}},
        }
        records.append({**template, "messageId": f"m-{number}", "body": json.dumps(envelope)})
    return {"Records": records}


def stream_batch() -> dict[str, Any]:
    """Return an event of a stream: orders that were placed."""
    template = documented("dynamodb_stream")["Records"][0]
    records = []
    for number in range(BATCH):
        kept = order(number)
        data = {
            "ApproximateCreationDateTime": 1773342238,
            "Keys": {"id": {"S": kept["id"]}},
            "NewImage": item(kept),
            "SequenceNumber": str(10_000 + number),
            "SizeBytes": 600,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
        records.append({**template, "eventName": "INSERT", "dynamodb": data})
    return {"Records": records}


def stub(**operations: Any) -> SimpleNamespace:  # noqa: ANN401
    """Return a client whose operations answer at once."""
    return SimpleNamespace(
        exceptions=SimpleNamespace(ExecutionAlreadyExists=KeyError), **operations
    )
