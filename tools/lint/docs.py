"""``python -m tools.lint.docs``: writes docs/rules.md from the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools import paths
from tools.lint.check import catalogue

if TYPE_CHECKING:
    from tools.lint.rule import Rule

PAGE = paths.ROOT / "docs" / "rules.md"
_HEAD = """\
# Lint rules

Generated from the rules by `python -m tools.lint.docs`. How to run, ignore and add them:
[tools/lint](../tools/lint/README.md). The twins of a rule, one that breaks it and one that does
not, are in `tests/lint/twins/<rule>/`.
"""
_PARTS = (
    ("On plans", "On what `terraform show -json` says of a plan, in anybody's tree."),
    ("On source", "On what is written, in anybody's tree."),
    ("Customs of this repository", "On what is written, here only."),
)


def page() -> str:
    """Return the page."""
    parts: dict[str, list[Rule]] = {title: [] for title, _ in _PARTS}
    for rule in catalogue():
        kind = 0 if rule.check_plan else 2 if rule.house else 1
        parts[_PARTS[kind][0]].append(rule)
    lines = [_HEAD]
    for title, text in _PARTS:
        lines += [f"## {title}", "", text, "", "| rule | why | |", "|---|---|---|"]
        lines += [_row(rule) for rule in parts[title]]
        lines.append("")
    return "\n".join(lines)


def _row(rule: Rule) -> str:
    source = "; ".join(
        f"[source]({one})" if one.startswith("https:") else one for one in rule.source.split("; ")
    )
    return f"| `{rule.id}` ({rule.severity}) | {rule.why} | {source} |".replace("{", "&#123;")


if __name__ == "__main__":
    PAGE.write_text(page())
