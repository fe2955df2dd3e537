"""A service is let in for one resource, not for everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


# An Alexa skill is told by event_source_token.
_ALONE = {"alexa-connectedhome.amazon.com", "alexa-appkit.amazon.com"}


@plan_rule(
    id="permission-source-arn",
    why="Without SourceArn any account can make the service call this function.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
)
def permission_source_arn(plan: Plan) -> Iterator[Broken]:
    """Find permissions of services without source_arn or source_account."""
    for one in plan.of("aws_lambda_permission"):
        principal = one.text("principal")
        if not principal.endswith(".amazonaws.com") or principal in _ALONE:
            continue
        if not one.says("source_arn") and not one.says("source_account"):
            message = f"every account's {principal} may invoke it"
            yield Broken(one, message, "set source_arn to the ARN of what invokes it")
