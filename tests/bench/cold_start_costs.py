"""What each strategy against cold starts costs a month, by AWS's public prices.

Prices are in docs/data/prices.json, with their source and date. The free tier is not taken off. A
cold start's initialisation is billed as duration, except for environments that are kept warm
and for snapshots, which are initialised beforehand.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from tools.paths import ROOT

PRICES = ROOT / "docs" / "data" / "prices.json"
RATES = (1, 10, 100)
"""Requests a second, all month."""
MONTH_SECONDS = 730 * 3600
REQUEST_SECONDS = 0.020
"""Of one request to the order service's API, most of it waiting for DynamoDB."""
PEAK = 4
"""How many times the mean the peak is, for which there are environments."""
STARTS_A_MONTH = 365
"""Of one environment: AWS starts it anew about every two hours."""


class PricesError(Exception):
    """The file of prices cannot be used; the message says why, and the mend."""


@dataclass(frozen=True)
class Strategy:
    """A way to meet cold starts.

    Attributes
    ----------
    name
        As the table has it.
    init_seconds
        Of a cold start, billed where it is not done beforehand.
    memory_gb
        Memory of the function.
    provisioned, snapshot
        Whether its environments are kept warm, or start from a snapshot.
    """

    name: str
    init_seconds: float
    memory_gb: float = 0.25
    provisioned: bool = False
    snapshot: bool = False


def prices() -> dict[str, Any]:
    """Return the prices.

    Raises
    ------
    PricesError
        One is missing, or no number.
    """
    found: dict[str, Any] = json.loads(PRICES.read_text())
    wanted = (
        "request", "gb_second", "provisioned_gb_second", "provisioned_duration_gb_second",
        "snapshot_cached_gb_second", "snapshot_restored_gb",
    )  # fmt: skip
    for name in wanted:
        if not isinstance(found.get(name), float) or found[name] <= 0:
            raise PricesError(
                f"docs/data/prices.json: {name} is {found.get(name)!r}. Mend: take the price in "
                f"USD from {found.get('source')}"
            )
    return found


def environments(rate: float) -> int:
    """Return how many environments serve so many requests a second at their peak."""
    return max(1, math.ceil(round(rate * PEAK * REQUEST_SECONDS, 9)))


def monthly(strategy: Strategy, rate: float, price: dict[str, Any]) -> float:
    """Return what a strategy costs a month at `rate` requests a second, in USD."""
    requests = rate * MONTH_SECONDS
    gb, count = strategy.memory_gb, environments(rate)
    duration = requests * REQUEST_SECONDS * gb
    starts = count * STARTS_A_MONTH
    cost = requests * price["request"]
    if strategy.provisioned:
        kept = count * gb * MONTH_SECONDS * price["provisioned_gb_second"]
        return float(cost + kept + duration * price["provisioned_duration_gb_second"])
    cost += duration * price["gb_second"]
    if strategy.snapshot:
        cached = gb * MONTH_SECONDS * price["snapshot_cached_gb_second"]
        return float(cost + cached + starts * gb * price["snapshot_restored_gb"])
    return float(cost + starts * strategy.init_seconds * gb * price["gb_second"])


def strategies(cold_start: dict[str, Any]) -> list[Strategy]:
    """Return the strategies for orders_api, with the imports that `make bench` has measured."""
    row = next(row for row in cold_start["rows"] if row["what"] == "orders_api")
    seconds = {name: found["median"] / 1000 for name, found in row["candidates"].items()}
    ours = seconds["ours"]
    names = list(seconds)
    powertools, as_installed = names[-2], names[-1]
    return [
        Strategy("Powertools and pydantic, as installed", seconds[as_installed]),
        Strategy("the same with shipped bytecode", seconds[powertools]),
        Strategy("fewer dependencies: msgspec, without bytecode", seconds["ours without bytecode"]),
        Strategy("as shipped: msgspec, narrow imports, one client, bytecode", ours),
        Strategy("the same with 512 MB", ours, 0.5),
        Strategy("the same with 1,769 MB, one whole vCPU", ours, 1769 / 1024),
        Strategy("the same with SnapStart", ours, snapshot=True),
        Strategy("the same with provisioned concurrency", ours, provisioned=True),
    ]


def table(cold_start: dict[str, Any]) -> str:
    """Return the costs as a Markdown table."""
    price = prices()
    lines = [
        "| strategy | import, ms of CPU | "
        + " | ".join(f"{rate} a second" for rate in RATES)
        + " |",
        "|---|---:|" + "---:|" * len(RATES),
    ]
    for strategy in strategies(cold_start):
        costs = " | ".join(f"${monthly(strategy, rate, price):,.2f}" for rate in RATES)
        when = (
            "none when invoked"
            if strategy.provisioned
            else "at publishing; restore not measured"
            if strategy.snapshot
            else f"{strategy.init_seconds * 1000:.0f}"
        )
        lines.append(f"| {strategy.name} | {when} | {costs} |")
    return "\n".join(lines)
