"""A bucket is let in with its account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="s3-permission-source-account",
    why="A bucket's ARN names no account: who takes a deleted one's name may invoke the function.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html",
)
def s3_permission_source_account(plan: Plan) -> Iterator[Broken]:
    """Find permissions of S3 without source_account."""
    for one in plan.of("aws_lambda_permission"):
        if one.text("principal") == "s3.amazonaws.com" and not one.says("source_account"):
            yield Broken(one, "source_account is missing", "set it to the account of the bucket")
