"""`make demo`: every row is as expected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.e2e.conftest import HOME
from tools.demo.sections import SECTIONS
from tools.local_edge import process

if TYPE_CHECKING:
    import subprocess


def test_the_demo_ends_well(demo: subprocess.CompletedProcess[str]) -> None:
    assert demo.returncode == 0, demo.stdout + demo.stderr


def test_every_call_has_its_row_with_its_milliseconds(
    demo: subprocess.CompletedProcess[str],
) -> None:
    for what in [row.what for _, rows in SECTIONS for row in rows]:
        row = next(line for line in demo.stdout.splitlines() if what in line)
        assert row.startswith("✓")
        assert re.search(r"\d+$", row)


def test_the_table_is_plain_where_there_is_no_terminal(
    demo: subprocess.CompletedProcess[str],
) -> None:
    assert "\x1b" not in demo.stdout


def test_it_ends_with_what_to_try_and_how_to_stop(demo: subprocess.CompletedProcess[str]) -> None:
    tail = demo.stdout.splitlines()[-6:]
    assert any("make down" in line for line in tail)
    assert any("make test" in line for line in tail)


def test_it_says_where_a_browser_finds_the_website(
    demo: subprocess.CompletedProcess[str],
) -> None:
    found = re.search(r"https://d\w+\.cloudfront\.localhost:(\d+)\b", demo.stdout)
    running = process.find(HOME)
    assert found
    assert running
    assert int(found[1]) == running.port
