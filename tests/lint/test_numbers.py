"""Numbers in documents that change with the code are those of the code."""

from __future__ import annotations

import re

import pytest

from tools.lint.check import catalogue
from tools.paths import MODULES, ROOT
from tools.scaffold.triggers import TRIGGERS


def text(document: str) -> str:
    return (ROOT / document).read_text()


def count(pattern: str) -> int:
    """Return how often a line of the modules begins so."""
    sources = (path.read_text() for path in MODULES.glob("*/*.tf"))
    return sum(len(re.findall(pattern, source, re.MULTILINE)) for source in sources)


def test_the_comparison_counts_what_is_checked_before_apply() -> None:
    counted = {
        "about {} validations": round(count(r"^  validation \{"), -1),
        "on {} inputs": round(count(r'^variable "'), -1),
        "{} preconditions": round(count(r"^ +precondition \{"), -1),
        "a linter with {} rules": len(catalogue()),
    }
    page = text("docs/comparison.md")
    wrong = [
        words for each, number in counted.items() if (words := each.format(number)) not in page
    ]
    assert wrong == []


def test_the_readme_lists_every_module_once() -> None:
    listed = re.findall(r"^\| \[`(\w+)`\]\(modules/(\w+)\) \|", text("README.md"), re.MULTILINE)
    assert [name for name, folder in listed if name != folder] == []
    assert sorted(name for name, _ in listed) == sorted(path.name for path in MODULES.iterdir())


def test_the_first_hour_lists_every_trigger_once() -> None:
    table = text("docs/first-function.md").partition("| `TRIGGER` |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == list(TRIGGERS)


def test_the_readme_lists_every_environment_and_folder_that_it_links() -> None:
    row = next(line for line in text("README.md").splitlines() if line.startswith("| [`envs/`]"))
    there = {path.parent.name for path in ROOT.glob("envs/*/versions.tf")}
    assert {name for name in re.findall(r"`([\w-]+)`", row) if name in there} == there


@pytest.mark.parametrize("document", ["docs/edge-signer.md", "docs/not-proven-locally.md"])
def test_documents_count_the_signatures_that_are_compared(document: str) -> None:
    source = text("tests/unit/edge_signer/test_sigv4_differential.py")
    cases = re.search(r"^CASES = ([\d_]+) if ", source, re.MULTILINE)
    assert cases
    # Each property is tried with its path as sent, and normalized.
    properties = 2 * source.count("@settings(max_examples=CASES)")
    assert source.count('"normalize_path", [True, False]') == properties // 2
    assert f"{int(cases[1]) * properties:,} " in text(document)
