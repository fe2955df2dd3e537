"""The pages on patterns have all that a reader looks for, and name what there is."""

from __future__ import annotations

import datetime
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.lint.test_documents import TEST
from tools.paths import FUNCTIONS, MODULES, ROOT, SHARED
from tools.quotas import value

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ["When, and when not", "Limits", "What a million costs", "How it fails", "What proves it",
         "Example"]  # fmt: skip
ALARMS = re.compile(r"alarms? ((?:`\w+`(?:, | and )?)+) of ((?:`\w+`(?: or )?)+)")
LINES = re.compile(r"log lines? `([a-z ]+)`")
NAME = re.compile(r"`(\w+)`")
PAGES = sorted(
    path for path in (ROOT / "docs" / "patterns").glob("*.md") if path.name != "README.md"
)

# What docs/data/quotas.json has, and which page tells it too.
QUOTAS = {
    "apigateway.burst": "http-and-rest-api",
    "apigateway.rate": "http-and-rest-api",
    "lambda.requests_per_environment": "function-url",
    "scheduler.schedules": "cron",
    "sqs.in_flight": "events-sns-sqs",
    "stream.parallelization_most": "streams-outbox",
    "stream.retention": "streams-outbox",
}


def limits_of(text: str) -> str:
    """Return what a page says under Limits."""
    return text.partition("\n## Limits\n")[2].partition("\n## ")[0]


def unknown_alarms(text: str) -> list[str]:
    """Return the alarms that a text names and that their module does not make."""
    found = []
    for alarms, modules in ALARMS.findall(text):
        for module in NAME.findall(modules):
            file = MODULES / module / "alarms.tf"
            source = file.read_text() if file.is_file() else ""
            # A key of a map of alarms, or what a rule's or a function's name ends with.
            found += [
                f"{alarm} of {module}"
                for alarm in NAME.findall(alarms)
                if not re.search(
                    rf'^\s+"?(?:\S*-)?{alarm}"?\s+=|-{alarm}"|"{alarm}" =>', source, re.MULTILINE
                )
            ]
    return found


@cache
def handlers() -> str:
    """Return the source of all that writes a log."""
    return "\n".join(
        path.read_text() for folder in (FUNCTIONS, SHARED) for path in folder.rglob("*.py")
    )


def unknown_lines(text: str) -> list[str]:
    """Return the log lines that a text names and that no handler writes."""
    found = []
    for line in LINES.findall(text):
        first, _, rest = line.partition(" ")
        put_together = f'f"{first} {{' in handlers() and f'"{rest}"' in handlers()
        if f'"{line}"' not in handlers() and not put_together:
            found.append(line)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_a_page_has_its_parts_in_their_order_and_a_diagram(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert "```mermaid\n" in text.partition("\n## ")[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_a_page_names_alarms_and_log_lines_that_there_are(page: Path) -> None:
    text = page.read_text()
    assert ALARMS.search(text)
    assert unknown_alarms(text) == []
    assert unknown_lines(text) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_each_claim_of_a_page_names_its_test(page: Path) -> None:
    claims = page.read_text().partition("## What proves it")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?!claim \||---).*\|$", claims, re.MULTILINE)
    assert rows
    assert [row for row in rows if not TEST.search(row)] == []


def test_an_alarm_and_a_line_that_are_not_there_are_seen() -> None:
    text = "alarms `age` and `rage` of `queue_consumer`; a log line `no such line`"
    assert unknown_alarms(text) == ["rage of queue_consumer"]
    assert unknown_lines(text) == ["no such line"]


def test_every_pattern_is_on_the_list() -> None:
    listed = (ROOT / "docs" / "patterns" / "README.md").read_text()
    assert [page.name for page in PAGES if f"]({page.name})" not in listed] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_each_limit_has_its_source_and_all_a_day_on_which_they_were_looked_up(page: Path) -> None:
    limits = limits_of(page.read_text())
    rows = re.findall(r"^\| (?!what\b).+ \|$", limits, re.MULTILINE)
    assert rows
    assert [row for row in rows if not re.search(r"\]\(\S+\) \|$|\| the same \|$", row)] == []
    [day] = re.findall(r"^Looked up on (\S+)\.$", limits, re.MULTILINE)
    assert datetime.date.fromisoformat(day).year >= 2026


@pytest.mark.parametrize(("quota", "page"), QUOTAS.items())
def test_a_page_and_the_table_of_quotas_tell_the_same_figure(quota: str, page: str) -> None:
    limits = limits_of((ROOT / "docs" / "patterns" / f"{page}.md").read_text())
    assert re.search(rf"(?<![\d,]){value(quota):,}(?!,?\d)", limits)


def test_the_dashboard_and_the_table_of_quotas_tell_the_same_figures() -> None:
    source = (MODULES / "dashboard" / "variables.tf").read_text()
    page = (MODULES / "dashboard" / "README.md").read_text()
    for quota in ("dashboard_widgets", "dashboard_metrics", "widget_metrics"):
        figure = value(f"cloudwatch.{quota}")
        assert f"<= {figure}" in source
        assert f"{figure:,} {quota.partition('_')[2]}" in page
