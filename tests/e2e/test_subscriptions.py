"""Which events the subscriptions of the queues let through."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tests.e2e.order_events import all_notified, keep, some_orders
from tools.order_service.orders import TEA
from tools.waiting import until

if TYPE_CHECKING:
    from tools.order_service.service import Service

OTHERS = ("cancelled", "failed", "fulfilled")


def test_only_placed_orders_reach_the_queue_of_fulfilment(service: Service) -> None:
    """Another event would fail at its consumer, time after time, and end as a dead letter."""
    mark, queue = f"t{secrets.token_hex(4)}", service.outputs["queues"]["fulfil"]
    service.stock_up(TEA, 10)
    placed = some_orders(1, f"{mark}-placed", "placed")
    others = [item for status in OTHERS for item in some_orders(1, f"{mark}-{status}", status)]
    # What the faults of other tests have left hidden comes again in its own time.
    hidden, dead = service.depth(queue["url"]), service.depth(queue["dlq_url"])
    with service.soon_again("fulfil"):
        keep(service, others)
        all_notified(service, others, mark)
        keep(service, placed)
        service.executed(placed[0]["id"]["S"])
        until("queue done", lambda: service.depth(queue["url"]) <= hidden, seconds=60)
    assert service.depth(queue["dlq_url"]) == dead
    assert [service.execution(item["id"]["S"]) for item in others] == [None] * len(others)
