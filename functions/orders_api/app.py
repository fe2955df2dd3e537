"""The order service's HTTP API: place, read, list, approve and cancel orders.

And for the website: drop a file of orders, read the report on it, see what the nights have counted.
"""

from __future__ import annotations

import os
import re
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

import approvals
import order_table
from http_dispatch import Answer, Problem, dispatch
from metrics import count
from order import STATUSES, WrongTransitionError, place
from order_json import InvalidOrderError, MalformedJsonError, read_new_order, write_order
from timestamp import now as _now

if TYPE_CHECKING:
    from http_dispatch import Request

MAX_PAGE = 100
MAX_UPLOAD = 4_500_000
"""Bytes of a file: Lambda takes an event of 6 MB, and a body in it may be base64."""
UPLOAD_TYPES = ("application/octet-stream", "text/csv")
"""The first comes as it was sent; of the second, a function URL makes text before we see it."""
_ID = re.compile(r"[a-z2-7]{26}")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_CURSOR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z#[a-z2-7]{26}", re.ASCII)
_UPLOAD = re.compile(r"[a-z2-7]{26}-[A-Za-z0-9_][A-Za-z0-9._-]{0,79}")
_LIMIT = re.compile(r"[1-9][0-9]{0,2}")


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401  Lambda's own
    """Answer one HTTP event."""
    return dispatch(event, context, ROUTES, problem_of, LIMITS)


def place_order(request: Request) -> Answer:
    """Keep a new order; the same again when its Idempotency-Key is known."""
    new = read_new_order(request.json_body())
    order_id = _id_for(request)
    request_hash = sha256(msgspec.json.encode(new)).hexdigest()
    placed = place(new, order_id=order_id, at=_now(), correlation_id=request.id or None)
    order, is_new = order_table.add(placed, request_hash)
    if is_new:
        count(OrdersPlaced=1)
    location = f"{request.prefix}/orders/{order.id}"
    return Answer(201 if is_new else 200, write_order(order), location=location)


def read_order(request: Request) -> Answer:
    """Give one order."""
    return Answer(200, write_order(order_table.get(_id_in(request))))


def cancel_order(request: Request) -> Answer:
    """Cancel one order, if its status still allows it; its workflow then undoes what it did."""
    order, token = order_table.cancel(_id_in(request), at=_now())
    if token is not None:
        approvals.withdraw(token)
    return Answer(200, write_order(order))


def decide(request: Request) -> Answer:
    """Approve or refuse one order that waits for it; its workflow goes on from there."""
    # IAM tells routes apart at an HTTP API only: at the function URL, and so at the website, who
    # may place an order may send anything.
    if request.at_function_url:
        raise Problem(403, "Approve at the HTTP API, as one who may invoke that route")
    approved = approvals.read_decision(request.json_body())
    order, token = order_table.approval(_id_in(request))
    approvals.answer(token, approved=approved)
    return Answer(202, write_order(order))


def list_orders(request: Request) -> Answer:
    """Give a page of orders, the newest first."""
    status, limit = request.one("status"), request.one("limit") or "20"
    if status is not None and status not in STATUSES:
        raise Problem(400, f"status is {status!r}: it is one of {', '.join(STATUSES)}")
    if not _LIMIT.fullmatch(limit) or int(limit) > MAX_PAGE:
        raise Problem(400, f"limit is {limit[:20]!r}: give 1 to {MAX_PAGE}")
    before = _position(request.one("cursor"))
    orders, more = order_table.newest(status, limit=int(limit), before=before)
    cursor = urlsafe_b64encode(more.encode()).decode() if more else None
    return Answer(200, msgspec.json.encode({"orders": orders, "cursor": cursor}))


def upload(request: Request) -> Answer:
    """Keep a file of orders, to be imported; the same place for the same Idempotency-Key."""
    import website_objects  # noqa: PLC0415  who asks for orders needs no client of S3

    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in UPLOAD_TYPES:
        raise Problem(415, f"Send Content-Type: {' or '.join(UPLOAD_TYPES)}")
    if not request.body:
        raise Problem(400, "The body is empty: send the file")
    upload_id = f"{_id_for(request)}-{_safe(request.one('name') or '')}"
    key, version = website_objects.keep_upload(upload_id, request.body)
    location = f"{request.prefix}/uploads/{upload_id}"
    kept = {"id": upload_id, "key": key, "version": version}
    return Answer(201, msgspec.json.encode(kept), location=location)


def read_report(request: Request) -> Answer:
    """Tell what has become of a file; 202 while nobody knows, and for a file that never was."""
    import website_objects  # noqa: PLC0415  as above

    upload_id = request.parameters["id"]
    if not _UPLOAD.fullmatch(upload_id):
        raise Problem(404, "There is no such upload: take the id that its POST has answered")
    report = website_objects.report_on(upload_id)
    if report is None:
        pending = {"id": upload_id, "status": "pending"}
        return Answer(202, msgspec.json.encode(pending), **{"retry-after": "1"})
    told = {"id": upload_id, "summary": report.summary, "refused": report.refused}
    return Answer(200, msgspec.json.encode(told))


def read_dashboard(request: Request) -> Answer:  # noqa: ARG001  a route
    """Give what the last nights have counted; no day before the first of them."""
    import website_objects  # noqa: PLC0415  as above

    return Answer(200, website_objects.dashboard() or b'{"days":[]}')


ROUTES = {
    ("dashboard",): {"GET": read_dashboard},
    ("orders",): {"GET": list_orders, "POST": place_order},
    ("orders", "{id}"): {"GET": read_order},
    ("orders", "{id}", "approval"): {"POST": decide},
    ("orders", "{id}", "cancel"): {"POST": cancel_order},
    ("uploads",): {"POST": upload},
    ("uploads", "{id}"): {"GET": read_report},
}
LIMITS = {"/uploads": MAX_UPLOAD}


def problem_of(error: Exception) -> Problem | None:
    """Return the problem that an exception of the order service is."""
    match error:
        case MalformedJsonError():
            problem = Problem(400, f"The body is no JSON: {error}")
        case InvalidOrderError():
            problem = Problem(400, f"The order has {error}", errors=error.problems)
        case order_table.UnknownOrderError():
            problem = Problem(404, "There is no such order")
        case WrongTransitionError() | order_table.NotAwaitingApprovalError():
            problem = Problem(409, str(error))
        case approvals.InvalidDecisionError():
            problem = Problem(400, f'{error}: send {{"approved": true}} or {{"approved": false}}')
        case approvals.AnsweredAlreadyError():
            problem = Problem(409, "The approval was answered already, or its time is over")
        case order_table.KeyReusedError():
            problem = Problem(422, "This Idempotency-Key has another order: take a new one")
        case order_table.TableBusyError():
            problem = Problem(503, "Try again in a second", headers={"retry-after": "1"})
        case _:
            return None
    return problem


def _id_for(request: Request) -> str:
    """Return a new order's id: of the caller and its key, else random."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return _base32(os.urandom(16))
    if not _KEY.fullmatch(key):
        raise Problem(400, "Idempotency-Key: give 1 to 255 printable ASCII characters, no space")
    return _base32(sha256(f"{request.caller}\0{key}".encode()).digest()[:16])


def _id_in(request: Request) -> str:
    order_id = request.parameters["id"]
    if not _ID.fullmatch(order_id):
        raise order_table.UnknownOrderError(order_id)
    return order_id


def _safe(name: str) -> str:
    """Return a file's name as the end of a key: what a path or a shell may read into it is `-`."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name.replace("\\", "/").rpartition("/")[2])
    return safe.lstrip(".-")[-80:].lstrip(".-") or "orders.csv"


def _position(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        position = urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        position = ""
    if not _CURSOR.fullmatch(position):
        raise Problem(400, "cursor is none that this API gave: take it from the page before")
    return position


def _base32(digest: bytes) -> str:
    return b32encode(digest).decode().rstrip("=").lower()
