"""How findings are written: as lines, as SARIF and as JUnit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from tools.lint.check import Checked
    from tools.lint.rule import Rule

FORMATS = ("text", "sarif", "junit")
_LEVELS = {"error": "error", "warning": "warning"}


def text(checked: Checked, *, listed: bool = False) -> str:
    """Return a line a finding, and one of how many checks are open, or one each.

    Parameters
    ----------
    checked
        What was found.
    listed
        Whether the open checks are listed.
    """
    lines = [
        f"{shown(one.path)}:{one.line} {one.rule} {one.message} — {one.fix}"
        for one in checked.findings
    ]
    count = len(checked.open)
    if listed:
        lines += _waiting(checked)
    elif count:
        checks = "1 check" if count == 1 else f"{count} checks"
        lines.append(f"{checks} open: value known only after apply (--open lists them)")
    return "".join(f"{line}\n" for line in lines)


def _waiting(checked: Checked) -> list[str]:
    return [
        f"open: {one.rule} {one.address}: {one.argument or 'what it refers to'}"
        " is known only after apply"
        for one in checked.open
    ]


def sarif(checked: Checked, rules: list[Rule]) -> str:
    """Return SARIF 2.1.0, with what could not be checked as a failed invocation."""
    levels = {one.id: _LEVELS[one.severity] for one in rules}
    driver = {
        "name": "lambda-blueprints lint",
        "rules": [
            {
                "id": one.id,
                "shortDescription": {"text": one.why},
                "help": {"text": one.source},
                "defaultConfiguration": {"level": levels[one.id]},
            }
            for one in rules
        ],
    }
    results = [
        {
            "ruleId": one.rule,
            "level": levels[one.rule],
            "message": {"text": f"{one.message}. Fix: {one.fix}"},
            "locations": [_location(one.path, one.line)],
        }
        for one in checked.findings
    ]
    notes = [
        {
            "level": "error",
            "message": {"text": f"could not be checked: {hole.reason}"},
            "locations": [_location(hole.path, hole.line)],
        }
        for hole in checked.unchecked
    ]
    notes += [{"level": "note", "message": {"text": one}} for one in _waiting(checked)]
    invocation = {
        "executionSuccessful": not checked.unchecked,
        "toolExecutionNotifications": notes,
    }
    run = {"tool": {"driver": driver}, "invocations": [invocation], "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def junit(checked: Checked, rules: list[Rule]) -> str:
    """Return JUnit: a case a rule, and one for what could not be checked."""
    cases: list[str] = []
    for rule in rules:
        lines = [
            f"{shown(one.path)}:{one.line} {one.message} — {one.fix}"
            for one in checked.findings
            if one.rule == rule.id
        ]
        cases.append(_case(rule.id, "failure", lines))
    holes = [f"{shown(hole.path)}:{hole.line} {hole.reason}" for hole in checked.unchecked]
    cases.append(_case("everything-was-checked", "error", holes))
    waiting = escape("\n".join(_waiting(checked)))
    tail = f"  <system-out>{waiting}</system-out>\n" if waiting else ""
    failures = len({one.rule for one in checked.findings})
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{int(bool(holes))}"'
    body = "\n".join(cases)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<testsuite name="lint" {counts}>\n{body}\n{tail}</testsuite>\n'


def shown(path: Path) -> str:
    """Return a path as one would type it here."""
    here = Path.cwd()
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (a link keeps the name it was given)
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


def _case(name: str, kind: str, lines: list[str]) -> str:
    opened = f'  <testcase classname="lint" name={quoteattr(name)}'
    if not lines:
        return f"{opened}/>"
    message = quoteattr("\n".join(lines))
    return f"{opened}><{kind} message={message}/></testcase>"


def _location(path: Path, line: int) -> dict[str, object]:
    artifact = {"uri": Path(shown(path)).as_posix()}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": line}}}
