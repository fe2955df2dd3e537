"""Stock: reserved for an order once, released once, and never more than there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from tests.unit.functions.malformed import anything, spoilt
from tests.unit.functions.orders import ORDER_ID, order, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from types_boto3_dynamodb.service_resource import Table

    from tests.unit.functions.conftest import Load

    Item = Any


class Store:
    """The function and its table."""

    def __init__(self, app: ModuleType, kept: Table) -> None:
        self.app = app
        self.kept = kept

    def do(self, task: str, wanted: dict[str, Any]) -> Item:
        return self.app.handler({"task": task, "order": wanted}, None)

    def stock(self, **pieces: int) -> None:
        for sku, count in pieces.items():
            self.kept.put_item(Item={"id": f"sku#{sku}", "available": count})

    def left(self, *skus: str) -> list[int]:
        return [self.item(f"sku#{sku}")["available"] for sku in skus]

    def item(self, key: str) -> Item:
        return self.kept.get_item(Key={"id": key}, ConsistentRead=True).get("Item")

    def reservation(self, part: int = 0) -> str | None:
        found = self.item(f"order#{ORDER_ID}#{part}")
        return str(found["state"]) if found else None


@pytest.fixture
def store(load: Load) -> Iterator[Store]:
    with mock_aws():
        yield Store(load("stock", TABLE_NAME="stock"), table("stock"))


def test_a_reservation_takes_the_pieces_of_every_line(store: Store) -> None:
    store.stock(tea=5, cup=5)
    assert store.do("reserve", order()) == {"pieces": 3}
    assert store.left("tea", "cup") == [3, 4]


def test_a_reservation_that_is_asked_for_twice_takes_the_pieces_once(store: Store) -> None:
    store.stock(tea=5, cup=5)
    store.do("reserve", order())
    store.do("reserve", order())
    assert store.left("tea", "cup") == [3, 4]


def test_a_second_try_succeeds_although_the_pieces_are_gone_by_now(store: Store) -> None:
    store.stock(tea=2, cup=1)
    store.do("reserve", order())
    assert store.do("reserve", order()) == {"pieces": 3}


def test_lines_of_one_article_are_taken_together(store: Store) -> None:
    store.stock(tea=5)
    with pytest.raises(store.app.OutOfStockError):
        store.do("reserve", order([("tea", 3), ("tea", 3)]))
    assert store.left("tea") == [5]


def test_one_article_that_is_out_of_stock_leaves_the_others_alone(store: Store) -> None:
    store.stock(tea=5, cup=0)
    with pytest.raises(store.app.OutOfStockError, match=r"Too few pieces of cup$"):
        store.do("reserve", order())
    assert (store.left("tea", "cup"), store.reservation()) == ([5, 0], None)


def test_an_article_that_nobody_has_heard_of_is_out_of_stock(store: Store) -> None:
    with pytest.raises(store.app.OutOfStockError, match="tea"):
        store.do("reserve", order([("tea", 1)]))


def test_an_order_that_was_refused_is_taken_when_there_is_stock_again(store: Store) -> None:
    with pytest.raises(store.app.OutOfStockError):
        store.do("reserve", order([("tea", 1)]))
    store.stock(tea=1)
    store.do("reserve", order([("tea", 1)]))
    assert store.left("tea") == [0]


def test_a_release_gives_back_what_is_held(store: Store) -> None:
    store.stock(tea=5, cup=5)
    store.do("reserve", order())
    store.do("release", order())
    assert (store.left("tea", "cup"), store.reservation()) == ([5, 5], "released")


def test_a_release_that_is_asked_for_twice_gives_back_once(store: Store) -> None:
    store.stock(tea=5, cup=5)
    store.do("reserve", order())
    store.do("release", order())
    store.do("release", order())
    assert store.left("tea", "cup") == [5, 5]


def test_a_release_without_a_reservation_gives_nothing_back(store: Store) -> None:
    store.stock(tea=5, cup=5)
    store.do("release", order())
    assert store.left("tea", "cup") == [5, 5]


def test_a_reservation_that_comes_after_its_release_takes_nothing(store: Store) -> None:
    store.stock(tea=5, cup=5)
    store.do("release", order())
    with pytest.raises(store.app.ReservationReleasedError):
        store.do("reserve", order())
    assert store.left("tea", "cup") == [5, 5]


MANY = [(f"a{number:03}", 1) for number in range(100)]


def test_an_order_of_more_articles_than_a_transaction_takes_is_reserved(store: Store) -> None:
    store.stock(**{sku: 1 for sku, _ in MANY})
    store.do("reserve", order(MANY))
    assert store.left("a000", "a099") == [0, 0]
    store.do("release", order(MANY))
    assert store.left("a000", "a099") == [1, 1]


def test_a_late_part_that_is_out_of_stock_undoes_the_parts_before_it(store: Store) -> None:
    store.stock(**{sku: 1 for sku, _ in MANY[:-1]}, a099=0)
    with pytest.raises(store.app.OutOfStockError, match="a099"):
        store.do("reserve", order(MANY))
    assert (store.left("a000", "a098"), store.reservation(0)) == ([1, 1], None)


def test_a_conflict_with_another_order_is_to_be_tried_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.stock(tea=5)
    monkeypatch.setattr(store.app, "_transact", lambda *_: ["None", "TransactionConflict"])
    with pytest.raises(store.app.StockBusyError):
        store.do("reserve", order([("tea", 1)]))


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["reserve", "release"]), st.sampled_from(["a", "b", "c"])),
        max_size=8,
    )
)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pieces_are_either_there_or_held(store: Store, steps: list[tuple[str, str]]) -> None:
    number = int(store.item("count")["n"]) + 1 if store.item("count") else 0
    store.kept.put_item(Item={"id": "count", "n": number})
    store.stock(tea=4)
    held: dict[str, str] = {}
    for task, name in steps:
        try:
            store.do(task, order([("tea", 2)], order_id=f"{name}{number}"))
        except (store.app.OutOfStockError, store.app.ReservationReleasedError):
            assert task == "reserve"
            continue
        held[name] = task
    assert store.left("tea") == [4 - 2 * list(held.values()).count("reserve")]


EVENTS = [{"task": "reserve", "order": order()}, {"task": "release", "order": order()}]
NEEDED = {"task", "order", "id", "lines", "sku", "quantity", "total"}


@given(event=anything({"reserve", "release"}) | spoilt(EVENTS, NEEDED))
@settings(
    max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_no_task_is_never_done(store: Store, event: object) -> None:
    with pytest.raises(store.app.workflow_task.InvalidTaskError):
        store.app.handler(event, None)
