"""GET /orders/{id} and POST /orders/{id}/cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from order import STATUSES, statuses_before

if TYPE_CHECKING:
    from tests.unit.functions.orders_api.conftest import Api

UNKNOWN = "a" * 26
NO_IDS = ["1", "A" * 26, "a" * 25, "a" * 27, "1" * 26, "%00", "a%2Fb", "caf%C3%A9", f"{UNKNOWN}%0A"]
CANCELLABLE = statuses_before("cancelled")


class TestRead:
    def test_an_order_is_read(self, api: Api) -> None:
        placed = api.place()
        reply = api.call("GET", f"/orders/{placed.body['id']}")
        assert (reply.status, reply.body) == (200, placed.body)

    def test_head_has_no_body(self, api: Api) -> None:
        reply = api.call("HEAD", f"/orders/{api.placed()}")
        assert (reply.status, reply.body) == (200, None)

    def test_an_order_that_there_is_not_is_404(self, api: Api) -> None:
        reply = api.call("GET", f"/orders/{UNKNOWN}")
        assert (reply.status, reply.body["detail"]) == (404, "There is no such order")

    @pytest.mark.parametrize("no_id", NO_IDS)
    def test_what_can_be_no_id_is_404(self, api: Api, no_id: str) -> None:
        assert api.call("GET", f"/orders/{no_id}").status == 404

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
    def test_another_method_is_405_with_allow(self, api: Api, method: str) -> None:
        reply = api.call(method, f"/orders/{UNKNOWN}")
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")

    def test_whoever_may_call_may_read(self, api: Api) -> None:
        placed = api.place(caller="AIDAONE")
        reply = api.call("GET", placed.headers["location"], caller="AIDATWO")
        assert reply.status == 200


class TestCancel:
    def test_an_order_is_cancelled(self, api: Api) -> None:
        reply = api.call("POST", f"/orders/{api.placed()}/cancel")
        assert (reply.status, reply.body["status"]) == (200, "cancelled")

    def test_only_status_version_and_time_change(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        placed = api.place().body
        later = "2999-01-01T00:00:00.000000Z"
        monkeypatch.setattr(api.app, "_now", lambda: later)
        reply = api.call("POST", f"/orders/{placed['id']}/cancel")
        assert reply.body == placed | {"status": "cancelled", "version": 2, "updated_at": later}

    def test_it_stays_cancelled(self, api: Api) -> None:
        order_id = api.placed()
        cancelled = api.call("POST", f"/orders/{order_id}/cancel")
        assert api.call("GET", f"/orders/{order_id}").body == cancelled.body

    @pytest.mark.parametrize("status", CANCELLABLE)
    def test_it_is_cancelled_from_every_status_that_allows_it(self, api: Api, status: str) -> None:
        order_id = api.placed()
        api.become(order_id, status)
        assert api.call("POST", f"/orders/{order_id}/cancel").status == 200

    @pytest.mark.parametrize("status", sorted({*STATUSES} - {*CANCELLABLE}))
    def test_from_every_other_status_it_is_409(self, api: Api, status: str) -> None:
        order_id = api.placed()
        api.become(order_id, status)
        reply = api.call("POST", f"/orders/{order_id}/cancel")
        assert reply.status == 409
        assert reply.body["detail"].startswith(f"An order that is {status} cannot become cancelled")

    def test_an_order_that_is_not_cancelled_is_not_changed(self, api: Api) -> None:
        order_id = api.placed()
        api.become(order_id, "fulfilled")
        before = api.call("GET", f"/orders/{order_id}").body
        api.call("POST", f"/orders/{order_id}/cancel")
        assert api.call("GET", f"/orders/{order_id}").body == before

    def test_an_order_that_there_is_not_is_404(self, api: Api) -> None:
        assert api.call("POST", f"/orders/{UNKNOWN}/cancel").status == 404

    def test_an_order_that_there_is_not_is_not_made(self, api: Api) -> None:
        api.call("POST", f"/orders/{UNKNOWN}/cancel")
        assert api.ids() == set()

    @pytest.mark.parametrize("no_id", NO_IDS)
    def test_what_can_be_no_id_is_404(self, api: Api, no_id: str) -> None:
        assert api.call("POST", f"/orders/{no_id}/cancel").status == 404

    def test_of_two_at_the_same_time_one_cancels(self, api: Api) -> None:
        path = f"/orders/{api.placed()}/cancel"
        statuses = []
        with api.just_before("UpdateItem", lambda: statuses.append(api.call("POST", path).status)):
            statuses.append(api.call("POST", path).status)
        assert statuses == [200, 409]
        assert api.call("GET", path.removesuffix("/cancel")).body["version"] == 2
