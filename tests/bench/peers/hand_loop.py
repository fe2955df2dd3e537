"""A queue's consumer as it is often written: a loop that parses a message and writes one item."""

import json
import os
from datetime import datetime, timedelta

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event, context):  # noqa: ANN001, ANN201, ARG001
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
