"""The tables of docs/scale.md, put between its markers."""

from __future__ import annotations

import functools
import math
import re
from random import Random
from typing import TYPE_CHECKING

from tools import paths
from tools.filled_pages import between_markers
from tools.quotas import quotas, value
from tools.scale.bounds import concurrency, patterns, starter_concurrency, stream_overload
from tools.scale.load import figures, happy_path
from tools.simulation import options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.scale.bounds import Bound

PAGE = paths.ROOT / "docs" / "scale.md"
TIMES = (1, 10, 100, 1_000)
NAMES = {
    "url": "Function URL",
    "http": "HTTP API",
    "rest": "REST API",
    "table": "Table of orders",
    "stream": "Stream consumer (outbox)",
    "queue": "Queues and consumers",
    "workflow": "Workflow",
    "uploads": "Uploads",
    "schedules": "Nightly jobs",
    "cdn": "CloudFront with edge signer",
}
# Each is what `make simulate` takes.
RUNS = (
    "PATTERN=api RATE=100 PROFILE=step SECONDS=120 DURATION=0.05 LIMIT=100",
    "PATTERN=api RATE=400 PROFILE=spike SECONDS=120 DURATION=0.05 LIMIT=100",
    "PATTERN=queue RATE=100 PROFILE=step SECONDS=300 DURATION=0.3",
    "PATTERN=queue RATE=100 PROFILE=step SECONDS=300 DURATION=0.3 MAX_CONCURRENCY=20",
    "PATTERN=stream RATE=400 PROFILE=step SECONDS=120 DURATION=0.2 SHARDS=4",
    "PATTERN=stream RATE=400 PROFILE=step SECONDS=120 DURATION=0.2 SHARDS=4 PARALLEL=10",
    "PATTERN=workflow RATE=15 PROFILE=step SECONDS=120",
)
_SHOWN = (
    "arrivals", "cold starts", "highest concurrency", "backlog at the end",
    "longest wait in s", "most open executions", "waiting transitions at the end",
    "longest wait for a transition in s",
)  # fmt: skip


def filled(text: str) -> str:
    """Return the page with every table as the data and the computation have it.

    Raises
    ------
    MarkersMissing
        The markers are not those of the tables, each once and in its order.
    """
    return between_markers(text, tables())


def tables() -> dict[str, list[str]]:
    """Return the lines of each table by its name."""
    bounds = patterns()
    return {
        "summary": _summary(bounds),
        **{name: _bounds(found) for name, found in bounds.items()},
        "concurrency": _concurrency(),
        "outbox": _outbox(),
        "starter": _starter(),
        "options": _options(),
        "runs": _runs(),
        "load": _load(),
        "settings": _settings(),
        "quotas": _quotas(),
    }


def _table(head: Iterable[str], rows: Iterable[Iterable[str]], numbers: int) -> list[str]:
    """Return a table whose last `numbers` columns are set to the right."""
    head = list(head)
    sides = ["---"] * (len(head) - numbers) + ["---:"] * numbers
    return [f"| {' | '.join(row)} |" for row in (head, sides, *map(list, rows))]


def _number(number: float) -> str:
    """Write a number with three digits that say something."""
    if number >= 100 or number == 0:
        return f"{number:,.0f}"
    return f"{number:.3g}"


def _times(number: float) -> str:
    return "never" if math.isinf(number) else f"{_number(number)} times"


def _need(bound: Bound, times: int) -> str:
    need = _number(bound.needed_at(times))
    return f"**{need}**" if bound.needed_at(times) > bound.there_is else need


def _bounds(bounds: list[Bound]) -> list[str]:
    head = ["needed of", "by", *(f"{times:,}×" for times in TIMES), "there is", "reached at"]
    rows = [
        [
            f"{bound.what}, {bound.unit}",
            bound.by,
            *(_need(bound, times) for times in TIMES),
            _number(bound.there_is),
            _times(bound.reached_at),
        ]
        for bound in bounds
    ]
    return _table(head, rows, len(TIMES) + 2)


def _summary(bounds: dict[str, list[Bound]]) -> list[str]:
    rows = []
    for name, title in NAMES.items():
        first = bounds[name][0]
        quota = next((one for one in bounds[name] if one.by == "quota"), None)
        anchor = re.sub(r"[^a-z -]", "", title.lower()).replace(" ", "-")
        rows.append([
            f"[{title}](#{anchor})", first.what, _times(first.reached_at),
            quota.what if quota else "", _times(quota.reached_at) if quota else "",
        ])  # fmt: skip
    return [
        "| pattern | first bound | at | first quota of AWS | at |",
        "| --- | --- | ---: | --- | ---: |",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _concurrency() -> list[str]:
    needs = concurrency()
    rows = [[name, *(_number(need * times) for times in TIMES)] for name, need in needs.items()]
    there_is = value("lambda.concurrency")
    total = sum(needs.values())
    sums = [
        f"**{_number(total * times)}**" if total * times > there_is else _number(total * times)
        for times in TIMES
    ]
    head = ["environments of", *(f"{times:,}×" for times in TIMES)]
    return _table(head, [*rows, [f"together, of {there_is:,}", *sums]], len(TIMES))


def _outbox() -> list[str]:
    rows = []
    for times in TIMES:
        left, hours = stream_overload(times)
        lost = "never" if math.isinf(hours) else f"after {_number(hours)} h"
        rows.append([f"{times:,}×", _number(left), lost])
    return _table(["load", "records/s left over", "records expire unread"], rows, 2)


def _starter() -> list[str]:
    setting = f"batch = {{ max_concurrency = {starter_concurrency()} }}"
    return [f"`{setting}` of `orders_to_fulfil` keeps within the starts."]


def _options() -> list[str]:
    rows = [
        [f"`{name}`", what, " or ".join(words), ""] for name, (what, words) in options.WORDS.items()
    ]
    rows += [
        [
            f"`{name}`",
            one.what,
            ", ".join(one.patterns) or "all",
            "" if one.default is None else f"{one.default:,g}",
        ]
        for name, one in options.NUMBERS.items()
    ]
    return _table(["option", "what", "is, or is for", "left out"], rows, 1)


@functools.cache
def _runs() -> list[str]:
    lines = ["```text"]
    for run in RUNS:
        wanted = options.read(run.split())
        totals = wanted.pattern.run(wanted.load, Random(wanted.seed)).totals  # noqa: S311
        shown = [
            f"{name} {_number(number)}"
            for name, number in totals.items()
            if name in _SHOWN or name.startswith("refused: ")
        ]
        lines += [f"make simulate {run}", f"    {', '.join(shown)}"]
    return [*lines, "```"]


def _load() -> list[str]:
    path = happy_path()
    counted = [
        ["states that a small order enters, of `fulfilment.asl.json`", f"{path.states} states"],
        ["tasks among them", f"{path.tasks} tasks"],
    ]
    rows = [
        [figure.what + (" (grows)" if figure.grows else ""), f"{figure.value:,g} {figure.unit}"]
        for figure in figures().values()
        if not figure.file
    ]
    return _table(["figure", "at 1×"], [*rows, *counted], 1)


def _settings() -> list[str]:
    rows = [
        [figure.what, f"[`{figure.file}`](../{figure.file})", f"{figure.value:,g} {figure.unit}"]
        for figure in figures().values()
        if figure.file
    ]
    return _table(["setting", "where", "is"], rows, 1)


def _quotas() -> list[str]:
    rows = [
        [
            one.what + (f" ({one.note})" if one.note else ""),
            "yes" if one.can_be_raised else "no",
            f"[{one.read}]({one.source})",
            f"{one.value:,} {one.unit}",
        ]
        for one in quotas().values()
    ]
    return _table(["quota", "can be raised", "read", "is"], rows, 1)
