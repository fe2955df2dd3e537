"""The function URL: signed requests of IAM identities, and all that is refused."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

from tools.demo.rows import Call, Effect, Row
from tools.order_service.orders import CUP, ORDER, ORDER_TOTAL, TEA
from tools.order_service.service import JSON

if TYPE_CHECKING:
    from tools.demo.visit import Visit
    from tools.local_aws.http import Answer

OVERSIZED = b'{"customer": "' + b"x" * 100_000 + b'"}'
PLENTY = 1_000_000
TEN_MINUTES = datetime.timedelta(minutes=10)


def place(visit: Visit, body: Any = None, **options: Any) -> Answer:  # noqa: ANN401  JSON, UrlClient's
    """Place an order under this visit's Idempotency-Key, signed by the caller."""
    data = json.dumps(ORDER if body is None else body).encode()
    headers = JSON | {"Idempotency-Key": visit.key}
    return visit.url(visit.caller).request("POST", "/orders", data, headers, **options)


def _remembers_the_order(visit: Visit, answer: Answer) -> str:
    order = answer.json()
    visit.order_id = order["id"]
    return "" if order["total"] == ORDER_TOTAL else f"total {order['total']}"


def _is_the_same_order(visit: Visit, answer: Answer) -> str:
    return "" if answer.json()["id"] == visit.order_id else "another order"


def _lists_the_order(visit: Visit, answer: Answer) -> str:
    listed = [order["id"] for order in answer.json()["orders"]]
    return "" if visit.order_id in listed else "order missing"


def _names_every_field(_visit: Visit, answer: Answer) -> str:
    found = len(answer.json()["errors"])
    return "" if found == 3 else f"{found} errors named"


def _fills_the_shelves(visit: Visit) -> str:
    for sku in (TEA, CUP):
        visit.service.stock_up(sku, PLENTY)
    return f"{PLENTY:,} pieces each"


ROWS: tuple[Row, ...] = (
    Effect("The shelves are filled", "stock in the table", _fills_the_shelves),
    Call("Place an order", (201,), place, _remembers_the_order),
    Call("The same again (same Idempotency-Key)", (200, 201), place, _is_the_same_order),
    Call("Another order under that key", (422,), lambda v: place(v, ORDER | {"currency": "USD"})),
    Call("Read the order", (200,),
         lambda v: v.url(v.caller).request("GET", f"/orders/{v.order_id}"), _is_the_same_order),
    Call("List the newest orders", (200,),
         lambda v: v.url(v.caller).request("GET", "/orders?limit=10"), _lists_the_order),
    Call("Without a signature", (403,), lambda v: v.url(None).request("GET", "/orders")),
    Call("Body changed after signing", (403,),
         lambda v: place(v, sent_body=json.dumps(ORDER).encode().replace(b"650", b"065"))),
    Call("Wrong secret", (403,), lambda v: v.url(v.forger).request("GET", "/orders")),
    Call("Clock 10 minutes slow", (403,), lambda v: place(v, clock_offset=-TEN_MINUTES)),
    Call("Clock 10 minutes fast", (403,), lambda v: place(v, clock_offset=TEN_MINUTES)),
    Call("A user without permission", (403,),
         lambda v: v.url(v.stranger).request("GET", "/orders")),
    Call("Body of 100 KB", (413,),
         lambda v: v.url(v.caller).request("POST", "/orders", OVERSIZED, JSON)),
    Call("Malformed JSON", (400,),
         lambda v: v.url(v.caller).request("POST", "/orders", b'{"customer": ', JSON)),
    Call("Three wrong fields, all named", (400,),
         lambda v: v.url(v.caller).post_json(
             "/orders", {"customer": "", "currency": "euro", "lines": []}),
         _names_every_field),
    Call("A method that the path does not have", (405,),
         lambda v: v.url(v.caller).request("DELETE", f"/orders/{v.order_id}")),
)  # fmt: skip
