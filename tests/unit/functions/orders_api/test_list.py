"""GET /orders: every order once, the newest first."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from order import STATUSES

if TYPE_CHECKING:
    from tests.unit.functions.orders_api.conftest import Api, Reply

POSITION = f"2026-03-12T19:03:58.000000Z#{'a' * 26}"


class Clock:
    """A clock that a test sets; it stands still until then."""

    def __init__(self) -> None:
        self.microseconds = 0

    def __call__(self) -> str:
        return f"2026-03-12T19:03:58.{self.microseconds:06}Z"


@pytest.fixture
def clock(api: Api, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock that the API reads."""
    clock = Clock()
    monkeypatch.setattr(api.app, "_now", clock)
    return clock


def place(api: Api, clock: Clock, *, ticks: int = 1, status: str = "placed") -> str:
    """Place an order so many microseconds after the one before; return its id."""
    clock.microseconds += ticks
    order_id = api.placed()
    if status != "placed":
        api.become(order_id, status)
    return order_id


def page(api: Api, **query: object) -> Reply:
    """Ask for a page."""
    return api.call(
        "GET", "/orders", query="&".join(f"{k}={quote(str(v))}" for k, v in query.items())
    )


def ids(reply: Reply) -> list[str]:
    assert reply.status == 200, reply
    return [order["id"] for order in reply.body["orders"]]


def encoded(position: str) -> str:
    return urlsafe_b64encode(position.encode()).decode()


class TestPage:
    def test_without_orders_it_is_empty_and_the_last(self, api: Api) -> None:
        assert page(api).body == {"orders": [], "cursor": None}

    def test_an_order_is_listed_as_it_is_read(self, api: Api) -> None:
        placed = api.place()
        assert page(api).body["orders"] == [placed.body]

    def test_the_newest_is_first(self, api: Api, clock: Clock) -> None:
        placed = [place(api, clock) for _ in range(3)]
        assert ids(page(api)) == placed[::-1]

    def test_orders_of_all_statuses_are_merged_by_time(self, api: Api, clock: Clock) -> None:
        placed = [place(api, clock, status=status) for status in STATUSES]
        assert ids(page(api)) == placed[::-1]

    @pytest.mark.parametrize("status", STATUSES)
    def test_a_status_leaves_the_others_out(self, api: Api, clock: Clock, status: str) -> None:
        placed = {one: place(api, clock, status=one) for one in STATUSES}
        assert ids(page(api, status=status)) == [placed[status]]

    def test_it_has_twenty_orders_unless_told_otherwise(self, api: Api, clock: Clock) -> None:
        for _ in range(21):
            place(api, clock)
        assert len(ids(page(api))) == 20

    def test_a_full_page_that_is_the_last_has_no_cursor(self, api: Api, clock: Clock) -> None:
        for _ in range(3):
            place(api, clock)
        assert page(api, limit=3).body["cursor"] is None

    def test_an_order_that_changes_while_it_is_listed_is_there_once_as_it_is_now(
        self, api: Api, clock: Clock
    ) -> None:
        order_id = place(api, clock)
        # After the query for placed orders, before that for cancelled ones.
        with api.just_after("Query", lambda: api.become(order_id, "cancelled")):
            orders = page(api).body["orders"]
        assert [order["status"] for order in orders] == ["cancelled"]


class TestPages:
    @given(
        limit=st.integers(1, 7),
        orders=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(STATUSES)), max_size=8),
        arrivals=st.lists(st.integers(0, 2), max_size=10),
        status=st.none() | st.sampled_from(STATUSES),
    )
    @settings(max_examples=25)
    def test_every_order_is_seen_once_while_new_ones_arrive(
        self,
        api: Api,
        clock: Clock,
        *,
        limit: int,
        orders: list[tuple[int, str]],
        arrivals: list[int],
        status: str | None,
    ) -> None:
        api.clear()
        wanted = set()
        for ticks, one in orders:
            order_id = place(api, clock, ticks=ticks, status=one)
            if status in (None, one):
                wanted.add(order_id)
        clock.microseconds += 1
        query: dict[str, Any] = {"limit": limit} | ({"status": status} if status else {})
        seen: list[tuple[str, str]] = []
        while True:
            reply = page(api, **query)
            seen += [(order["created_at"], order["id"]) for order in reply.body["orders"]]
            if reply.body["cursor"] is None:
                break
            assert len(reply.body["orders"]) == limit
            query["cursor"] = reply.body["cursor"]
            for _ in range(arrivals.pop() if arrivals else 0):
                place(api, clock, status=status or "placed")
        assert seen == sorted(seen, reverse=True)
        assert [order_id for _, order_id in seen if order_id in wanted] == [i for _, i in seen]
        assert len(seen) == len(wanted)

    def test_a_cursor_stays_good_when_its_order_changes(self, api: Api, clock: Clock) -> None:
        placed = [place(api, clock) for _ in range(3)]
        cursor = page(api, limit=1).body["cursor"]
        api.become(placed[2], "cancelled")
        assert ids(page(api, limit=1, cursor=cursor)) == [placed[1]]


class TestQuery:
    @pytest.mark.parametrize("limit", ["1", "100"])
    def test_the_least_and_the_greatest_limit_are_taken(self, api: Api, limit: str) -> None:
        assert page(api, limit=limit).status == 200

    @pytest.mark.parametrize(
        "limit",
        ["0", "101", "-1", "+1", "1.0", "1e1", "ten", " 1", "1\n", "²", "٣", "9" * 5000,
         "0" * 9, "000000001" + "0" * 5, "000000001" + "0" * 5000],
    )  # fmt: skip
    def test_another_limit_is_400_with_what_is_right(self, api: Api, limit: str) -> None:
        reply = page(api, limit=limit)
        assert reply.status == 400
        assert reply.body["detail"].endswith(": give 1 to 100")

    @pytest.mark.parametrize("status", ["", "Placed", "shipped", "placed,failed"])
    def test_another_status_is_400_with_all_that_there_are(self, api: Api, status: str) -> None:
        reply = page(api, status=status)
        assert reply.status == 400
        assert reply.body["detail"].endswith(f": it is one of {', '.join(STATUSES)}")

    @pytest.mark.parametrize(
        "cursor",
        ["", "x", "é", "====", encoded(""), encoded("x"), encoded(POSITION)[:-4],
         encoded(POSITION + "\n"), encoded(POSITION.replace("2026", "٢٠٢٦")),
         encoded(POSITION.upper()), "_" * 60],
    )  # fmt: skip
    def test_a_cursor_that_this_api_did_not_give_is_400(self, api: Api, cursor: str) -> None:
        reply = page(api, cursor=cursor)
        assert (reply.status, "cursor" in reply.body["detail"]) == (400, True)

    @pytest.mark.parametrize("name", ["status", "limit", "cursor"])
    def test_a_parameter_that_is_there_twice_is_400(self, api: Api, name: str) -> None:
        reply = api.call("GET", "/orders", query=f"{name}=1&{name}=2")
        assert reply.body["detail"] == f"The query has {name} 2 times: give it once"

    def test_another_method_is_405_with_allow(self, api: Api) -> None:
        reply = api.call("DELETE", "/orders")
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, POST")
