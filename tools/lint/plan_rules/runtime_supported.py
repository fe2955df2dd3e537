"""A runtime gets security patches."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


# Days of deprecation, past and announced, as far as known here: the page has the last word.
DEPRECATED = {
    "dotnet5.0": "2022-05-10",
    "dotnet6": "2024-12-20",
    "dotnetcore2.1": "2022-01-05",
    "dotnetcore3.1": "2023-04-03",
    "go1.x": "2024-01-08",
    "java8": "2024-01-08",
    "nodejs10.x": "2021-07-30",
    "nodejs12.x": "2023-03-31",
    "nodejs14.x": "2023-12-04",
    "nodejs16.x": "2024-06-12",
    "nodejs18.x": "2025-09-01",
    "nodejs20.x": "2026-04-30",
    "provided": "2024-01-08",
    "python2.7": "2021-07-15",
    "python3.6": "2022-07-18",
    "python3.7": "2023-12-04",
    "python3.8": "2024-10-14",
    "python3.9": "2025-12-15",
    "python3.10": "2026-10-31",
    "ruby2.5": "2021-07-30",
    "ruby2.7": "2023-12-07",
    "ruby3.2": "2026-03-31",
}


@plan_rule(
    id="runtime-supported",
    why="After its deprecation a runtime gets no patches, and later no updates of functions.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
)
def runtime_supported(plan: Plan) -> Iterator[Broken]:
    """Find functions on runtimes that AWS has deprecated."""
    today = datetime.date.today().isoformat()  # noqa: DTZ011 (a deprecation is of a day)
    for one in plan.of("aws_lambda_function"):
        ends = DEPRECATED.get(one.text("runtime"))
        if ends and ends <= today and one.get("package_type") != "Image":
            message = f"{one.text('runtime')} is deprecated since {ends}"
            yield Broken(one, message, "move to a runtime that AWS supports")
