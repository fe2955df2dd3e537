"""Permissions: what looking after the service takes, and one taken away from a function."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tools.local_aws.server import ACCOUNT_ID, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def operator_grants(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what looking after the service takes: to see everything of it, and to mend it."""

    def arns(service: str, *names: str) -> list[str]:
        return [f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{name}" for name in names]

    def grant(resources: Sequence[str], *actions: str) -> dict[str, Any]:
        return {"actions": list(actions), "resources": list(resources)}

    queues = [
        url.rsplit("/", 1)[1]
        for queue in outputs["queues"].values()
        for url in (queue["url"], queue["dlq_url"])
        if url
    ]
    groups = [schedule["group_name"] for schedule in outputs["schedules"].values()]
    records = f"arn:aws:s3:::{outputs['buckets']['records']}"
    functions = [f"function:{name}" for name in outputs["functions"].values()]
    workflow = outputs["workflow"]["arn"]
    return {
        "tables": grant(
            arns("dynamodb", *(f"table/{name}" for name in outputs["tables"].values())),
            "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:UpdateItem",
        ),
        "queues": grant(
            arns("sqs", *queues),
            "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:PurgeQueue", "sqs:ReceiveMessage",
            "sqs:SendMessage", "sqs:SetQueueAttributes",
        ),
        "workflow": grant(
            [workflow, workflow.replace(":stateMachine:", ":execution:") + ":*"],
            "states:DescribeExecution", "states:GetExecutionHistory", "states:StartExecution",
        ),
        "records": grant([records, f"{records}/*"], "s3:GetObject", "s3:ListBucket"),
        "schedules": grant(
            arns("scheduler", *(f"schedule/{group}/*" for group in groups)),
            "scheduler:CreateSchedule", "scheduler:GetSchedule",
        ),
        "roles": grant(
            [f"arn:aws:iam::{ACCOUNT_ID}:role/{group}-scheduler" for group in groups],
            "iam:PassRole",
        ),
        "functions": grant(
            arns("lambda", *functions, *(f"{name}:live" for name in functions)),
            "lambda:GetFunction", "lambda:InvokeFunction",
        ),
        "logs": grant(
            arns("logs", *(f"log-group:/aws/lambda/{name}{streams}" for streams in ("", ":*")
                           for name in outputs["functions"].values())),
            "logs:FilterLogEvents",
        ),
        "topic": grant([outputs["topic_arn"]], "sns:Publish"),
        "users": grant(
            arns("cognito-idp", f"userpool/{outputs['identity']['user_pool_id']}"),
            "cognito-idp:AdminCreateUser", "cognito-idp:AdminDeleteUser",
            "cognito-idp:AdminSetUserPassword", "cognito-idp:CreateUserPoolClient",
            "cognito-idp:DeleteUserPoolClient",
        ),
        "keys": grant(
            [f"arn:aws:apigateway:{REGION}::/apikeys*",
             f"arn:aws:apigateway:{REGION}::/usageplans/*/keys"],
            "apigateway:DELETE", "apigateway:POST",
        ),
    }  # fmt: skip


@contextmanager
def taken_away(iam: Any, role: str, action: str) -> Iterator[None]:  # noqa: ANN401  boto3's own
    """Take an action out of every policy of a role for a while."""
    kept = {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }
    granted = [a for d in kept.values() for s in d["Statement"] for a in s["Action"]]
    if action not in granted:
        raise ValueError(f"{role} has no {action} to take away; it has {', '.join(granted)}")

    def put(name: str, document: Any) -> None:  # noqa: ANN401  a policy
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))

    try:
        for name, document in kept.items():
            statements = [
                statement | {"Action": left}
                for statement in document["Statement"]
                if (left := [each for each in statement["Action"] if each != action])
            ]
            if statements:
                put(name, document | {"Statement": statements})
            else:
                iam.delete_role_policy(RoleName=role, PolicyName=name)
        yield
    finally:
        for name, document in kept.items():
            put(name, document)
