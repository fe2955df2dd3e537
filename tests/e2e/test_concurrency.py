"""Orders placed at the same time: none lost, none doubled, none overwritten."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tools.order_service.orders import ORDER

if TYPE_CHECKING:
    from tools.local_aws.http import Answer
    from tools.order_service.service import Service

PLACED_AT_ONCE = 200
DISTINCT_KEYS = 120


def placed_ids(service: Service) -> list[str]:
    """Return the ids of all orders, page by page."""
    client, ids, cursor = service.door("url", service.caller), [], ""
    while True:
        target = "/orders?limit=100" + (f"&cursor={cursor}" if cursor else "")
        page = client.request("GET", target).json()
        ids += [order["id"] for order in page["orders"]]
        cursor = page.get("cursor") or ""
        if not cursor:
            return ids


def test_of_200_orders_placed_at_once_none_is_lost_and_none_doubled(service: Service) -> None:
    before = placed_ids(service)
    keys = [f"key-{n % DISTINCT_KEYS}" for n in range(PLACED_AT_ONCE)]
    random.Random(20261123).shuffle(keys)  # noqa: S311  a fixed order, no secret
    client = service.door("url", service.caller, connections=PLACED_AT_ONCE)

    def place(key: str) -> tuple[str, Answer]:
        return key, client.post_json("/orders", ORDER, **{"Idempotency-Key": key})

    with ThreadPoolExecutor(PLACED_AT_ONCE) as pool:
        answers = list(pool.map(place, keys))

    statuses = Counter(answer.status for _, answer in answers)
    assert statuses == {201: DISTINCT_KEYS, 200: PLACED_AT_ONCE - DISTINCT_KEYS}
    ids_by_key: dict[str, set[str]] = {}
    for key, answer in answers:
        ids_by_key.setdefault(key, set()).add(answer.json()["id"])
    assert all(len(ids) == 1 for ids in ids_by_key.values())
    answered = {order_id for ids in ids_by_key.values() for order_id in ids}
    after = placed_ids(service)
    assert len(after) == len(set(after))
    assert set(after) - set(before) == answered
    assert len(answered) == DISTINCT_KEYS


def test_of_many_cancellations_at_once_exactly_one_succeeds(service: Service) -> None:
    order = service.door("url", service.caller).post_json("/orders", ORDER).json()
    client = service.door("url", service.caller, connections=20)

    def cancel(_: int) -> int:
        answer = client.request("POST", f"/orders/{order['id']}/cancel")
        return answer.status

    with ThreadPoolExecutor(20) as pool:
        statuses = Counter(pool.map(cancel, range(20)))

    assert statuses == {200: 1, 409: 19}
