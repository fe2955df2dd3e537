"""A row is one order, however often and at whatever time the event of its file comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.unit.functions.order_import.conftest import HEADER, KEY, TABLE, row

if TYPE_CHECKING:
    from tests.unit.functions.order_import.conftest import Import


def rows(count: int) -> str:
    return HEADER + "".join(row(number) for number in range(count))


def test_an_event_that_comes_again_changes_nothing(imports: Import) -> None:
    event = imports.drop(rows(13))
    imports.handle(event)
    before, report = imports.orders(), imports.report()
    imports.handle(event)
    assert (imports.orders(), imports.report()) == (before, report)


def test_the_same_file_dropped_again_changes_nothing(imports: Import) -> None:
    imports.keep_versions()
    imports.import_(rows(3))
    before = imports.orders()
    imports.import_(rows(3))
    assert imports.orders() == before


def test_the_same_rows_in_another_file_are_other_orders(imports: Import) -> None:
    imports.import_(rows(1), "orders/1.csv")
    one = imports.orders()["R-0"]["id"]
    imports.dynamodb.delete_item(TableName=TABLE, Key={"id": one})
    imports.import_(rows(1), "orders/2.csv")
    assert imports.orders()["R-0"]["id"] != one


def test_two_equal_rows_are_two_orders(imports: Import) -> None:
    imports.import_(HEADER + row(1) + row(1))
    assert imports.dynamodb.scan(TableName=TABLE)["Count"] == 2


def test_an_id_is_made_as_those_of_the_api(imports: Import) -> None:
    imports.import_(rows(1))
    assert imports.orders()["R-0"]["id"]["S"].isalnum()
    assert len(imports.orders()["R-0"]["id"]["S"]) == 26


def test_an_order_that_has_moved_on_stays_as_it_is(imports: Import) -> None:
    event = imports.drop(rows(3))
    imports.handle(event)
    imports.app.order_table.cancel(imports.orders()["R-1"]["id"]["S"], at="2026-11-25")
    imports.handle(event)
    assert imports.orders()["R-1"]["status"] == {"S": "cancelled"}


def test_rows_that_a_first_try_left_are_imported_by_the_second(imports: Import) -> None:
    event = imports.drop(rows(13))
    imports.handle(event)
    before = imports.orders()
    for number in (0, 4, 5, 12):
        imports.dynamodb.delete_item(TableName=TABLE, Key={"id": before[f"R-{number}"]["id"]})
    imports.handle(event)
    assert imports.orders().keys() == before.keys()


def test_a_second_try_looks_before_it_writes(imports: Import) -> None:
    event, written = imports.drop(rows(25)), []
    imports.handle(event)
    with imports.just_before(
        "dynamodb.TransactWriteItems", lambda: written.append(1), every_time=True
    ):
        imports.handle(event)
    assert len(written) == 1


def test_an_order_that_another_writes_at_the_same_moment_is_taken_out(imports: Import) -> None:
    event = imports.drop(rows(8))
    imports.handle(event)
    every = imports.orders()
    client = boto3.client("dynamodb")
    for item in every.values():
        client.delete_item(TableName=TABLE, Key={"id": item["id"]})
    mine = every["R-3"] | {"customer": {"S": "the other one"}}
    with imports.just_before(
        "dynamodb.TransactWriteItems", lambda: client.put_item(TableName=TABLE, Item=mine)
    ):
        imports.handle(event)
    assert imports.orders()["R-3"]["customer"] == {"S": "the other one"}
    assert len(imports.orders()) == 8


@pytest.mark.parametrize("call", [1, 2, 3])
def test_an_event_that_comes_again_in_the_middle_of_its_import_makes_each_order_once(
    imports: Import, call: int
) -> None:
    event, calls = imports.drop(rows(13)), []

    def come_again() -> None:
        calls.append(1)
        if len(calls) == call:
            imports.handle(event)

    with imports.just_before("dynamodb.TransactWriteItems", come_again, every_time=True):
        imports.handle(event)
    assert imports.dynamodb.scan(TableName=TABLE)["Count"] == 13
    assert imports.summary()["orders"] == 13


def cancelled(*codes: str) -> ClientError:
    """Return the error of a transaction that was cancelled for these reasons."""
    client = boto3.client("dynamodb")
    return client.exceptions.TransactionCanceledException(
        {
            "Error": {"Code": "TransactionCanceledException", "Message": ""},
            "CancellationReasons": [{"Code": code} for code in codes],
        },
        "TransactWriteItems",
    )


def fail(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError"])
def test_a_transaction_that_another_one_hinders_is_tried_again(imports: Import, code: str) -> None:
    event = imports.drop(rows(2))
    error = imports.app.order_table._client.exceptions.TransactionCanceledException(
        cancelled(code, "None").response, "TransactWriteItems"
    )
    with imports.just_before("dynamodb.TransactWriteItems", lambda: fail(error)):
        imports.handle(event)
    assert len(imports.orders()) == 2


def test_an_import_that_is_hindered_for_long_is_left_to_the_next_try(
    imports: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports.app.order_table, "sleep", lambda _: None)
    event = imports.drop(rows(2))
    error = imports.app.order_table._client.exceptions.TransactionCanceledException(
        cancelled("TransactionConflict", "None").response, "TransactWriteItems"
    )
    with (
        imports.just_before("dynamodb.TransactWriteItems", lambda: fail(error), every_time=True),
        pytest.raises(imports.app.order_table.TableBusyError),
    ):
        imports.handle(event)
    assert imports.reports() == []


def test_a_transaction_that_dynamodb_refuses_is_an_error(imports: Import) -> None:
    event = imports.drop(rows(2))
    error = imports.app.order_table._client.exceptions.TransactionCanceledException(
        cancelled("ValidationError", "None").response, "TransactWriteItems"
    )
    with (
        imports.just_before("dynamodb.TransactWriteItems", lambda: fail(error)),
        pytest.raises(type(error)),
    ):
        imports.handle(event)


@pytest.mark.parametrize(
    "operation", ["dynamodb.TransactWriteItems", "s3.GetObject", "s3.PutObject"]
)
def test_an_outage_raises_so_that_lambda_tries_again(imports: Import, operation: str) -> None:
    event = imports.drop(rows(2))
    error = EndpointConnectionError(endpoint_url="https://example.com")
    busy = imports.app.order_table.TableBusyError
    with (
        imports.just_before(operation, lambda: fail(error)),
        pytest.raises((EndpointConnectionError, busy)),
    ):
        imports.handle(event)
    assert imports.reports() == []
    imports.handle(event)
    assert imports.summary()["orders"] == 2


def test_a_handler_that_dies_in_the_middle_leaves_nothing_doubled(imports: Import) -> None:
    event, calls = imports.drop(rows(25)), []

    def die_at_third() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with (
        imports.just_before("dynamodb.TransactWriteItems", die_at_third, every_time=True),
        pytest.raises(KeyboardInterrupt),
    ):
        imports.handle(event)
    assert len(imports.orders()) == 10
    imports.handle(event)
    assert imports.dynamodb.scan(TableName=TABLE)["Count"] == 25


def test_out_of_time_the_report_says_so_and_the_next_try_goes_on(imports: Import) -> None:
    event = imports.drop(rows(25))
    with (
        imports.just_after(
            "dynamodb.TransactWriteItems",
            lambda: setattr(imports.context, "remaining_milliseconds", 9_999),
        ),
        pytest.raises(imports.app.IncompleteError, match="after line 6"),
    ):
        imports.handle(event)
    summary = imports.summary()
    assert (summary["status"], summary["orders"], len(imports.orders())) == ("incomplete", 5, 5)
    imports.context.remaining_milliseconds = 300_000
    imports.handle(event)
    assert (imports.summary()["status"], len(imports.orders())) == ("imported", 25)


def test_a_file_that_is_replaced_while_it_is_read_is_not_mixed_up(imports: Import) -> None:
    event = imports.drop(rows(3))
    imports.drop(rows(4))
    imports.handle(event)
    assert imports.summary(KEY)["reason"] == "The object was replaced by another before it was read"
    assert imports.orders() == {}
