"""Rows become orders; those that cannot are told of, and leave the others alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.unit.functions.order_import.conftest import HEADER, KEY, row
from tools.paths import ROOT

if TYPE_CHECKING:
    from tests.unit.functions.order_import.conftest import Import


def test_a_row_becomes_a_placed_order_of_one_line(imports: Import) -> None:
    imports.import_(HEADER + row(1, customer="bob@example.com", quantity=3, unit_price=250))
    kept = imports.orders()["R-1"]
    assert (kept["customer"], kept["total"], kept["status"]) == (
        {"S": "bob@example.com"}, {"N": "750"}, {"S": "placed"},
    )  # fmt: skip
    assert len(kept["lines"]["L"]) == 1


def test_an_imported_order_is_read_as_any_other(imports: Import) -> None:
    imports.import_(HEADER + row(1))
    order = imports.app.order_table.get(imports.orders()["R-1"]["id"]["S"])
    assert (order.total, order.version) == (1990, 1)


def test_the_summary_counts_orders_and_refused_rows(imports: Import) -> None:
    summary = imports.import_(HEADER + row(1) + row(2, quantity=0) + row(3))
    assert (summary["status"], summary["orders"], summary["refused"]) == ("imported", 2, 1)


def test_the_function_returns_the_summaries(imports: Import) -> None:
    assert imports.handle(imports.drop(HEADER + row(1))) == [imports.summary()]


def test_a_bad_row_is_reported_with_line_reference_and_every_reason(imports: Import) -> None:
    imports.import_(HEADER + row(1) + row(2, customer="", quantity=10_001))
    assert imports.report()[0] == {
        "line": 3,
        "reference": "R-2",
        "problems": [
            {"column": "customer", "detail": "Expected `str` of length >= 1"},
            {"column": "quantity", "detail": "Expected `int` <= 10000"},
        ],
    }


def test_a_report_reads_as_the_readme_shows_it(imports: Import) -> None:
    readme = (ROOT / "functions/order_import/README.md").read_text()
    refused, last = readme.partition("```json\n")[2].splitlines()[:2]
    summary = imports.import_(HEADER + row(1) + row(2, quantity=0) + row(3))
    assert imports.report()[0] == json.loads(refused)
    shown = json.loads(last)["summary"]
    own = {"bucket", "key", "etag", "version", "correlation_id"}
    assert {k: v for k, v in summary.items() if k not in own} == {
        k: v for k, v in shown.items() if k not in own
    }
    assert summary.keys() == shown.keys()


def test_good_rows_around_a_bad_one_are_imported(imports: Import) -> None:
    imports.import_(HEADER + row(1) + "nonsense\n" + row(3))
    assert set(imports.orders()) == {"R-1", "R-3"}


@pytest.mark.parametrize("count", [1, 4, 5, 6, 13])
def test_all_of_so_many_rows_are_imported(imports: Import, count: int) -> None:
    summary = imports.import_(HEADER + "".join(row(number) for number in range(count)))
    assert (summary["orders"], len(imports.orders())) == (count, count)


def test_as_many_rows_go_in_one_request_as_dynamodb_takes(imports: Import) -> None:
    imports.app.order_table.MAX_MANY = 100
    summary = imports.import_(HEADER + "".join(row(number) for number in range(101)))
    assert summary["orders"] == 101


@pytest.mark.parametrize(
    "key",
    [
        "orders/a b+c.csv",
        "orders/ünï ☃.csv",
        "orders/100%25.csv",
        "orders/a&b=c;d,e.csv",
        "orders/'quoted' (1).csv",
        "orders/deep/er/x.csv",
    ],
)
def test_a_key_may_hold_whatever_s3_takes(imports: Import, key: str) -> None:
    assert imports.import_(HEADER + row(1), key)["key"] == key


def test_a_report_whose_name_would_be_too_long_is_named_by_hash(imports: Import) -> None:
    key = f"orders/{'x' * 1010}.csv"
    imports.handle(imports.drop(HEADER + row(1), key))
    (report,) = imports.reports()
    assert report == imports.app.report_key(key)
    assert len(report) < 100


def test_no_report_is_written_where_uploads_are_watched(imports: Import) -> None:
    imports.import_(HEADER + row(1))
    found = imports.s3.list_objects_v2(Bucket="test-uploads", Prefix="orders/")
    assert [each["Key"] for each in found["Contents"]] == [KEY]


def test_an_upload_under_the_prefix_of_reports_is_no_file(imports: Import) -> None:
    event = imports.drop(HEADER + row(1), "reports/orders/a.csv")
    with pytest.raises(imports.app.LoopError, match=r"reports/, which is watched"):
        imports.handle(event)


def test_every_file_of_an_event_is_imported(imports: Import) -> None:
    one, two = imports.drop(HEADER + row(1), "orders/1.csv"), imports.drop(HEADER + row(2), "b.csv")
    imports.handle({"Records": one["Records"] + two["Records"]})
    assert set(imports.orders()) == {"R-1", "R-2"}


def test_just_the_version_of_the_event_is_read(imports: Import) -> None:
    imports.keep_versions()
    event = imports.drop(HEADER + row(1))
    imports.drop(HEADER + row(2))
    imports.handle(event)
    assert set(imports.orders()) == {"R-1"}


def test_the_log_tells_counts_and_no_data(
    imports: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    imports.import_(HEADER + row(1) + row(2, quantity=0), "orders/secret name.csv")
    logged = capsys.readouterr().out
    assert '"orders":1,"refused":1' in logged
    assert not any(word in logged for word in ("secret", "ada@example.com", "R-1", "R-2"))


def test_the_orders_of_a_file_carry_its_id_and_so_does_the_log(
    imports: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    of_file = imports.import_(HEADER + row(1) + row(2))["correlation_id"]
    assert re.fullmatch(r"file-[a-z2-7]{26}", of_file)
    assert [order["correlation_id"] for order in imports.orders().values()] == [{"S": of_file}] * 2
    (line,) = [
        line for line in map(json.loads, capsys.readouterr().out.splitlines()) if "_aws" not in line
    ]
    assert (line["message"], line["correlation_id"]) == ("file imported", of_file)


def test_each_file_of_an_event_has_an_id_of_its_own(imports: Import) -> None:
    one, two = imports.drop(HEADER + row(1), "a.csv"), imports.drop(HEADER + row(2), "b.csv")
    summaries = imports.handle({"Records": one["Records"] + two["Records"]})
    ids = [summary["correlation_id"] for summary in summaries]
    kept = imports.orders()
    assert [kept[name]["correlation_id"]["S"] for name in ("R-1", "R-2")] == ids
    assert len(set(ids)) == 2


def test_what_is_no_file_is_not_told_as_part_of_the_one_before(
    imports: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    imports.import_(HEADER + row(1))
    capsys.readouterr()
    imports.handle({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "test-uploads"})
    assert "correlation_id" not in json.loads(capsys.readouterr().out)
