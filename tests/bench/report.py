"""Results as text, as JSON, and as the tables of documents.

A page holds a result between ``<!-- bench: NAME -->`` and ``<!-- /bench -->``, and so what is met
and missed (``goals``), a table alone (``NAME table``) and ``costs``.
`fill` writes what stands between.
"""

from __future__ import annotations

import json
import re
import statistics
from typing import TYPE_CHECKING, Any

from tests.bench import cold_start_costs
from tests.bench.harness import OURS, ROOT, Goal, Result

if TYPE_CHECKING:
    from pathlib import Path

    Json = dict[str, Any]

RESULTS = ROOT / "docs" / "data" / "performance.json"
PAGES = (
    ROOT / "docs" / "performance.md",
    ROOT / "docs" / "edge-signer.md",
    ROOT / "README.md",
)
_PLACE = re.compile(r"(<!-- bench: ([a-z_ ]+) -->\n).*?(<!-- /bench -->)", re.DOTALL)


def as_json(title: str, unit: str, rounds: int, machine: str, result: Result) -> Json:
    """Return a result as it is kept."""
    return {
        "title": title,
        "unit": unit,
        "rounds": rounds,
        "machine": machine,
        "rows": [
            {"what": row.what, "candidates": {name: _spread(s) for name, s in row.samples.items()}}
            for row in result.rows
        ],
        "goals": [
            {
                "what": goal.what,
                "seen": _short(goal.seen),
                "bound": goal.bound,
                "at_least": goal.at_least,
                "met": goal.met,
            }
            for goal in result.goals
        ],
        "notes": result.notes,
    }


def _spread(samples: list[float]) -> Json:
    quartiles = statistics.quantiles(samples, n=4) if len(samples) > 1 else samples * 3
    low, median, high = quartiles[0], statistics.median(samples), quartiles[2]
    return {"median": _short(median), "quartiles": [_short(low), _short(high)], "n": len(samples)}


def _short(value: float) -> float:
    """Return a figure with four digits that count."""
    return float(f"{value:.4g}")


def table(result: Json) -> str:
    """Return a result's rows as a Markdown table: medians, and in brackets how often ours."""
    rows = result["rows"]
    names = list(dict.fromkeys(name for row in rows for name in row["candidates"]))
    lines = [
        f"| {result['unit']} | " + " | ".join(names) + " |",
        "|---|" + "---:|" * len(names),
    ]
    for row in rows:
        candidates = row["candidates"]
        ours = candidates.get(OURS, {}).get("median")
        cells = [_cell(name, candidates.get(name), ours) for name in names]
        lines.append(f"| {row['what']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(name: str, candidate: Json | None, ours: float | None) -> str:
    if candidate is None:
        return ""
    median = candidate["median"]
    if name == OURS or not ours:
        return number(median)
    return f"{number(median)} ({median / ours:.{2 if median / ours < 2 else 1}f} times)"


def number(value: float) -> str:
    """Return a figure with about three digits."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1 or value == 0 else f"{value:.2g}"


def goals(results: Json) -> str:
    """Return what was wanted of all results, as a Markdown table."""
    lines = ["| goal | wanted | seen | |", "|---|---:|---:|---|"]
    for result in results.values():
        for goal in result["goals"]:
            sign = "at least" if goal["at_least"] else "at most"
            lines.append(
                f"| {goal['what']} | {sign} {number(goal['bound'])} | {number(goal['seen'])} "
                f"| {'met' if goal['met'] else '**missed**'} |"
            )
    return "\n".join(lines)


def section(result: Json) -> str:
    """Return a result whole: machine, table, notes."""
    rounds = result["rounds"]
    told = "One round" if rounds == 1 else f"Medians of {rounds} rounds"
    lines = [table(result), "", f"{told}. {result['machine']}."]
    if result["notes"]:
        lines += ["", *(f"- {note}" for note in result["notes"])]
    return "\n".join(lines)


def missed(results: Json) -> list[str]:
    """Return a line about each goal that is not reached."""
    return [
        f"{name}: {goal['what']}: {number(goal['seen'])}, wanted "
        f"{'at least' if goal['at_least'] else 'at most'} {number(goal['bound'])}"
        for name, result in results.items()
        for goal in result["goals"]
        if not goal["met"]
    ]


def kept() -> Json:
    """Return the results that the pages show."""
    return json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}


def keep(results: Json) -> None:
    """Keep results beside those of other benchmarks."""
    RESULTS.parent.mkdir(exist_ok=True)
    merged = dict(sorted({**kept(), **results}.items()))
    RESULTS.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n")


def filled(text: str, results: Json) -> str:
    """Return a page with the results that it has places for."""

    def replaced(match: re.Match[str]) -> str:
        name = match[2]
        needed = {"goals": None, "costs": "cold_start"}.get(name, name.removesuffix(" table"))
        if needed is not None and needed not in results:
            return f"{match[1]}\nNot measured: `make bench ONLY={needed} PUBLISH=1`.\n\n{match[3]}"
        if name == "goals":
            content = goals(results)
        elif name == "costs":
            content = cold_start_costs.table(results["cold_start"])
        elif name.endswith(" table"):
            content = table(results[name.removesuffix(" table")])
        else:
            content = section(results[name])
        return f"{match[1]}\n{content}\n\n{match[3]}"

    return _PLACE.sub(replaced, text)


def fill(results: Json, pages: tuple[Path, ...] = PAGES) -> None:
    """Write results into the pages."""
    for page in pages:
        page.write_text(filled(page.read_text(), results))


def told(goal: Goal) -> str:
    """Return a goal as a line for a terminal."""
    sign = "at least" if goal.at_least else "at most"
    verdict = "ok    " if goal.met else "MISSED"
    return f"  {verdict} {goal.what}: {number(goal.seen)} ({sign} {number(goal.bound)})"
