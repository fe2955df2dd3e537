"""The development environment, applied, called and destroyed on a local AWS of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.local_aws import server
from tools.order_service.service import Service
from tools.terraform.core import find_core
from tools.terraform.environments import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tools.local_aws.http import Answer
    from tools.local_aws.server import Server

PREFIX = "orders-dev"
FUNCTION_NAMES = "Functions[].FunctionName"
NAMED = [
    ("lambda", "list_functions", FUNCTION_NAMES),
    ("cloudfront", "list_distributions", "DistributionList.Items[].Comment"),
    ("dynamodb", "list_tables", "TableNames"),
    ("iam", "list_roles", "Roles[].RoleName"),
    ("cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName"),
    ("logs", "describe_log_groups", "logGroups[].logGroupName"),
    ("sqs", "list_queues", "QueueUrls"),
    ("sns", "list_topics", "Topics[].TopicArn"),
    ("s3", "list_buckets", "Buckets[].Name"),
    ("stepfunctions", "list_state_machines", "stateMachines[].name"),
    ("scheduler", "list_schedule_groups", "ScheduleGroups[].Name"),
    ("apigateway", "get_rest_apis", "items[].name"),
    ("apigatewayv2", "get_apis", "Items[].Name"),
    ("cognito-idp", "list_user_pools", "UserPools[].Name"),
]
"""What the names of things are listed by: a service, an operation, and where it has them."""


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
    found = [
        name
        for service, operation, where in NAMED
        for name in listed(running.client(service), operation, where)
    ]
    found += listed(running.client("lambda", "us-east-1"), "list_functions", FUNCTION_NAMES)
    return sorted(name for name in found if PREFIX in name)


def listed(client: Any, operation: str, where: str) -> list[str]:  # noqa: ANN401  boto3's own
    """Return what a client lists, of all pages what is `where` (JMESPath)."""
    # Cognito's pages have no size of their own.
    size = {"MaxResults": 60} if operation == "list_user_pools" else {}
    found = client.get_paginator(operation).paginate(**size).search(where)
    # A page that has nothing may lack its list, of which None is found.
    return [name for name in found if name is not None]
