"""What one event costs between Lambda and the AWS client: ours, and the same on Powertools."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tests.bench import handlers
from tests.bench.harness import (
    Result,
    Row,
    answer,
    at_least,
    block,
    interleave,
    on_functions_python,
    settle,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Calls = dict[str, Callable[[], object]]

TITLE = "One event, from Lambda to the AWS client"
UNIT = "µs of CPU an event"
ROUNDS = 60
BARE, VALIDATING = "Powertools", "Powertools and pydantic"
# Blocks of milliseconds each.
CALLS, UPLOAD_CALLS = 50, 1000
UPLOAD = "S3 event: what was uploaded"


def measure(rounds: int) -> Result:
    """Measure on the functions' Python."""
    found = on_functions_python(__name__, str(rounds))
    rows = [Row(what, samples) for what, samples in found["rows"].items()]
    goals = []
    for row in rows:
        goals.append(at_least(f"{row.what}: {VALIDATING}, times ours", row.ratio(VALIDATING), 4))
        goals.append(at_least(f"{row.what}: {BARE}, times ours", row.ratio(BARE), 2))
    return Result(rows, goals, [
        f"{found['versions']}. Ours always validates; Powertools alone reads fields unseen.",
        (f"An order has three lines, a batch {handlers.BATCH} messages. Requests and messages "
        "write a log line each, thrown away; the AWS client is a stub that answers at once."),
        "Ours sends ten notifications in one BatchWriteItem; the peer writes one a message.",
    ])  # fmt: skip


def _api() -> dict[str, Calls]:
    app, peer = handlers.ours("orders_api"), handlers.peer("orders_api")
    kept = handlers.order(1)
    stored = handlers.item(kept)
    app.order_table._client = handlers.stub(
        put_item=lambda **_: {}, get_item=lambda **_: {"Item": stored}
    )
    peer.place_order = lambda _: None
    peer.read_order = lambda _: kept
    new = {name: kept[name] for name in ("customer", "currency", "lines")}
    place = handlers.request("POST", "/orders", new)
    read = handlers.request("GET", f"/orders/{'a' * 26}")
    calls: dict[str, Calls] = {}
    for what, event, status in (
        ("API: place an order", place, 201),
        ("API: read an order", read, 200),
    ):
        calls[what] = _three(app.handler, peer.handler_bare, peer.handler, event)
        for call in calls[what].values():
            seen: Any = call()
            assert seen["statusCode"] == status, seen
    return calls


def _three(ours: Any, bare: Any, validating: Any, event: Any) -> Calls:  # noqa: ANN401
    return {
        "ours": lambda: ours(event, handlers.CONTEXT),
        BARE: lambda: bare(event, handlers.CONTEXT),
        VALIDATING: lambda: validating(event, handlers.CONTEXT),
    }


def _batches() -> dict[str, Calls]:
    calls: dict[str, Calls] = {}
    published = {"Successful": [{"Id": str(n)} for n in range(handlers.BATCH)]}
    client = handlers.stub(
        batch_write_item=lambda **_: {}, put_item=lambda **_: {},
        start_execution=lambda **_: {}, publish=lambda **_: {},
        publish_batch=lambda **_: published,
    )  # fmt: skip
    for function, name, event in (
        ("order_notifier", "_client", handlers.queue_batch()),
        ("fulfilment_starter", "_workflows", handlers.queue_batch()),
        ("order_publisher", "_sns", handlers.stream_batch()),
    ):
        app, peer = handlers.ours(function), handlers.peer(function)
        setattr(app, name, client)
        peer.client = client
        kind = "stream" if function == "order_publisher" else "SQS"
        what = f"{kind} batch of {handlers.BATCH}: {function}"
        calls[what] = _three(app.handler, peer.handler_bare, peer.handler, event)
        for call in calls[what].values():
            seen = call()
            assert seen == {"batchItemFailures": []}, seen
    return calls


def _upload() -> dict[str, Calls]:
    import s3_event  # noqa: PLC0415  found on the functions' path

    peer = handlers.peer("order_import")
    event = handlers.documented("s3_put")
    expected = s3_event.uploads_in(event)[0].key
    assert peer.uploads_bare(event)[0][1] == peer.uploads(event)[0][1] == expected
    return {
        UPLOAD: {
            "ours": lambda: s3_event.uploads_in(event),
            BARE: lambda: peer.uploads_bare(event),
            VALIDATING: lambda: peer.uploads(event),
        }
    }


def _main(rounds: int) -> None:
    handlers.prepare()
    from tests.bench.machine import versions  # noqa: PLC0415  of this environment

    works = _api() | _batches() | _upload()
    settle()
    rows = {}
    for what, some in works.items():
        calls = UPLOAD_CALLS if what == UPLOAD else CALLS
        blocks = {name: block(call, calls) for name, call in some.items()}
        rows[what] = interleave(blocks, rounds)
    told = versions("aws-lambda-powertools", "pydantic", "msgspec")
    answer({"rows": rows, "versions": f"Python {sys.version.split()[0]}, {told}"})


if __name__ == "__main__":
    _main(int(sys.argv[1]))
