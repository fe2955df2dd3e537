"""Outbox, topic, queues: an order's event reaches who it is for, and a poison message nobody."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tools.demo.rows import Effect, Row, must
from tools.order_service.orders import ORDER
from tools.waiting import until

if TYPE_CHECKING:
    from tools.demo.visit import Visit
    from tools.order_service.service import Service


def _tells_the_customer(visit: Visit) -> str:
    order_id = visit.service.place(ORDER)
    text = visit.service.notified(order_id, "order.placed")
    return f"row: {text[:30]}…"


def _poisons(visit: Visit) -> str:
    service, queue = visit.service, visit.service.outputs["queues"]["tell"]
    poison = f"poison {secrets.token_hex(8)}"
    with service.soon_again("tell"):
        service.client("sqs").send_message(QueueUrl=queue["url"], MessageBody=poison)
        found = until("poison in the dead-letter queue", lambda: _received(service, poison))
    must(found, "nothing")
    return f"there after {found} attempts"


def _received(service: Service, body: str) -> int:
    """Take a message out of the dead-letter queue; return how often it was tried before."""
    sqs, url = service.client("sqs"), service.outputs["queues"]["tell"]["dlq_url"]
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        WaitTimeSeconds=0,
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
    )
    for message in answer.get("Messages", []):
        if message["Body"] == body:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return int(message["Attributes"]["ApproximateReceiveCount"]) - 1
    return 0


ROWS: tuple[Row, ...] = (
    Effect("An order reaches its notification", "row in the table", _tells_the_customer),
    Effect("A poison message", "in the dead-letter queue", _poisons),
)
