"""``python -m tools.operations.status ENV``: what ``make status ENV=`` runs.

One screen: who serves, what fails, what waits in dead-letter queues, what ran last, and which
alarms are on. What CloudWatch has no figures for is "no data", and no zero.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from tools.operations import rollout
from tools.operations.aws import Deployment, deployment, guarded

if TYPE_CHECKING:
    from collections.abc import Mapping

HOUR = datetime.timedelta(hours=1)
# A nightly job that did not run last night is to be seen.
DAYS = datetime.timedelta(days=2)
NO_DATA = Text("no data", style="dim")
LAST_EXECUTIONS = 20
GOOD = {"RUNNING", "SUCCEEDED"}
METRICS = ("Invocations", "Errors")


@dataclass(frozen=True)
class Calls:
    """What a function's invocations of the last hour came to."""

    invocations: int
    errors: int

    @property
    def rate(self) -> float:
        """The share of them that failed."""
        return self.errors / self.invocations if self.invocations else 0.0


def main() -> int:
    """Print the screen."""
    parser = argparse.ArgumentParser(prog="python -m tools.operations.status")
    parser.add_argument("env", nargs="?", default="")
    given = parser.parse_args()

    def run() -> int:
        deployed = deployment(given.env)
        Console(highlight=False).print(screen(deployed, datetime.datetime.now(datetime.UTC)))
        return 0

    return guarded("status", run)


def screen(deployed: Deployment, now: datetime.datetime) -> Group:
    """Return all that is to be seen."""
    head = Text(f"envs/{deployed.name} on {deployed.aws.where}, {now:%Y-%m-%d %H:%M} UTC", "bold")
    parts = (functions(deployed, now), queues(deployed), runs(deployed, now), alarms(deployed))
    return Group(head, *(each for part in parts for each in (Text(), part)))


def functions(deployed: Deployment, now: datetime.datetime) -> Table:
    """Return who serves, and what failed within the hour."""
    table = _table("function", "live", "calls, 1 h", "errors", "rate")
    client = deployed.aws.client("lambda")
    names: dict[str, str] = deployed.outputs["functions"]
    found = calls(deployed.aws.client("cloudwatch"), names, now)
    for package, name in sorted(names.items()):
        live = rollout.look(client, name)
        serving = Text(live.text.removeprefix("version "), "yellow" if live.shares else "")
        if package not in found:
            table.add_row(package, serving, NO_DATA, NO_DATA, NO_DATA)
            continue
        one = found[package]
        bad = "bold red" if one.errors else ""
        table.add_row(
            package, serving, f"{one.invocations:,}", Text(f"{one.errors:,}", bad),
            Text(f"{one.rate:.1%}", bad),
        )  # fmt: skip
    return table


def calls(
    client: Any,  # noqa: ANN401  boto3's own type
    names: Mapping[str, str],
    now: datetime.datetime,
) -> dict[str, Calls]:
    """Return what CloudWatch has of the last hour, by package; what it has nothing of is not in."""
    packages = sorted(names)
    queries = [
        {
            "Id": f"{metric.lower()}_{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": metric,
                    "Dimensions": [{"Name": "FunctionName", "Value": names[package]}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for number, package in enumerate(packages)
        for metric in METRICS
    ]
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=now - HOUR, EndTime=now
    )
    sums: dict[str, float] = {}
    for page in pages:
        for result in page["MetricDataResults"]:
            if result["Values"]:
                sums[result["Id"]] = sums.get(result["Id"], 0) + sum(result["Values"])
    return {
        package: Calls(round(sums[f"invocations_{number}"]), round(sums.get(f"errors_{number}", 0)))
        for number, package in enumerate(packages)
        if f"invocations_{number}" in sums
    }


def queues(deployed: Deployment) -> Table:
    """Return what waits in the dead-letter queues."""
    table = _table("dead-letter queue", "of", "waiting")
    client = deployed.aws.client("sqs")
    wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    for purpose, queue in sorted(deployed.outputs["queues"].items()):
        url = queue["dlq_url"]
        found = client.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
        waiting = sum(int(found[name]) for name in wanted)
        table.add_row(
            url.rsplit("/", 1)[1], purpose, Text(str(waiting), "bold red" if waiting else "")
        )
    return table


def runs(deployed: Deployment, now: datetime.datetime) -> Table:
    """Return what the workflow did last, and when the nightly jobs ran."""
    table = _table("ran last", "when", "how")
    found = deployed.aws.client("stepfunctions").list_executions(
        stateMachineArn=deployed.outputs["workflow"]["arn"], maxResults=LAST_EXECUTIONS
    )["executions"]
    how = Text(", ").join(
        Text(f"{count} {status.lower()}", "" if status in GOOD else "bold red")
        for status, count in Counter(execution["status"] for execution in found).items()
    )
    last = _ago(now, found[0]["startDate"]) if found else NO_DATA
    title = f"workflow, its last {len(found)}" if found else "workflow"
    table.add_row(title, last, how if found else NO_DATA)
    cloudwatch = deployed.aws.client("cloudwatch")
    for job, schedule in sorted(deployed.outputs["schedules"].items()):
        attempt = _last_attempt(cloudwatch, schedule["group_name"], now)
        table.add_row(f"schedule {job}", _ago(now, attempt) if attempt else NO_DATA, "")
    return table


def alarms(deployed: Deployment) -> Table:
    """Return the alarms that are on."""
    table = _table("alarm", "since", "what it says")
    prefix = f"{deployed.outputs['prefix']}-"
    pages = (
        deployed.aws.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(AlarmNamePrefix=prefix)
    )
    found = [alarm for page in pages for alarm in page["MetricAlarms"]]
    on = [alarm for alarm in found if alarm["StateValue"] == "ALARM"]
    for alarm in on:
        table.add_row(
            Text(alarm["AlarmName"], "bold red"),
            f"{alarm['StateUpdatedTimestamp']:%m-%d %H:%M}",
            alarm.get("AlarmDescription", ""),
        )
    if not on:
        blind = sum(alarm["StateValue"] == "INSUFFICIENT_DATA" for alarm in found)
        told = f"none of {len(found)} is on" + (f"; {blind} have no data" if blind else "")
        table.add_row(told, "", "")
    return table


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold cyan", padding=(0, 3, 0, 0))
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def _last_attempt(client: Any, group: str, now: datetime.datetime) -> datetime.datetime | None:  # noqa: ANN401
    """Return when Scheduler last ran a job of a group, to the five minutes asked for."""
    points = client.get_metric_statistics(
        Namespace="AWS/Scheduler",
        MetricName="InvocationAttemptCount",
        Dimensions=[{"Name": "ScheduleGroup", "Value": group}],
        StartTime=now - DAYS,
        EndTime=now,
        Period=300,
        Statistics=["Sum"],
    )["Datapoints"]
    return max((point["Timestamp"] for point in points if point["Sum"]), default=None)


def _ago(now: datetime.datetime, at: datetime.datetime) -> str:
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h {minutes % 60} min ago"


if __name__ == "__main__":
    sys.exit(main())
