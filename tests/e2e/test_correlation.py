"""One id from the request to the API through queue and workflow to each line of every log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tools.operations import logs
from tools.order_service.orders import CUP, ORDER, TEA
from tools.waiting import until

if TYPE_CHECKING:
    from tools.order_service.service import Service

# Whose work one order is, from its request to the last notification.
WORK_ON_IT = {
    "fulfilment", "fulfilment_starter", "order_notifier", "order_publisher", "orders_api",
    "payments", "stock",
}  # fmt: skip
TASKS = {"validate", "ship_line", "settle"}


def lines_of(service: Service, correlation_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the lines that carry an id, by function, as make logs ID= finds them."""
    groups = {name: f"/aws/lambda/{full}" for name, full in service.outputs["functions"].items()}
    found: dict[str, list[dict[str, Any]]] = {}
    for line in logs.read(service.server.client("logs"), groups, 0, correlation_id):
        found.setdefault(line.function, []).append(dict(line.fields or {}))
    return found


def test_one_id_leads_from_the_request_to_every_function(service: Service) -> None:
    service.stock_up(TEA, 10)
    service.stock_up(CUP, 10)
    placed = service.door("url", service.caller).post_json("/orders", ORDER)
    order, request_id = placed.json(), placed.headers["x-request-id"]
    assert order["correlation_id"] == request_id
    service.become(order["id"], "fulfilled")

    def all_of_them() -> dict[str, list[dict[str, Any]]] | None:
        lines = lines_of(service, request_id)
        told = {line.get("event_id") for line in lines.get("order_notifier", [])}
        tasks = {line["task"] for line in lines.get("fulfilment", [])}
        # Placed, taken up, fulfilled. A line comes after what it tells of.
        done = f"{order['id']}.3" in told and tasks == TASKS
        return lines if done and lines.keys() >= WORK_ON_IT else None

    lines = until("lines of every function", all_of_them, seconds=60)
    assert lines.keys() == WORK_ON_IT
    execution = f"{service.execution_prefix}:{order['id']}"
    started = service.client("stepfunctions").describe_execution(executionArn=execution)["input"]
    assert json.loads(started)["order"]["correlation_id"] == request_id
