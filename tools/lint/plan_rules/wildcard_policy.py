"""A role may do what it needs, on what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.policies import matches, written_policies
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_IDENTITIES = {"aws_iam_role", "aws_iam_role_policy", "aws_iam_policy", "aws_iam_user_policy",
               "aws_iam_group_policy"}  # fmt: skip
# These know no ARN: https://docs.aws.amazon.com/service-authorization/latest/reference/
_BARE = (
    "autoscaling:Describe*", "cloudwatch:GetMetricData", "cloudwatch:ListMetrics",
    "cloudwatch:PutMetricData", "config:PutEvaluations", "ec2:*NetworkInterface*", "ec2:Describe*",
    "ecr:GetAuthorizationToken",
    "iam:List*", "lambda:ListFunctions", "logs:*LogDeliver*", "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies", "logs:PutResourcePolicy", "rds:Describe*",
    "s3:ListAllMyBuckets", "secretsmanager:GetRandomPassword",
    "sts:GetCallerIdentity", "tag:GetResources", "xray:*",
)  # fmt: skip


@plan_rule(
    id="wildcard-policy",
    why="A function that can be tricked can then do anything there.",
    severity="error",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
)
def wildcard_policy(plan: Plan) -> Iterator[Broken]:
    """Find policies of identities that allow all actions, or a service's on all resources."""
    for resource, _, found in written_policies(
        plan, lambda one, key: one.type in _IDENTITIES and key != "assume_role_policy"
    ):
        for statement in found:
            wild = [one for one in statement.actions if one == "*" or one.endswith(":*")]
            everywhere = [
                action
                for action in statement.actions
                if "*" in statement.resources and not statement.conditions and not _bare(action)
            ]
            if statement.allow and (wild or everywhere):
                what = ", ".join(wild or everywhere)
                where = ", ".join(statement.resources)
                message = f"it may do {what} on {where}"
                yield Broken(resource, message, "name the actions and the ARNs that it needs")


def _bare(action: str) -> bool:
    return any(matches(known, action) for known in _BARE)
