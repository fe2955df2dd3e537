"""One id from the request, or the file, through queue and workflow to each line of every log."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from tools.operations import logs
from tools.order_service.orders import CUP, ORDER, TEA
from tools.waiting import until

if TYPE_CHECKING:
    from tools.order_service.service import Service

# Whose work one order is, from when it is kept to the last notification.
WORK_ON_IT = {
    "fulfilment", "fulfilment_starter", "order_notifier", "order_publisher", "payments", "stock",
}  # fmt: skip
FILE = (
    "reference,customer,currency,sku,quantity,unit_price\n"
    f"C-1,ada@example.com,EUR,{TEA},1,650\n"
    f"C-2,ada@example.com,EUR,{TEA},2,650\n"
)
TASKS = {"validate", "ship_line", "settle"}


def lines_of(service: Service, correlation_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the lines that carry an id, by function, as make logs ID= finds them."""
    groups = {name: f"/aws/lambda/{full}" for name, full in service.outputs["functions"].items()}
    found: dict[str, list[dict[str, Any]]] = {}
    for line in logs.read(service.server.client("logs"), groups, 0, correlation_id):
        found.setdefault(line.function, []).append(dict(line.fields or {}))
    return found


def lines_of_all(
    service: Service, correlation_id: str, orders: list[str], functions: set[str]
) -> dict[str, list[dict[str, Any]]]:
    """Wait for the lines of functions on orders that are fulfilled; return all with that id."""

    def all_of_them() -> dict[str, list[dict[str, Any]]] | None:
        lines = lines_of(service, correlation_id)
        told = {line.get("event_id") for line in lines.get("order_notifier", [])}
        tasks = {line["task"] for line in lines.get("fulfilment", [])}
        # Placed, taken up, fulfilled. A line comes after what it tells of.
        done = {f"{order}.3" for order in orders} <= told and tasks == TASKS
        return lines if done and lines.keys() >= functions else None

    return until("lines of every function", all_of_them, seconds=60)


def test_one_id_leads_from_the_request_to_every_function(service: Service) -> None:
    service.stock_up(TEA, 10)
    service.stock_up(CUP, 10)
    placed = service.door("url", service.caller).post_json("/orders", ORDER)
    order, request_id = placed.json(), placed.headers["x-request-id"]
    assert order["correlation_id"] == request_id
    service.become(order["id"], "fulfilled")

    lines = lines_of_all(service, request_id, [order["id"]], {"orders_api"} | WORK_ON_IT)
    assert lines.keys() == {"orders_api"} | WORK_ON_IT
    execution = f"{service.execution_prefix}:{order['id']}"
    started = service.client("stepfunctions").describe_execution(executionArn=execution)["input"]
    assert json.loads(started)["order"]["correlation_id"] == request_id


def test_one_id_leads_from_a_file_to_all_that_becomes_of_its_orders(service: Service) -> None:
    service.stock_up(TEA, 10)
    key = f"correlation/{secrets.token_hex(4)}.csv"
    told = service.report(key, service.upload(key, FILE.encode()))[-1]["summary"]
    of_file = told["correlation_id"]
    table = service.client("dynamodb")
    kept = table.get_paginator("scan").paginate(TableName=service.outputs["tables"]["orders"])
    orders = [
        item["id"]["S"]
        for page in kept
        for item in page["Items"]
        if item.get("correlation_id", {}).get("S") == of_file
    ]
    assert len(orders) == told["orders"] == 2
    for order in orders:
        service.become(order, "fulfilled")
    lines = lines_of_all(service, of_file, orders, {"order_import"} | WORK_ON_IT)
    assert lines.keys() == {"order_import"} | WORK_ON_IT
