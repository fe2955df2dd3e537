"""What people do at the website, by a real browser: from the click to the table, and back."""

from __future__ import annotations

import datetime
import re
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tools.order_service.orders import CUP, ORDER, TEA, large

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.e2e.website.conftest import Opener
    from tools.order_service.service import Service

HEAD = "reference,customer,currency,sku,quantity,unit_price"
SOON = 30_000


def card(page: Page, customer: str) -> Locator:
    return page.locator("li.order").filter(has_text=customer)


def fill(page: Page, customer: str, *lines: tuple[str, str, str]) -> None:
    page.get_by_label("Customer").fill(customer)
    for number, (sku, pieces, price) in enumerate(lines, 1):
        if number > 1:
            page.get_by_role("button", name="Add a line").click()
        line = page.get_by_role("group", name=f"Line {number}")
        line.get_by_label("Article").fill(sku)
        line.get_by_label("Pieces").fill(pieces)
        line.get_by_label("Price each").fill(price)


def orders_of(service: Service, customer: str) -> list[dict[str, Any]]:
    """Return what the table has of a customer."""
    pages = (
        service.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=service.outputs["tables"]["orders"],
            FilterExpression="customer = :customer",
            ExpressionAttributeValues={":customer": {"S": customer}},
        )
    )
    return [item for page in pages for item in page["Items"]]


def test_an_order_is_placed_once_by_a_double_click_and_seen_to_its_end(
    page: Page, service: Service, customer: str
) -> None:
    fill(page, customer, (TEA, "2", "6.50"), (CUP, "4", "12"))
    expect(page.locator("#sum")).to_have_text("€61.00")
    page.get_by_role("button", name="Place order").dblclick()
    expect(page.locator("#place-said")).to_contain_text(f"Placed for {customer}: €61.00")
    expect(card(page, customer).locator(".badge")).to_have_text("Fulfilled", timeout=SOON)
    expect(page.get_by_role("status")).to_contain_text("is fulfilled")
    (order,) = orders_of(service, customer)
    assert (order["total"]["N"], order["status"]["S"]) == ("6100", "fulfilled")


def test_an_order_is_placed_by_keys_alone(page: Page, service: Service, customer: str) -> None:
    page.locator("#customer").focus()
    typed = page.keyboard
    typed.type(customer)
    for value in ("", TEA, "", "1,99"):
        # By way of the currency and the pieces, which stay.
        typed.press("Tab")
        typed.type(value)
    typed.press("Enter")
    expect(card(page, customer)).to_contain_text("€1.99")
    assert [each["total"]["N"] for each in orders_of(service, customer)] == ["199"]


def test_what_the_api_refuses_is_told_at_its_field(opened: Opener, customer: str) -> None:
    with opened() as visit:
        refused(visit.page, customer)


def refused(page: Page, customer: str) -> None:
    fill(page, customer, (TEA, "1", "1"), ("-no-", "0", "1.999"))
    page.get_by_role("button", name="Place order").click()
    second = page.get_by_role("group", name="Line 2")
    expect(second.get_by_label("Article")).to_be_focused()
    for label, what in (
        ("Article", "begin with a letter or digit"),
        ("Pieces", "from 1 to 10,000"),
        ("Price each", "no more digits than the currency has"),
    ):
        expect(second.get_by_label(label)).to_have_attribute("aria-invalid", "true")
        expect(second.get_by_label(label)).to_have_accessible_description(re.compile(what))
    expect(page.get_by_role("group", name="Line 1").get_by_label("Article")).not_to_have_attribute(
        "aria-invalid", "true"
    )
    second.get_by_label("Pieces").fill("2")
    expect(second.get_by_label("Pieces")).not_to_have_attribute("aria-invalid", "true")


def test_an_order_that_got_lost_on_its_way_back_is_placed_once(
    page: Page, service: Service, customer: str
) -> None:
    page.evaluate(
        """() => {
          const fetched = window.fetch;
          window.fetch = async (...what) => {
            const answer = await fetched(...what);
            if (what[1].method !== "POST") return answer;
            window.fetch = fetched;
            throw new TypeError("lost");
          };
        }"""
    )
    fill(page, customer, (TEA, "1", "1"))
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#place-said")).to_contain_text("it is placed once, however often you try")
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#place-said")).to_contain_text("Placed for")
    assert len(orders_of(service, customer)) == 1


def test_an_order_that_waits_is_cancelled_after_a_question(
    page: Page, service: Service, customer: str
) -> None:
    service.become(service.place(large(100_000) | {"customer": customer}), "awaiting_approval")
    page.reload()
    expect(card(page, customer).locator(".badge")).to_have_text("Awaiting approval", timeout=SOON)
    button = card(page, customer).get_by_role("button", name="Cancel")
    button.click()
    page.get_by_role("button", name="Keep it").click()
    expect(card(page, customer).locator(".badge")).to_have_text("Awaiting approval")
    button.click()
    expect(page.get_by_role("dialog")).to_contain_text("€1,000.00")
    page.get_by_role("button", name="Cancel the order", exact=True).click()
    expect(card(page, customer).locator(".badge")).to_have_text("Cancelled")
    expect(button).to_have_count(0)
    (order,) = orders_of(service, customer)
    assert order["status"]["S"] == "cancelled"


def test_orders_are_shown_by_status_and_page_by_page(page: Page, service: Service) -> None:
    now = datetime.datetime.now(datetime.UTC)
    for number in range(12):
        # As the API makes them, which takes no others in a cursor.
        order_id = "".join(secrets.choice("abcdefghijklmnop") for _ in range(26))
        service.put_order(order_id, "failed", now - number * datetime.timedelta(seconds=1))
    page.get_by_role("radio", name="Failed").check()
    expect(page.locator("li.order")).to_have_count(10)
    page.get_by_role("button", name="Load more").click()
    expect(page.locator("li.order").nth(11)).to_be_visible()
    assert set(page.locator("li.order .badge").all_text_contents()) == {"Failed"}
    ids = page.locator("li.order").evaluate_all("all => all.map(each => each.dataset.id)")
    assert len(set(ids)) == len(ids)


def test_a_page_that_is_not_live_asks_no_more(opened: Opener) -> None:
    with opened() as visit:
        expect(visit.page.locator("#orders-list")).to_have_attribute("aria-busy", "false")
        # The switch is drawn by what stands beside it.
        visit.page.get_by_text("Live", exact=True).click()
        expect(visit.page.get_by_role("switch")).not_to_be_checked()
        visit.page.wait_for_timeout(500)
        visit.asked.clear()
        visit.page.wait_for_timeout(4000)
        assert visit.asked == []


def test_a_file_is_uploaded_and_its_report_read(
    page: Page, service: Service, customer: str, tmp_path: Path
) -> None:
    file = tmp_path / "two orders.csv"
    rows = [f"R-1,{customer},EUR,{TEA},1,650", f"R-2,{customer},EUR,{TEA},0,650"]
    file.write_text("\n".join([HEAD, *rows, ""]))
    page.get_by_label("Choose CSV files").set_input_files(file)
    upload = page.locator("li.upload")
    expect(upload).to_contain_text("1 order imported, 1 row refused.", timeout=SOON)
    expect(upload.get_by_role("row").nth(1)).to_contain_text(re.compile(r"3\s*R-2\s*quantity"))
    expect(card(page, customer)).to_contain_text("€6.50")
    assert [each["reference"]["S"] for each in orders_of(service, customer)] == ["R-1"]


def test_a_file_that_the_signer_cannot_see_is_dropped_with_its_hash(page: Page) -> None:
    # 1.6 MB, and no row of it is an order.
    page.evaluate(
        """head => {
          const transfer = new DataTransfer();
          const rows = Array.from({ length: 110 }, () => "x".repeat(15000));
          transfer.items.add(new File([[head, ...rows, ""].join("\\n")], "large.csv"));
          const event = { dataTransfer: transfer, bubbles: true, cancelable: true };
          document.getElementById("drop").dispatchEvent(new DragEvent("drop", event));
        }""",
        HEAD,
    )
    upload = page.locator("li.upload")
    expect(upload).to_contain_text("0 orders imported, 110 rows refused.", timeout=SOON)
    expect(upload).to_contain_text("And 10 more rows")


def test_a_file_of_another_kind_is_rejected_with_the_reason(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "cat.csv"
    file.write_bytes(bytes(range(256)))
    page.get_by_label("Choose CSV files").set_input_files(file)
    expect(page.locator("li.upload .notice.bad")).to_contain_text("UTF-8", timeout=SOON)


def test_a_file_that_is_too_large_is_not_sent(opened: Opener, tmp_path: Path) -> None:
    file = tmp_path / "huge.csv"
    file.write_bytes(bytes(4_500_001))
    with opened() as visit:
        visit.page.get_by_label("Choose CSV files").set_input_files(file)
        expect(visit.page.locator("li.upload")).to_contain_text("4.5 MB is the most")
        assert not any("/uploads" in url for url in visit.asked)


def test_the_dashboard_shows_what_the_night_has_counted(opened: Opener, service: Service) -> None:
    service.place(ORDER)
    today = datetime.datetime.now(datetime.UTC).astimezone().date()
    service.invoke("orders_report", {"day": str(today - datetime.timedelta(days=1))})
    service.invoke("orders_report", {"day": str(today)})
    with opened() as visit:
        chart = visit.page.get_by_role("img", name=re.compile("Bar chart of .* orders? on"))
        expect(chart).to_be_visible()
        visit.page.get_by_text("Show as a table").click()
        table = visit.page.get_by_role("table")
        expect(table.get_by_role("columnheader")).to_have_count(9)
        placed = [
            int(row.get_by_role("cell").first.inner_text().replace(",", ""))
            for row in table.get_by_role("row").all()[1:]
        ]
        assert f"of {sum(placed):,} order" in (chart.get_attribute("aria-label") or "")
        assert sum(placed) > 0


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("19.99", "EUR", 1999), ("19,9", "EUR", 1990), ("0.29", "USD", 29), ("1000000", "EUR", 10**8),
     ("500", "JPY", 500), ("1.5", "JPY", None), ("1.234", "KWD", 1234), ("1.999", "EUR", None),
     ("-1", "EUR", None), ("1e3", "EUR", None), ("", "EUR", None), ("4.35", "EUR", 435)],
)  # fmt: skip
def test_money_is_read_by_its_digits(
    money_page: Page, typed: str, currency: str, minor: int | None
) -> None:
    found = money_page.evaluate(
        "async ([typed, currency]) => (await import('/text.js')).minorUnits(typed, currency)",
        [typed, currency],
    )
    assert found == minor


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(1999, "EUR", "€19.99"), (500, "JPY", "JP¥500"), (10**14, "EUR", "€1,000,000,000,000.00")],
)
def test_money_is_shown_in_its_units(
    money_page: Page, minor: int, currency: str, text: str
) -> None:
    found = money_page.evaluate(
        "async ([minor, currency]) => (await import('/text.js')).money(minor, currency)",
        [minor, currency],
    )
    assert found == text
