"""The development environment, applied, called and destroyed on a local AWS of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.local_aws import server
from tools.order_service.service import Service
from tools.terraform.core import find_core
from tools.terraform.environments import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tools.local_aws.http import Answer
    from tools.local_aws.server import Server

PREFIX = "orders-dev"


@dataclass(frozen=True)
class DevRun:
    """What was seen: how many resources were made, what a second plan said, how the API answered,
    and what was left after all was destroyed.
    """

    made: int
    second_plan: str
    answer: Answer
    left: list[str]


def run(core: str, home: Path) -> DevRun:
    """Apply, look again, call, destroy; `home` is the local AWS's, and goes."""
    running, _ = server.up(home)
    try:
        found = find_core() if core == "terraform" else find_core(core)
        env = environment("dev", on=running, core=found)
        env.init()
        env.terraform.run("apply", "-auto-approve", "-no-color")
        made = len(names(running))
        changes = env.terraform.plan(home / "second.tfplan")
        caller = Service(running, env.terraform.outputs(), "dev")
        answer = caller.door("url", caller.caller).request("GET", "/orders")
        env.terraform.run("destroy", "-auto-approve", "-no-color")
        second = "changes something" if changes else "changes nothing"
        return DevRun(made, second, answer, names(running))
    finally:
        server.down(home)


def names(running: Server) -> list[str]:
    """Return the names of what the environment has on a local AWS, whatever it is."""
    client = running.client
    sqs, sns = client("sqs"), client("sns")
    found = [f["FunctionName"] for f in client("lambda").list_functions()["Functions"]]
    edge = client("lambda", "us-east-1").list_functions()["Functions"]
    found += [f["FunctionName"] for f in edge]
    distributions = client("cloudfront").list_distributions()["DistributionList"].get("Items", [])
    found += [distribution["Comment"] for distribution in distributions]
    found += client("dynamodb").list_tables()["TableNames"]
    found += [role["RoleName"] for role in client("iam").list_roles()["Roles"]]
    found += [a["AlarmName"] for a in client("cloudwatch").describe_alarms()["MetricAlarms"]]
    found += [g["logGroupName"] for g in client("logs").describe_log_groups()["logGroups"]]
    found += [url.rsplit("/", 1)[1] for url in sqs.list_queues().get("QueueUrls", [])]
    found += [topic["TopicArn"].rsplit(":", 1)[1] for topic in sns.list_topics()["Topics"]]
    found += [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]]
    found += [m["name"] for m in client("stepfunctions").list_state_machines()["stateMachines"]]
    found += [s["Name"] for s in client("scheduler").list_schedule_groups()["ScheduleGroups"]]
    found += [api["name"] for api in client("apigateway").get_rest_apis()["items"]]
    found += [api["Name"] for api in client("apigatewayv2").get_apis()["Items"]]
    found += [p["Name"] for p in client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]]
    return sorted(name for name in found if PREFIX in name)
