"""The site of the documentation in a headless Chromium: light and dark, on a desk and a phone."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests import built_site
from tests.e2e.website.conftest import SCREENSHOTS
from tests.e2e.website.test_looks import SCREENS
from tools.browser import launched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

PAGES = {
    "home": "index.html",
    "pattern": "docs/patterns/events-sns-sqs.html",
    "module": "modules/queue_consumer/index.html",
    "rules": "docs/rules.html",
}
# What reaches over the edge of the screen, and is in nothing that scrolls.
OUTSIDE = """() => {
  const edge = document.documentElement.clientWidth + 1
  const clips = (e) => /auto|scroll|hidden/.test(getComputedStyle(e).overflowX)
  const scrolls = (e) => e && (clips(e) || scrolls(e.parentElement))
  return [...document.querySelectorAll('.md-content *')]
    .filter((e) => e.getBoundingClientRect().right > edge && !scrolls(e.parentElement))
    .map((e) => e.outerHTML.slice(0, 120))
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the site is served."""
    handler = partial(Quiet, directory=str(built_site.built().site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as started:
        yield started


def looking(browser: Browser, screen: str) -> Page:
    (width, height), scheme = SCREENS[screen]
    return browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)


@pytest.mark.parametrize("screen", SCREENS)
def test_pages_fit_their_screen_ask_nobody_else_and_complain_of_nothing(
    browser: Browser, address: str, screen: str
) -> None:
    page = looking(browser, screen)
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    outside = {}
    for name, path in PAGES.items():
        page.goto(f"{address}/{path}")
        page.screenshot(path=SCREENSHOTS / f"docs-{name}-{screen}.png")
        outside[name] = page.evaluate(OUTSIDE)
    assert not any(outside.values()), outside
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert complaints == []
    page.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_diagram_is_large_enough_to_read(browser: Browser, address: str, screen: str) -> None:
    page = looking(browser, screen)
    page.goto(f"{address}/{PAGES['pattern']}")
    drawn = page.locator(".diagram svg").first
    scale = drawn.evaluate("e => e.getBoundingClientRect().width / e.viewBox.baseVal.width")
    assert scale >= 0.5
    page.close()


def test_the_search_finds_a_page(browser: Browser, address: str) -> None:
    page = looking(browser, "desktop-light")
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type("upload_trigger")
    # It loads its index first.
    found = page.locator('.md-search-result__link[href*="/modules/upload_trigger/"]').first
    expect(found).to_be_visible(timeout=30_000)
    page.close()
