"""A function writes nothing where it is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.policies import Permissions, permissions
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan, Resource


@plan_rule(
    id="s3-loop",
    why="Each write invokes the function again, and its write the next: without end, and billed.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html",
)
def s3_loop(plan: Plan) -> Iterator[Broken]:
    """Find notifications whose function may write under the prefix that it is notified of."""
    for one in plan.of("aws_s3_bucket_notification"):
        buckets = plan.sole(one, "bucket")
        for position, watched in enumerate(one.parts("lambda_function")):
            path = ("lambda_function", position, "lambda_function_arn")
            events = " ".join(watched.get("events") or [])
            if "ObjectCreated" not in events:
                continue
            for called in plan.called(one, *path):
                roles = plan.sole(called.resource, "role") if called.resource else []
                for role in roles:
                    for bucket in buckets:
                        prefix = watched.get("filter_prefix") or ""
                        if _writes(permissions(plan, role), bucket, prefix):
                            message = f'{called.name} may write under "{prefix}", which invokes it'
                            fix = "let it write to another prefix or bucket"
                            yield Broken(one, message, fix)


def _writes(may: Permissions, bucket: Resource, prefix: str) -> bool:
    name = bucket.text("bucket")
    for one in may.statements:
        if one.allow and one.does("s3:PutObject") and name:
            for resource in one.resources:
                under = resource.partition(f":s3:::{name}/")[2].rstrip("*")
                inside = f":s3:::{name}/" in resource
                if inside and (under.startswith(prefix) or prefix.startswith(under)):
                    return True
    return False
