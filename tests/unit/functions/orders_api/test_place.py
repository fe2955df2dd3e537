"""POST /orders: placed once, however often it is asked for."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit import strategies
from tests.unit.functions.conftest import Context
from tests.unit.functions.orders_api.conftest import ORDER

if TYPE_CHECKING:
    from tests.unit.functions.orders_api.conftest import Api

OTHER = ORDER | {"currency": "USD"}
NOW = "2026-03-12T19:03:58.000000Z"


def reordered(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Return the same JSON with the names of every object in another order."""
    if isinstance(value, dict):
        return {name: reordered(value[name]) for name in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


class TestPlacing:
    def test_an_order_is_created(self, api: Api) -> None:
        assert api.place().status == 201

    def test_the_answer_is_the_whole_order(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(api.app, "_now", lambda: NOW)
        body = api.place().body
        assert re.fullmatch(r"[a-z2-7]{26}", body.pop("id"))
        assert body == ORDER | {
            "total": 2000, "status": "placed", "version": 1, "created_at": NOW, "updated_at": NOW,
            "correlation_id": Context.aws_request_id,
        }  # fmt: skip

    def test_an_order_keeps_the_id_of_the_request_that_placed_it(self, api: Api) -> None:
        placed = api.place()
        assert placed.body["correlation_id"] == placed.headers["x-request-id"]

    def test_a_new_order_is_counted_once(
        self, api: Api, capsys: pytest.CaptureFixture[str]
    ) -> None:
        api.place("k")
        api.place("k")
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [line["OrdersPlaced"] for line in lines if "_aws" in line] == [1]

    def test_the_time_is_in_utc_with_microseconds(self, api: Api) -> None:
        at = api.place().body["created_at"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", at)

    def test_its_location_is_where_it_is_read(self, api: Api) -> None:
        placed = api.place()
        assert api.call("GET", placed.headers["location"]).body == placed.body

    def test_its_location_is_under_the_prefix_that_it_was_placed_under(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys.modules["http_dispatch"], "_PREFIX", "/api")
        placed = api.call("POST", "/api/orders", body=ORDER)
        assert placed.headers["location"] == f"/api/orders/{placed.body['id']}"

    def test_two_orders_without_a_key_are_two(self, api: Api) -> None:
        assert api.placed() != api.placed()

    @given(strategies.orders)
    @settings(max_examples=15)
    def test_what_is_read_is_what_was_placed(self, api: Api, order: dict[str, Any]) -> None:
        placed = api.place(order=order)
        assert api.call("GET", placed.headers["location"]).body == placed.body

    @pytest.mark.parametrize("body", ["{", '{"customer":"\0"}', "[" * 60_000])
    def test_malformed_json_is_400(self, api: Api, body: str) -> None:
        reply = api.place(order=body)
        assert reply.status == 400
        assert reply.body["detail"].startswith("The body is no JSON: ")

    def test_an_order_is_400_with_every_field_that_is_wrong(self, api: Api) -> None:
        reply = api.place(order={"currency": "EUR", "lines": [{"sku": "A1", "quantity": 0}]})
        assert (reply.status, reply.body["detail"]) == (400, "The order has 3 wrong fields")
        assert reply.body["errors"] == [
            {"pointer": "/customer", "detail": "Missing"},
            {"pointer": "/lines/0/quantity", "detail": "Expected `int` >= 1"},
            {"pointer": "/lines/0/unit_price", "detail": "Missing"},
        ]

    def test_a_body_that_is_too_large_is_413(self, api: Api) -> None:
        assert api.place(order=json.dumps(ORDER) + " " * 65_536).status == 413

    def test_another_content_type_is_415(self, api: Api) -> None:
        reply = api.call("POST", "/orders", body=ORDER, headers={"content-type": "text/plain"})
        assert reply.status == 415

    def test_an_order_that_is_refused_is_not_kept(self, api: Api) -> None:
        api.place(order=ORDER | {"currency": "euro"})
        assert api.ids() == set()

    def test_no_log_line_holds_what_was_sent(
        self, api: Api, capsys: pytest.CaptureFixture[str]
    ) -> None:
        api.place("my-key")
        api.place("my-key", OTHER)
        api.place(order=ORDER | {"customer": 5, "note": "ada@example.com"})
        logged = capsys.readouterr().out
        assert not [sent for sent in ("ada@example.com", "my-key", "A1") if sent in logged]


class TestIdempotencyKey:
    def test_the_same_key_and_body_give_the_same_order(self, api: Api) -> None:
        first, second = api.place("k"), api.place("k")
        assert (second.status, second.body) == (200, first.body)

    def test_the_same_order_written_otherwise_is_the_same(self, api: Api) -> None:
        first = api.place("k")
        second = api.place("k", json.dumps(reordered(ORDER), indent=4))
        assert (second.status, second.body) == (200, first.body)

    def test_the_same_key_with_another_body_is_422(self, api: Api) -> None:
        api.place("k")
        assert api.place("k", OTHER).status == 422

    def test_the_first_order_stays_as_it_was_then(self, api: Api) -> None:
        first = api.place("k")
        api.place("k", OTHER)
        assert api.call("GET", first.headers["location"]).body == first.body

    def test_a_retry_sees_the_order_as_it_is_now(self, api: Api) -> None:
        first = api.place("k")
        api.call("POST", f"{first.headers['location']}/cancel")
        second = api.place("k")
        assert (second.status, second.body["status"]) == (200, "cancelled")

    def test_another_callers_equal_key_is_its_own(self, api: Api) -> None:
        first = api.place("k", caller="AIDAONE")
        second = api.place("k", OTHER, caller="AIDATWO")
        assert (second.status, len({first.body["id"], second.body["id"]})) == (201, 2)

    def test_two_sessions_of_one_role_share_their_keys(self, api: Api) -> None:
        first = api.place("k", caller="AROAEXAMPLE:one")
        second = api.place("k", caller="AROAEXAMPLE:two")
        assert (second.status, second.body) == (200, first.body)

    @pytest.mark.parametrize("key", ["", "a b", " a", "é", "a\tb", "\x7f", "a" * 256])
    def test_another_key_than_printable_ascii_is_400(self, api: Api, key: str) -> None:
        reply = api.place(key)
        assert (reply.status, "Idempotency-Key" in reply.body["detail"]) == (400, True)

    @pytest.mark.parametrize("key", ["!", "~", "a" * 255, "8e03978e-40d5-43e8-bc93-6894a57f9324"])
    def test_printable_ascii_is_a_key(self, api: Api, key: str) -> None:
        assert api.place(key).status == 201

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["AIDAONE", "AIDATWO"]),
                st.sampled_from(["k", "l", "m"]),
                st.sampled_from([json.dumps(ORDER), json.dumps(OTHER)]),
            ),
            max_size=6,
        ),
        st.randoms(use_true_random=False),
    )
    @settings(max_examples=25)
    def test_any_order_of_requests_keeps_one_order_a_key(
        self,
        api: Api,
        requests: list[tuple[str, str, str]],
        random: Any,  # noqa: ANN401
    ) -> None:
        shuffled = list(requests)
        random.shuffle(shuffled)
        kept = []
        for sent in (requests, shuffled):
            api.clear()
            for caller, key, body in sent:
                api.place(key, body, caller=caller)
            kept.append(api.ids())
        assert kept[0] == kept[1]
        assert len(kept[0]) == len({(caller, key) for caller, key, _ in requests})

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["k", "l"]),
                st.sampled_from([json.dumps(ORDER), json.dumps(OTHER)]),
            ),
            max_size=8,
        )
    )
    @settings(max_examples=25)
    def test_the_first_body_of_a_key_decides_about_all_that_follow(
        self, api: Api, requests: list[tuple[str, str]]
    ) -> None:
        api.clear()
        first: dict[str, str] = {}
        for key, body in requests:
            expected = 201 if key not in first else 200 if first[key] == body else 422
            first.setdefault(key, body)
            assert api.place(key, body).status == expected
