"""The calls that the demo makes, each with what must come back."""

from __future__ import annotations

import datetime
import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.credentials import Credentials

from tools.local_aws.http import Answer, UrlClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.local_aws.server import Server

ORDER = {
    "customer": "ada@example.com",
    "currency": "EUR",
    "lines": [
        {"sku": "TEA-EARL-GREY", "quantity": 2, "unit_price": 650},
        {"sku": "CUP-WHITE", "quantity": 4, "unit_price": 1200},
    ],
}
ORDER_TOTAL = 2 * 650 + 4 * 1200
OVERSIZED = b'{"customer": "' + b"x" * 100_000 + b'"}'
TEN_MINUTES = datetime.timedelta(minutes=10)
JSON = {"Content-Type": "application/json"}


@dataclass
class Callers:
    """Clients of the API, one for each kind of caller, and what they have learned."""

    server: Server
    url: str
    caller: Credentials
    stranger: Credentials
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    order_id: str = ""

    def client(self, credentials: Credentials | None) -> UrlClient:
        """Return a client that signs with `credentials`."""
        return UrlClient(self.server, self.url, credentials)

    @property
    def forger(self) -> Credentials:
        """The caller's access key with a secret that is not its own."""
        return Credentials(self.caller.access_key, "not-the-secret-of-this-access-key")

    def place(self, body: Any = None, **options: Any) -> Answer:  # noqa: ANN401  JSON, and UrlClient's
        """Place an order under this run's Idempotency-Key, signed by the caller."""
        data = json.dumps(ORDER if body is None else body).encode()
        headers = JSON | {"Idempotency-Key": self.key}
        return self.client(self.caller).request("POST", "/orders", data, headers, **options)


@dataclass(frozen=True)
class Seen:
    """What a call gave: words for the table, milliseconds, and whether it is right."""

    text: str
    milliseconds: float
    right: bool


@dataclass(frozen=True)
class Call:
    """One row: what is done, what must come back, and how it is judged."""

    what: str
    statuses: tuple[int, ...]
    send: Callable[[Callers], Answer]
    judge: Callable[[Callers, Answer], str] = lambda _callers, _answer: ""

    @property
    def expected(self) -> str:
        """The statuses, in words."""
        return " or ".join(map(str, self.statuses))

    def run(self, callers: Callers) -> Seen:
        """Make the call; `judge` names what is wrong beyond the status."""
        answer = self.send(callers)
        if answer.status not in self.statuses:
            return Seen(f"{answer.status} {answer.body[:60]!r}", answer.milliseconds, right=False)
        wrong = self.judge(callers, answer)
        return Seen(f"{answer.status} {wrong}".strip(), answer.milliseconds, right=not wrong)


def _remembers_the_order(callers: Callers, answer: Answer) -> str:
    order = answer.json()
    callers.order_id = order["id"]
    return "" if order["total"] == ORDER_TOTAL else f"total {order['total']}"


def _is_the_same_order(callers: Callers, answer: Answer) -> str:
    return "" if answer.json()["id"] == callers.order_id else "another order"


def _lists_the_order(callers: Callers, answer: Answer) -> str:
    listed = [order["id"] for order in answer.json()["orders"]]
    return "" if callers.order_id in listed else "order missing"


def _names_every_field(_callers: Callers, answer: Answer) -> str:
    found = len(answer.json()["errors"])
    return "" if found == 3 else f"{found} errors named"


CALLS = (
    Call("Place an order", (201,), lambda c: c.place(), _remembers_the_order),
    Call("The same again (same Idempotency-Key)", (200, 201), lambda c: c.place(),
         _is_the_same_order),
    Call("Another order under that key", (422,), lambda c: c.place(ORDER | {"currency": "USD"})),
    Call("Read the order", (200,),
         lambda c: c.client(c.caller).request("GET", f"/orders/{c.order_id}"),
         _is_the_same_order),
    Call("List the placed orders", (200,),
         lambda c: c.client(c.caller).request("GET", "/orders?status=placed&limit=10"),
         _lists_the_order),
    Call("Without a signature", (403,), lambda c: c.client(None).request("GET", "/orders")),
    Call("Body changed after signing", (403,),
         lambda c: c.place(sent_body=json.dumps(ORDER).encode().replace(b"650", b"065"))),
    Call("Wrong secret", (403,), lambda c: c.client(c.forger).request("GET", "/orders")),
    Call("Clock 10 minutes slow", (403,), lambda c: c.place(clock_offset=-TEN_MINUTES)),
    Call("Clock 10 minutes fast", (403,), lambda c: c.place(clock_offset=TEN_MINUTES)),
    Call("A user without permission", (403,),
         lambda c: c.client(c.stranger).request("GET", "/orders")),
    Call("Body of 100 KB", (413,),
         lambda c: c.client(c.caller).request("POST", "/orders", OVERSIZED, JSON)),
    Call("Malformed JSON", (400,),
         lambda c: c.client(c.caller).request("POST", "/orders", b'{"customer": ', JSON)),
    Call("Three wrong fields, all named", (400,),
         lambda c: c.client(c.caller).post_json(
             "/orders", {"customer": "", "currency": "euro", "lines": []}),
         _names_every_field),
    Call("A method that the path does not have", (405,),
         lambda c: c.client(c.caller).request("DELETE", f"/orders/{c.order_id}")),
    Call("Cancel the order", (200,),
         lambda c: c.client(c.caller).request("POST", f"/orders/{c.order_id}/cancel")),
    Call("Cancel it again", (409,),
         lambda c: c.client(c.caller).request("POST", f"/orders/{c.order_id}/cancel")),
)  # fmt: skip
