"""Orders as DynamoDB items."""

from __future__ import annotations

import pytest

from order import BriefOrder
from order_item import brief_order_of, item_of, order_of
from tests.unit.event_handlers import documented, order


@pytest.mark.parametrize("lines", [1, 100])
def test_an_order_comes_back_as_it_was(lines: int) -> None:
    assert order_of(item_of(order(3, lines=lines))) == order(3, lines=lines)


def test_an_order_in_brief_has_the_fields_of_the_whole() -> None:
    whole = order(3)
    brief = brief_order_of(item_of(whole))
    fields = BriefOrder.__struct_fields__
    assert [getattr(brief, name) for name in fields] == [getattr(whole, name) for name in fields]


def test_the_key_of_the_index_orders_in_time() -> None:
    placed = order()
    assert item_of(placed)["created_key"] == {"S": f"{placed.created_at}#{placed.id}"}


def test_an_image_in_a_documented_event_is_an_order() -> None:
    image = documented("dynamodb_stream")["Records"][0]["dynamodb"]["NewImage"]
    assert order_of(image).total == 3399


@pytest.mark.parametrize("number", [1, 1.5, True, None, "1.5", "one"])
def test_numbers_are_the_strings_that_dynamodb_writes(number: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        order_of(item_of(order()) | {"total": {"N": number}})
