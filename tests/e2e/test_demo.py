"""`make demo`: every row is as expected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.e2e.conftest import HOME
from tools.demo.sections import SECTIONS
from tools.local_edge import process
from tools.paths import ROOT

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


def cells(line: str) -> list[str]:
    """Return the columns of a row but the last, which has milliseconds."""
    return re.split(r" {2,}", line.strip())[:-1]


def test_the_readme_shows_what_it_prints(demo: subprocess.CompletedProcess[str]) -> None:
    """Rows, what is expected, and how much there is; not what differs from run to run."""
    readme = (ROOT / "README.md").read_text()
    shown = readme.partition("What `make demo` prints:\n\n```text\n")[2].partition("```")[0]
    rows = [line for line in shown.splitlines() if line.startswith("✓")]
    printed = [line for line in demo.stdout.splitlines() if line.startswith("✓")]
    assert [cells(row)[:2] for row in rows] == [cells(row)[:2] for row in printed]
    (zips, resources), seen = counts(rows), counts(printed)
    # With functions of one's own there are more of both than the README shows.
    assert seen == (zips, resources) or (seen[0] > zips and seen[1] > resources)


def counts(rows: list[str]) -> tuple[int, int]:
    """Return how many zips and resources the rows tell of."""
    text = "\n".join(rows)
    (zips,), (resources,) = re.findall(r"(\d+) zip,", text), re.findall(r"(\d+) resources", text)
    return int(zips), int(resources)


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
