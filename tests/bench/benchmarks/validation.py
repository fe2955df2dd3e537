"""Reading an order of twenty lines: from the bytes of a request to what is known to be an order."""

from __future__ import annotations

import json
import sys

from tests.bench import handlers
from tests.bench.harness import (
    Result,
    Row,
    answer,
    at_least,
    at_most,
    block,
    interleave,
    on_functions_python,
    settle,
)

TITLE = "Validation of an order of 20 lines"
UNIT = "µs of CPU an order"
ROUNDS = 200
LINES = 20
FLOOR = "msgspec, types alone"
PYDANTIC, LOADS = "pydantic", "json.loads, nothing checked"


def measure(rounds: int) -> Result:
    """Measure on the functions' Python."""
    found = on_functions_python(__name__, str(rounds))
    rows = [Row(what, samples) for what, samples in found["rows"].items()]
    {row.what: row for row in rows}
    new, kept = rows
    return Result(
        rows,
        [
            at_least(f"{new.what}: {PYDANTIC}, times ours", new.ratio(PYDANTIC), 1),
            at_least(f"{kept.what}: {PYDANTIC}, times ours", kept.ratio(PYDANTIC), 2),
            at_most(f"{kept.what}: ours, times {FLOOR}", 1 / kept.ratio(FLOOR), 1.25),
        ],
        [
            f"{found['versions']}.",
            (
                "A new order has a pattern for each SKU, which msgspec matches by Python's `re`: "
                "that is most of its time. Consumers read without patterns."
            ),
        ],
    )


def _main(rounds: int) -> None:
    handlers.prepare()
    import msgspec  # noqa: PLC0415  not in the tools' process

    import order_json  # noqa: PLC0415  found on the functions' path
    import order_message  # noqa: PLC0415
    from tests.bench.machine import versions  # noqa: PLC0415

    plain = handlers.peer("plain")
    peer = handlers.peer("models")
    kept = handlers.order(1, LINES)
    new = {name: kept[name] for name in ("customer", "currency", "lines")}
    new_bytes = json.dumps(new).encode()
    event = {"id": f"{kept['id']}.1", "type": "order.placed", "occurred_at": handlers.AT}
    body = json.dumps({**event, "order": kept})
    order_bytes = json.dumps(kept).encode()
    as_new, as_kept = (
        msgspec.json.Decoder(plain.NewOrder).decode,
        msgspec.json.Decoder(plain.Order).decode,
    )
    read = msgspec.json.Decoder(order_message._Order).decode
    assert len(order_json.read_new_order(new_bytes).lines) == LINES
    assert order_message.read_event(body).order == read(order_bytes)
    calls = {
        "a new order": {
            "ours": lambda: order_json.read_new_order(new_bytes),
            FLOOR: lambda: as_new(new_bytes),
            PYDANTIC: lambda: peer.NewOrder.model_validate_json(new_bytes),
            LOADS: lambda: json.loads(new_bytes),
        },
        "an event's order": {
            "ours": lambda: read(order_bytes),
            FLOOR: lambda: as_kept(order_bytes),
            PYDANTIC: lambda: peer.Order.model_validate_json(order_bytes),
            LOADS: lambda: json.loads(order_bytes),
        },
    }
    settle()
    rows = {
        what: interleave({name: block(call, 200) for name, call in some.items()}, rounds)
        for what, some in calls.items()
    }
    told = versions("pydantic", "msgspec")
    answer({"rows": rows, "versions": f"Python {sys.version.split()[0]}, {told}"})


if __name__ == "__main__":
    _main(int(sys.argv[1]))
