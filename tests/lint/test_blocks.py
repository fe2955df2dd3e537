"""Every fenced block of every document is run by a test, or blocks.toml says why it cannot be.

Run are: HCL that says ``# plan:`` (tests/plan/test_readme_examples.py), Mermaid by the build of the
site (tests/unit/docs_site), and the commands and outputs of a document that a test does as a whole
(test_documents.py). What is left stands in blocks.toml.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from markdown_it import MarkdownIt

from tests.lint.test_documents import DOCUMENTS, runner
from tools.docs_site.pages import parts
from tools.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTED: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("blocks.toml").read_text())[
    "block"
]
PAGES = {page for names in parts().values() for page in names}
# By which a document that is done as a whole is done: its commands, and what they print.
DONE = {"sh", "text"}
DRAWN = set("─▶│┌")


class Block(NamedTuple):
    """A fenced block: where it stands, its language, its first line, and how it is run."""

    document: str
    language: str
    first: str
    run: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is listed by."""
        return self.document, self.first


def how(language: str, first: str, document: str, text: str) -> str:
    """Say how a block is run; empty for one that must be listed."""
    if language == "hcl" and first.startswith("# plan: "):
        return "planned"
    if language == "mermaid" and document in PAGES:
        return "drawn"
    if language in DONE and runner(text, Path(document).name):
        return "done with its document"
    return ""


def blocks(document: str, text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a document, those in lists too."""
    for token in MarkdownIt("commonmark").parse(text):
        if token.type in {"fence", "code_block"}:
            language = token.info.strip()
            # A document may have several fragments, so one is known by what it is of.
            first = token.content.removeprefix("# fragment\n").split("\n", 1)[0]
            yield Block(document, language, first, how(language, first, document, text))


BLOCKS = [
    block
    for document in DOCUMENTS
    for block in blocks(str(document), (ROOT / document).read_text())
]


def keys(entries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(entry["document"], entry["first"]) for entry in entries]


def test_every_block_is_run_or_listed() -> None:
    listed = set(keys(LISTED))
    left = [block for block in BLOCKS if not block.run and block.key not in listed]
    assert left == [], "have a test run it, or say in blocks.toml which test does, or why none can"


def test_nothing_is_listed_that_is_not_there_or_is_run_anyway() -> None:
    needed = {block.key for block in BLOCKS if not block.run} | {
        # The document is done as a whole, but for this one.
        ("docs/first-function.md", "make demo")
    }
    assert [key for key in keys(LISTED) if key not in needed] == []
    assert len(keys(LISTED)) == len(set(keys(LISTED)))


def test_an_entry_stands_for_one_block() -> None:
    listed = set(keys(LISTED))
    found = Counter(block.key for block in BLOCKS if block.key in listed)
    assert [key for key, count in found.items() if count > 1] == []


def test_every_block_has_a_language() -> None:
    assert [block for block in BLOCKS if not block.language] == []


@pytest.mark.parametrize(
    "entry", LISTED, ids=lambda entry: f"{entry['document']}: {entry['first']}"
)
def test_an_entry_names_its_test_and_where_that_does_it_or_has_a_reason(
    entry: dict[str, Any],
) -> None:
    if "reason" in entry:
        assert set(entry) == {"document", "first", "reason"}
        drawing = entry["reason"] == "A drawing."
        assert drawing == bool(DRAWN & set(entry["first"]))
        assert drawing or len(entry["reason"].split()) > 5
        return
    assert set(entry) == {"document", "first", "run_by", "same"}
    assert entry["same"] in (ROOT / entry["run_by"]).read_text()


def test_a_block_that_nothing_runs_is_seen() -> None:
    listed = "1. b\n\n   ```sh\n   curl x\n   ```\n"
    text = f"# A\n\n{listed}\n```hcl\n# fragment\na = 1\n```\n\n```hcl\n# plan: a\n```\n"
    found = [(block.first, block.run) for block in blocks("docs/a.md", text)]
    assert found == [("curl x", ""), ("a = 1", ""), ("# plan: a", "planned")]
