"""Real events for the real handlers, each of which fails without one permission.

Each is prepared first, with all permissions there; what that returns can be tried again and again,
and tells whether it worked.
"""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.e2e.alarms import canary_alarm
from tools.order_service.orders import ORDER, TEA, item_of, large
from tools.order_service.service import JSON

if TYPE_CHECKING:
    from tools.order_service.service import Service

Works = Callable[[], bool]
DAY = datetime.timedelta(days=1)
OLD_DAYS = 500
ARTICLES_IN_A_PART = 99
HEAD = "reference,customer,currency,sku,quantity,unit_price"
THRESHOLD = 100_000
REFUSED = {"AccessDenied", "ClientError"}
"""Classes of what boto3 raises when AWS refuses a call: S3's has its own."""


@dataclass(frozen=True)
class Missed:
    """A permission, and the event whose handler misses it."""

    function: str
    action: str
    prepare: Callable[[Service, str], Works]

    def __str__(self) -> str:
        return f"{self.function}-{self.action.replace(':', '.')}"


def answered_token(service: Service) -> str:
    """Return the token of an approval that an order has waited for and that was withdrawn."""
    order_id = _waiting(service)
    item = service.item("orders", order_id)
    if item is None:
        raise RuntimeError(f"{order_id} is gone")
    answer = service.door("url", service.caller).request("POST", f"/orders/{order_id}/cancel")
    if answer.status != 200:
        raise RuntimeError(f"{order_id} was not cancelled: {answer.status}")
    service.executed(order_id)
    return str(item["approval_token"]["S"])


def _waiting(service: Service) -> str:
    """Place an order that waits for its approval; return its id."""
    service.stock_up(TEA, 1)
    order_id = service.place(large(THRESHOLD))
    service.become(order_id, "awaiting_approval")
    return order_id


def _invoked(service: Service, function: str, event: Any) -> str | None:  # noqa: ANN401
    """Invoke a function; return the class of what its handler raised, or None."""
    client = service.client("lambda")
    answer = client.invoke(
        FunctionName=service.outputs["functions"][function],
        Qualifier="live",
        Payload=json.dumps(event),
    )
    payload = json.loads(answer["Payload"].read())
    return str(payload["errorType"]) if "FunctionError" in answer else None


def _works(error: str | None) -> bool:
    """Tell whether a handler did its work; the only other thing is that AWS refused it."""
    assert error in {None, *REFUSED}, error
    return error is None


def _answers(service: Service, method: str, path: str, body: Any = None, *, wanted: int) -> bool:  # noqa: ANN401
    """Ask the API; the only answer beside the wanted one is that it is broken."""
    content = b"" if body is None else json.dumps(body).encode()
    door = service.door("url", service.caller)
    if path.endswith("/approval"):
        door = service.door("http", service.manager)
    answer = door.request(method, path, content, JSON)
    assert answer.status in {wanted, 500}, answer.status
    return answer.status == wanted


def _places(service: Service, _: str) -> Works:
    return lambda: _answers(service, "POST", "/orders", ORDER, wanted=201)


def _reads(service: Service, _: str) -> Works:
    path = f"/orders/{service.place(ORDER)}"
    return lambda: _answers(service, "GET", path, wanted=200)


def _lists(service: Service, _: str) -> Works:
    return lambda: _answers(service, "GET", "/orders?limit=1", wanted=200)


def _cancels(service: Service, _: str) -> Works:
    # One that waits for its approval stays as it is until somebody changes it.
    order_id = _waiting(service)
    return lambda: _answers(service, "POST", f"/orders/{order_id}/cancel", wanted=200)


def _uploads(service: Service, _: str) -> Works:
    csv = {"Content-Type": "text/csv"}

    def works() -> bool:
        answer = service.door("url", service.caller).request("POST", "/uploads", b"none", csv)
        assert answer.status in {201, 500}, answer.status
        return answer.status == 201

    return works


def _shows_the_dashboard(service: Service, _: str) -> Works:
    assert _works(_invoked(service, "orders_report", {"day": str(_now().date() - DAY)}))
    return lambda: _answers(service, "GET", "/dashboard", wanted=200)


def _decides(*, approved: bool) -> Callable[[Service, str], Works]:
    def prepare(service: Service, token: str) -> Works:
        order_id = "".join(secrets.choice("abcdefghijklmnop") for _ in range(26))
        item = item_of(order_id, "awaiting_approval", _now()) | {"approval_token": {"S": token}}
        service.client("dynamodb").put_item(
            TableName=service.outputs["tables"]["orders"], Item=item
        )
        # The answer comes too late, as whoever may give it hears.
        return lambda: _answers(
            service, "POST", f"/orders/{order_id}/approval", {"approved": approved}, wanted=409
        )

    return prepare


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _kept(service: Service, status: str) -> str:
    """Keep an order of that status; return its id."""
    order_id = f"missed-{secrets.token_hex(8)}"
    service.put_order(order_id, status, _now())
    return order_id


def _order(order_id: str, status: str = "fulfilling") -> dict[str, Any]:
    """Return an order as JSON has it."""
    at = _now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    total = sum(line["quantity"] * line["unit_price"] for line in ORDER["lines"])
    return {
        "id": order_id, **ORDER, "total": total, "status": status, "version": 1,
        "created_at": at, "updated_at": at,
    }  # fmt: skip


def _batch_works(service: Service, function: str, record: dict[str, Any]) -> bool:
    answer = service.invoke(function, {"Records": [record]})
    return bool(answer == {"batchItemFailures": []})


def _message(status: str) -> dict[str, Any]:
    """Return what an SQS queue brings of an event that SNS has told it."""
    order = _order(f"missed-{secrets.token_hex(8)}", status)
    event = {
        "id": f"{order['id']}.1",
        "type": f"order.{status}",
        "occurred_at": order["updated_at"],
        "order": order,
    }
    return {
        "messageId": "message-1",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:orders",
        "body": json.dumps({"Type": "Notification", "Message": json.dumps(event)}),
    }


def _starts(service: Service, _: str) -> Works:
    # Of an order that is in no table: its execution ends at once.
    return lambda: _batch_works(service, "fulfilment_starter", _message("placed"))


def _tells(service: Service, _: str) -> Works:
    return lambda: _batch_works(service, "order_notifier", _message("cancelled"))


def _publishes(service: Service, _: str) -> Works:
    # Nobody subscribes to this status.
    item = item_of(f"missed-{secrets.token_hex(8)}", "fulfilling", _now())
    record = {
        "eventID": "1",
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/1",
        "dynamodb": {"Keys": {"id": item["id"]}, "NewImage": item, "SequenceNumber": "1"},
    }
    return lambda: _batch_works(service, "order_publisher", record)


def _takes_up(service: Service, _: str) -> Works:
    # Again: it finds by the condition of its write that it was taken up, and reads it.
    task = {"task": "validate", "order": {"id": _kept(service, "fulfilling")}}
    return lambda: _works(_invoked(service, "fulfilment", task))


def _reserves_and_releases(service: Service, _: str) -> Works:
    for line in ORDER["lines"]:
        service.stock_up(line["sku"], 100)

    def works() -> bool:
        order = _order(f"missed-{secrets.token_hex(8)}")
        tasks = [{"task": task, "order": order} for task in ("reserve", "release")]
        return all(_works(_invoked(service, "stock", task)) for task in tasks)

    return works


def _releases_first(service: Service, _: str) -> Works:
    # What was never reserved is closed for a reservation that comes late.
    def works() -> bool:
        order = _order(f"missed-{secrets.token_hex(8)}")
        return _works(_invoked(service, "stock", {"task": "release", "order": order}))

    return works


def _gives_a_part_back(service: Service, _: str) -> Works:
    # More articles than one transaction takes, and of the last there is none.
    mark = secrets.token_hex(4)
    articles = [f"A-{mark}-{n:03}" for n in range(ARTICLES_IN_A_PART + 1)]
    for sku in articles[:-1]:
        service.stock_up(sku, 10)
    lines = [{"sku": sku, "quantity": 1, "unit_price": 1} for sku in articles]

    def works() -> bool:
        order = _order(f"missed-{mark}-{secrets.token_hex(4)}") | {"lines": lines}
        error = _invoked(service, "stock", {"task": "reserve", "order": order})
        assert error in {"OutOfStockError", *REFUSED}, error
        return error == "OutOfStockError"

    return works


def _charges_and_refunds(service: Service, _: str) -> Works:
    def works() -> bool:
        order = _order(f"missed-{secrets.token_hex(8)}")
        tasks = [{"task": task, "order": order} for task in ("charge", "refund")]
        return all(_works(_invoked(service, "payments", task)) for task in tasks)

    return works


def _imports_again(service: Service, _: str) -> Works:
    # More rows than one transaction takes: where the first are known, it looks for the others.
    mark = secrets.token_hex(4)
    rows = [f"{mark}-{n},ada@example.com,EUR,TEA,1,0" for n in range(101)]
    version = service.upload(f"{mark}.csv", "\n".join([HEAD, *rows, ""]).encode())
    summary = service.report(f"{mark}.csv", version)[-1]["summary"]
    event = {
        "Records": [
            {
                "eventName": "ObjectCreated:Put",
                "eventSource": "aws:s3",
                "s3": {
                    "bucket": {"name": summary["bucket"]},
                    "object": {
                        "key": summary["key"], "eTag": summary["etag"], "versionId": version,
                    },
                },
            }
        ]
    }  # fmt: skip
    return lambda: _works(_invoked(service, "order_import", event))


def _reports(service: Service, _: str) -> Works:
    event = {"day": str(_now().date() - DAY)}
    assert _works(_invoked(service, "orders_report", event))
    return lambda: _works(_invoked(service, "orders_report", event))


def _archives(service: Service, _: str) -> Works:
    then = _now() - (OLD_DAYS + secrets.randbelow(5000)) * DAY
    service.put_order(f"missed-{secrets.token_hex(8)}", "fulfilled", then)
    event = {"day": str(then.date())}
    return lambda: _works(_invoked(service, "orders_archive", event))


def _rolls_back(service: Service, _: str) -> Works:
    client = service.server.client("lambda")
    name = service.outputs["functions"]["orders_report"]
    kept = client.get_function_configuration(FunctionName=name)["Description"]
    client.update_function_configuration(FunctionName=name, Description="To be rolled back")
    failing = client.publish_version(FunctionName=name)["Version"]
    client.update_function_configuration(FunctionName=name, Description=kept)
    client.update_alias(
        FunctionName=name,
        Name="live",
        RoutingConfig={"AdditionalVersionWeights": {failing: 0.1}},
    )
    return lambda: _works(_invoked(service, "rollback", canary_alarm(name, failing)))


MISSED = [
    Missed("fulfilment", "dynamodb:GetItem", _takes_up),
    Missed("fulfilment", "dynamodb:UpdateItem", _takes_up),
    Missed("fulfilment_starter", "states:StartExecution", _starts),
    Missed("order_import", "dynamodb:BatchGetItem", _imports_again),
    Missed("order_import", "dynamodb:PutItem", _imports_again),
    Missed("order_import", "s3:GetObjectVersion", _imports_again),
    Missed("order_import", "s3:PutObject", _imports_again),
    Missed("order_notifier", "dynamodb:BatchWriteItem", _tells),
    Missed("order_publisher", "sns:Publish", _publishes),
    Missed("orders_api", "dynamodb:GetItem", _reads),
    Missed("orders_api", "dynamodb:PutItem", _places),
    Missed("orders_api", "dynamodb:Query", _lists),
    Missed("orders_api", "dynamodb:UpdateItem", _cancels),
    Missed("orders_api", "s3:GetObject", _shows_the_dashboard),
    Missed("orders_api", "s3:ListBucket", _shows_the_dashboard),
    Missed("orders_api", "s3:PutObject", _uploads),
    Missed("orders_api", "states:SendTaskFailure", _decides(approved=False)),
    Missed("orders_api", "states:SendTaskSuccess", _decides(approved=True)),
    Missed("orders_archive", "dynamodb:DeleteItem", _archives),
    Missed("orders_archive", "dynamodb:Query", _archives),
    Missed("orders_archive", "s3:GetObject", _archives),
    Missed("orders_archive", "s3:PutObject", _archives),
    Missed("orders_report", "dynamodb:Query", _reports),
    Missed("orders_report", "s3:GetObject", _reports),
    Missed("orders_report", "s3:ListBucket", _reports),
    Missed("orders_report", "s3:PutObject", _reports),
    Missed("payments", "dynamodb:PutItem", _charges_and_refunds),
    Missed("payments", "dynamodb:UpdateItem", _charges_and_refunds),
    Missed("rollback", "lambda:GetAlias", _rolls_back),
    Missed("rollback", "lambda:UpdateAlias", _rolls_back),
    Missed("stock", "dynamodb:DeleteItem", _gives_a_part_back),
    Missed("stock", "dynamodb:GetItem", _reserves_and_releases),
    Missed("stock", "dynamodb:PutItem", _releases_first),
    Missed("stock", "dynamodb:UpdateItem", _reserves_and_releases),
]
