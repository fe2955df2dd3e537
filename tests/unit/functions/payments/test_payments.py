"""Payments: an order is charged once and refunded once, whatever is asked for how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from moto import mock_aws

from tests.unit.functions.malformed import anything, spoilt
from tests.unit.functions.orders import ORDER_ID, order, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from types_boto3_dynamodb.service_resource import Table

    from tests.unit.functions.conftest import Load

    Item = Any


class Provider:
    """The function and its table."""

    def __init__(self, app: ModuleType, kept: Table) -> None:
        self.app = app
        self.kept = kept

    def do(self, task: str, wanted: dict[str, Any]) -> Item:
        return self.app.handler({"task": task, "order": wanted}, None)

    @property
    def payment(self) -> Item:
        return self.kept.get_item(Key={"id": ORDER_ID}, ConsistentRead=True).get("Item")


@pytest.fixture
def provider(load: Load) -> Iterator[Provider]:
    with mock_aws():
        yield Provider(load("payments", TABLE_NAME="payments"), table("payments"))


def test_a_charge_takes_the_order_s_total_in_its_currency(provider: Provider) -> None:
    assert provider.do("charge", order()) == {"state": "charged"}
    assert (provider.payment["amount"], provider.payment["currency"]) == (750, "EUR")


def test_a_charge_that_is_asked_for_twice_is_taken_once(provider: Provider) -> None:
    provider.do("charge", order())
    first = provider.payment
    assert provider.do("charge", order()) == {"state": "charged"}
    assert provider.payment == first


def test_the_card_of_an_address_that_says_so_is_declined(provider: Provider) -> None:
    with pytest.raises(provider.app.PaymentDeclinedError):
        provider.do("charge", order(customer="ada+declined@example.com"))
    assert provider.payment is None


def test_a_refund_gives_back_what_was_taken(provider: Provider) -> None:
    provider.do("charge", order())
    assert provider.do("refund", order()) == {"state": "refunded"}
    assert (provider.payment["state"], provider.payment["amount"]) == ("refunded", 750)


def test_a_refund_that_is_asked_for_twice_is_given_once(provider: Provider) -> None:
    provider.do("charge", order())
    provider.do("refund", order())
    first = provider.payment
    assert provider.do("refund", order()) == {"state": "refunded"}
    assert provider.payment == first


def test_a_refund_of_nothing_leaves_the_payment_void(provider: Provider) -> None:
    assert provider.do("refund", order()) == {"state": "void"}
    assert provider.do("refund", order()) == {"state": "void"}


@pytest.mark.parametrize("before", [["refund"], ["charge", "refund"]])
def test_a_charge_that_comes_after_its_refund_takes_nothing(
    provider: Provider, before: list[str]
) -> None:
    for task in before:
        provider.do(task, order())
    kept = provider.payment
    with pytest.raises(provider.app.PaymentVoidError):
        provider.do("charge", order())
    assert provider.payment == kept


EVENTS = [{"task": "charge", "order": order()}, {"task": "refund", "order": order()}]
NEEDED = {"task", "order", "id", "customer", "currency", "total", "lines"}


@given(event=anything({"charge", "refund"}) | spoilt(EVENTS, NEEDED))
@settings(
    max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_no_task_is_never_done(provider: Provider, event: object) -> None:
    with pytest.raises(provider.app.workflow_task.InvalidTaskError):
        provider.app.handler(event, None)
