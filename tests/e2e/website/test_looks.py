"""What the website looks like, whoever looks: axe-core's rules, four screens, and its troubles."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.website.conftest import DESKTOP, PHONE, SCREENSHOTS
from tools.order_service.orders import TEA

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.e2e.website.conftest import Opener

HEAD = "reference,customer,currency,sku,quantity,unit_price"
SCREENS: dict[str, tuple[tuple[int, int], Literal["light", "dark"]]] = {
    "desktop-light": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
    "phone-light": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
}
# The best practices are asked for as well.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def violations(page: Page) -> list[str]:
    """Return what axe-core finds: the rule, and where."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def keep(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    # The head of the page stays in sight, and would be in the middle of the picture.
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def settled(page: Page) -> None:
    for part in ("#orders-list", "#nights-body"):
        expect(page.locator(part)).to_have_attribute("aria-busy", "false")


def answering(**answers: Any) -> Any:  # noqa: ANN401  a route for Playwright
    """Return what makes the API answer by the first word of its path: a status and JSON."""

    def handle(route: Route) -> None:
        word = route.request.url.split("/api/")[1].split("?")[0].split("/")[0]
        if word not in answers:
            route.continue_()
            return
        if answers[word] is None:
            route.abort()
            return
        status, body, headers = answers[word]
        route.fulfill(
            status=status,
            body=json.dumps(body),
            headers={"content-type": "application/json", **headers},
        )

    return lambda page: page.route("**/api/**", handle)


@pytest.mark.parametrize("screen", SCREENS)
def test_nobody_is_kept_out(opened: Opener, screen: str) -> None:
    size, scheme = SCREENS[screen]
    with opened(size, scheme) as visit:
        page = visit.page
        settled(page)
        assert violations(page) == []
        keep(page, screen)

        page.get_by_label("Customer").fill("ada@example.com")
        page.get_by_role("button", name="Add a line").click()
        page.get_by_role("button", name="Place order").click()
        expect(page.locator("#place-said .notice")).to_be_visible()
        rows = [f"R-1,a@example.com,EUR,{TEA},1,650", "R-2,,EUR,,0,1"]
        page.get_by_label("Choose CSV files").set_input_files(
            {"name": "o.csv", "mimeType": "text/csv", "buffer": "\n".join([HEAD, *rows]).encode()}
        )
        expect(page.locator("li.upload .notice")).to_contain_text("1 row refused", timeout=30_000)
        page.locator("li.order summary").first.click()
        page.get_by_text("Show as a table").click()
        assert violations(page) == []
        keep(page, f"{screen}-busy")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (wide, visit.complaints) == (0, [COMPLAINT])


# Chromium tells of each answer of 400 and more, and of nothing else.
COMPLAINT = "Failed to load resource: the server responded with a status of 400 (Bad Request)"
EMPTY: dict[str, Any] = {
    "orders": (200, {"orders": [], "cursor": None}, {}),
    "dashboard": (200, {"days": []}, {}),
}
ONE: dict[str, Any] = {
    "id": "a" * 26, "customer": "ada@example.com", "currency": "EUR", "total": 650, "version": 1,
    "lines": [{"sku": TEA, "quantity": 1, "unit_price": 650}], "status": "awaiting_approval",
    "created_at": "2026-11-24T09:00:00.000000Z", "updated_at": "2026-11-24T09:00:00.000000Z",
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_without_orders_says_so(opened: Opener, scheme: Literal["light", "dark"]) -> None:
    with opened(PHONE, scheme, answering(**EMPTY)) as visit:
        settled(visit.page)
        expect(visit.page.locator("#orders-empty")).to_contain_text("No orders yet.")
        expect(visit.page.locator("#nights-body")).to_contain_text("No night has been counted yet.")
        assert violations(visit.page) == []
        keep(visit.page, f"phone-{scheme}-empty")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (None, "The API does not answer."),
        ((403, {"Message": "Forbidden"}, {}), "does not let this page in (403)"),
        ((429, {"Message": "Rate Exceeded."}, {"retry-after": "30"}), "Too many requests"),
        ((500, {"title": "Internal Server Error"}, {}), "has failed (500)"),
        ((502, {"message": "The origin is no function URL"}, {}), "no proper answer"),
        ((503, {"detail": "Try again in a second"}, {"retry-after": "1"}), "busy (503)"),
        ((200, "no JSON of ours", {"content-type": "text/html"}), None),
    ],
    ids=["nothing", "403", "429", "500", "502", "503", "another"],
)
def test_a_trouble_is_told_with_what_to_do(
    opened: Opener, answer: tuple[int, Any, dict[str, str]] | None, text: str | None
) -> None:
    with opened(PHONE, "light", answering(orders=answer, dashboard=answer)) as visit:
        trouble = visit.page.locator("#orders-trouble")
        expect(trouble).to_contain_text(text or "something else")
        seconds = re.search(r"Next try in (\d+) s", trouble.inner_text())
        assert seconds
        if answer and "30" in answer[2].values():
            assert int(seconds[1]) == 30
        expect(trouble.get_by_role("button", name="Try now")).to_be_visible()
        assert violations(visit.page) == []
        keep(visit.page, f"phone-light-trouble-{answer[0] if answer else 'nothing'}")
        visit.page.unroute_all()
        trouble.get_by_role("button", name="Try now").click()
        expect(visit.page.locator("li.order").first).to_be_visible()
        expect(trouble).to_be_empty()


def test_a_question_is_asked_of_everybody(opened: Opener) -> None:
    with opened(before=answering(orders=(200, {"orders": [ONE], "cursor": None}, {}))) as visit:
        button = visit.page.get_by_role("button", name="Cancel the order of ada@example.com")
        button.focus()
        visit.page.keyboard.press("Enter")
        expect(visit.page.get_by_role("dialog", name="Cancel this order?")).to_be_visible()
        assert violations(visit.page) == []
        keep(visit.page, "desktop-light-question")
        visit.page.keyboard.press("Escape")
        expect(button).to_be_focused()


def test_what_loads_is_seen_to_load(opened: Opener) -> None:
    with opened(before=lambda page: page.route("**/api/**", lambda _: None)) as visit:
        expect(visit.page.locator("li.bones")).to_have_count(3)
        expect(visit.page.locator("#orders-list")).to_have_attribute("aria-busy", "true")
        keep(visit.page, "desktop-light-loading")
        visit.page.unroute_all(behavior="ignoreErrors")


def test_nothing_is_asked_of_anybody_else(opened: Opener, address: str) -> None:
    with opened() as visit:
        settled(visit.page)
        assert [url for url in visit.asked if not url.startswith(f"{address}/")] == []
        assert visit.complaints == []


def test_the_page_keeps_its_policy(opened: Opener) -> None:
    with opened() as visit:
        # What is written into the page is not run, and nothing is fetched from elsewhere.
        ran = visit.page.evaluate(
            """() => {
              const script = document.createElement("script");
              script.textContent = "window.ran = true";
              document.body.append(script);
              return window.ran === true;
            }"""
        )
        assert not ran
        assert any("Content Security Policy" in each for each in visit.complaints)
