"""The website in a headless Chromium, by the local edge in front of the stack of all tests."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pytest

from tools.browser import launched
from tools.local_edge import server as local_edge
from tools.order_service.orders import CUP, TEA
from tools.paths import CACHE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

    from tests.e2e.conftest import Stack
    from tools.order_service.service import Service

    Opener = Callable[..., AbstractContextManager["Visit"]]

SCREENSHOTS = CACHE / "tests" / "e2e" / "screenshots"
DESKTOP, PHONE = (1280, 900), (360, 740)


@dataclass
class Visit:
    """One page that is open, and what it has asked for and complained of since."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def ask(self, request: Request) -> None:
        self.asked.append(request.url)


@pytest.fixture(scope="module")
def browser(stack: Stack) -> Iterator[Browser]:
    with launched(stack.local.home / "tls" / "server.pem") as started:
        yield started


@pytest.fixture(scope="module")
def address(stack: Stack) -> Iterator[str]:
    """Where a browser of this machine finds the website."""
    with local_edge.running(stack.local, interval=3600) as edge:
        yield edge.url(stack.outputs["cdn"]["domain"])


@pytest.fixture(scope="module", autouse=True)
def shelves(service: Service) -> None:
    for sku in (TEA, CUP):
        service.stock_up(sku, 10_000)


@pytest.fixture
def opened(browser: Browser, address: str) -> Opener:
    """Open the website, by default on a desktop in the light."""

    @contextmanager
    def visit(
        size: tuple[int, int] = DESKTOP,
        scheme: Literal["light", "dark"] = "light",
        before: Callable[[Page], None] = lambda _: None,
    ) -> Iterator[Visit]:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Berlin",
        )
        context.set_default_timeout(20_000)
        visit = Visit(context.new_page())
        visit.page.on("console", visit.hear)
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.on("request", visit.ask)
        before(visit.page)
        visit.page.goto(address)
        yield visit
        context.close()

    return visit


@pytest.fixture
def page(opened: Opener) -> Iterator[Page]:
    """The website on a desktop; it must not complain."""
    with opened() as visit:
        yield visit.page
        assert visit.complaints == []


@pytest.fixture(scope="module")
def money_page(browser: Browser, address: str) -> Iterator[Page]:
    """A page to ask for sums, one for all that do."""
    page = browser.new_page(locale="en-GB")
    page.goto(address)
    yield page
    page.close()


@pytest.fixture
def customer() -> str:
    """A customer that nobody else has."""
    return f"{secrets.token_hex(6)}@example.com"
