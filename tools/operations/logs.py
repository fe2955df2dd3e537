"""``python -m tools.operations.logs``: what ``make logs`` runs.

Lines of one function, or of all functions of an environment in the order of time. What is JSON is
shown as time, level, message and fields; what is not, as it is.
"""

from __future__ import annotations

import argparse
import datetime
import heapq
import json
import re
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from tools.operations import aws
from tools.operations.aws import OperationError, guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
POLL_SECONDS = 2.0
# What CloudWatch takes in late is older than what was shown already: it is asked for again.
LATE_SECONDS = 30
STYLES = {
    "WARN": "yellow",
    "ERROR": "bold red",
    "FATAL": "bold red",
    "DEBUG": "dim",
    "TRACE": "dim",
}
CORRELATION = "correlation_id"
SHOWN_APART = ("timestamp", "level", "message")


@dataclass(frozen=True)
class Line:
    """One line of a log.

    Attributes
    ----------
    at
        When it was written, in milliseconds since 1970.
    event_id
        What CloudWatch calls it.
    function
        Who wrote it, as it is to be shown.
    fields
        What it says, if that is JSON; else None.
    raw
        What it says, as it is.
    """

    at: int
    event_id: str
    function: str
    fields: Mapping[str, Any] | None
    raw: str


def main() -> int:
    """Print the lines, and with ``--follow`` those that come."""
    parser = argparse.ArgumentParser(prog="python -m tools.operations.logs")
    parser.add_argument("--env", default="")
    parser.add_argument("--function", default="")
    parser.add_argument("--id", default="")
    parser.add_argument("--since", default="10m")
    parser.add_argument("--follow", action="store_true")
    given = parser.parse_args()

    def run() -> int:
        since = time.time() - seconds(given.since)
        client, groups = sources(given.env, given.function)
        console = Console(highlight=False, soft_wrap=True)
        try:
            show(console, client, groups, since, only=given.id, follow=given.follow)
        except KeyboardInterrupt:
            console.print()
        return 0

    return guarded("logs", run)


def sources(env: str, function: str) -> tuple[Any, dict[str, str]]:
    """Return a client of CloudWatch Logs, and the log groups by what their function is shown as.

    Raises
    ------
    OperationError
        Nothing says whose log is meant.
    """
    if not env and not function:
        raise OperationError(
            "say whose: make logs ENV=dev FUNCTION=orders_api, ENV=dev alone for all functions, or "
            "FUNCTION= with the full name of one"
        )
    if not env:
        return aws.find().client("logs"), {function: f"/aws/lambda/{function}"}
    deployed = aws.deployment(env)
    functions: dict[str, str] = deployed.outputs["functions"]
    if function:
        package, name = deployed.function(function)
        functions = {package: name}
    return deployed.aws.client("logs"), {p: f"/aws/lambda/{n}" for p, n in functions.items()}


def seconds(since: str) -> int:
    """Return how long ``10m`` is: whole seconds, minutes, hours or days.

    Raises
    ------
    OperationError
        It is something else.
    """
    found = re.fullmatch(r"([1-9]\d*)([smhd])", since)
    if found is None:
        raise OperationError(f"SINCE is {since!r}: write 30s, 10m, 2h or 1d")
    return int(found[1]) * UNITS[found[2]]


def show(  # noqa: PLR0913  all that can be chosen
    console: Console,
    client: Any,  # noqa: ANN401  boto3's own type
    groups: Mapping[str, str],
    since: float,
    *,
    only: str = "",
    follow: bool = False,
) -> None:
    """Print the lines of log groups.

    Parameters
    ----------
    console
        Where to.
    client
        A client of CloudWatch Logs.
    groups
        Log groups by what their function is shown as.
    since
        From when on, in seconds since 1970.
    only
        A correlation id: the lines of that one only.
    follow
        Whether to go on until somebody interrupts.
    """
    width = max(map(len, groups)) if len(groups) > 1 else 0
    shown: set[str] = set()
    start = int(since * 1000)
    while True:
        asked = time.time()
        lines = list(read(client, groups, start, only))
        for line in lines:
            if line.event_id not in shown:
                console.print(rendered(line, width))
        # What is not among them now is too old to be asked for again.
        shown = {line.event_id for line in lines}
        if not follow:
            break
        start = max(start, int((asked - LATE_SECONDS) * 1000))
        time.sleep(POLL_SECONDS)
    if not shown:
        told = f" with {CORRELATION} {only}" if only else ""
        console.print(f"no line{told} in {', '.join(groups.values())}", style="dim")


def read(
    client: Any,  # noqa: ANN401  boto3's own type
    groups: Mapping[str, str],
    start: int,
    only: str = "",
) -> Iterator[Line]:
    """Yield the lines of log groups since a moment, the oldest first."""
    found = (_of(client, who, group, start, only) for who, group in groups.items())
    yield from heapq.merge(*found, key=lambda line: line.at)


def _of(client: Any, who: str, group: str, start: int, only: str) -> list[Line]:  # noqa: ANN401
    # A quoted phrase is looked for anywhere in a line: what it finds is looked at again.
    pattern = {"filterPattern": json.dumps(only)} if only else {}
    try:
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=start, **pattern
        )
        found = [_line(who, event) for page in pages for event in page["events"]]
    except client.exceptions.ResourceNotFoundException as error:
        raise OperationError(f"there is no log group {group}: is the function deployed?") from error
    if only:
        found = [line for line in found if line.fields and line.fields.get(CORRELATION) == only]
    # Those of one moment stay as they were written.
    return sorted(found, key=lambda line: line.at)


def _line(who: str, event: Mapping[str, Any]) -> Line:
    raw = event["message"].rstrip("\n")
    try:
        fields = json.loads(raw)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        fields = None
    at = event["timestamp"]
    # The local AWS gives none.
    event_id = event.get("eventId") or f"{event.get('logStreamName')} {at} {raw}"
    return Line(at, event_id, who, fields, raw)


def rendered(line: Line, width: int = 0) -> Text:
    """Return a line as it is shown.

    Parameters
    ----------
    line
        What it is of.
    width
        How wide the names of the functions are; 0 for none.
    """
    at = datetime.datetime.fromtimestamp(line.at / 1000, datetime.UTC)
    text = Text(f"{at:%H:%M:%S}.{line.at % 1000:03d} ", style="cyan")
    if width:
        text.append(f"{line.function:{width}} ", style="magenta")
    if line.fields is None:
        return text.append(line.raw, style="dim")
    if "record" in line.fields and "type" in line.fields:
        # Lambda's own: that an invocation began, and what it took.
        return text.append(f"{line.fields['type']} ").append(
            _pairs(_flat(line.fields["record"])), style="dim"
        )
    fields = dict(line.fields)
    if "_aws" in fields:
        del fields["_aws"]
        return text.append("METRIC ", style="green").append(_pairs(fields.items()))
    level = str(fields.get("level", ""))
    text.append(f"{level:5} ", style=STYLES.get(level, "green"))
    text.append(str(fields.get("message", "")))
    rest = _pairs((name, value) for name, value in fields.items() if name not in SHOWN_APART)
    return text.append(f"  {rest}" if rest else "", style="dim")


def _flat(record: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  any JSON
    if not isinstance(record, dict):
        yield "record", record
        return
    for name, value in record.items():
        if isinstance(value, dict):
            yield from value.items()
        else:
            yield name, value


def _pairs(fields: Iterable[tuple[str, Any]]) -> str:
    return " ".join(
        f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in fields
    )


if __name__ == "__main__":
    sys.exit(main())
