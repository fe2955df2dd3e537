"""Ten thousand events through outbox, topic, queue and consumer: none lost, none doubled."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from tests.e2e.order_events import keep, notified, some_orders
from tools.waiting import until

if TYPE_CHECKING:
    import pytest

    from tools.order_service.service import Service

EVENTS = 10_000


def test_of_10000_events_none_is_lost_and_none_doubled(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = f"t{secrets.token_hex(4)}"
    orders = some_orders(EVENTS, mark)
    queues = service.outputs["queues"]
    # What the faults of other tests have left hidden comes again in its own time.
    hidden = service.depth(queues["tell"]["url"])
    dead = {name: service.depth(queue["dlq_url"]) for name, queue in queues.items()}

    began = time.monotonic()
    keep(service, orders)
    written = time.monotonic() - began
    service.wait_for_count("notifications", mark, EVENTS, seconds=300)
    took = time.monotonic() - began

    found = notified(service, mark)
    assert len(found) == len(set(found))
    assert set(found) == {order["id"]["S"] for order in orders}
    until("empty queue", lambda: service.depth(queues["tell"]["url"]) <= hidden)
    given_up = {
        name: service.depth(queues[name]["dlq_url"]) - count for name, count in dead.items()
    }
    with capsys.disabled():
        print(
            f"\n{EVENTS:,} events in {took:.1f} s (written in {written:.1f} s): "
            f"{EVENTS / took:.0f} a second, 0 lost, 0 doubled, "
            f"{sum(given_up.values())} in dead-letter queues"
        )
    assert sum(given_up.values()) == 0
