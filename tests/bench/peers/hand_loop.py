"""A queue's consumer as it is often written: a loop that parses a message and writes one item."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from typing import Any

import boto3

table: Any = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001
    """Write a notification for each message."""
    failures = []
    for record in event["Records"]:
        try:
            happened = json.loads(json.loads(record["body"])["Message"])
            order = happened["order"]
            until = datetime.fromisoformat(happened["occurred_at"]) + timedelta(days=90)
            table.put_item(
                Item={
                    "id": happened["id"],
                    "order_id": order["id"],
                    "type": happened["type"],
                    "customer": order["customer"],
                    "text": f"Your order {order['id']} of {order['total']} {order['currency']}",
                    "occurred_at": happened["occurred_at"],
                    "expires_at": int(until.timestamp()),
                }
            )
        except Exception:  # noqa: BLE001
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
