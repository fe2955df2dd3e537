"""An origin access control signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="oac-signs",
    why="Without a signature the origin answers 403, or was left open to all.",
    severity="error",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html",
)
def oac_signs(plan: Plan) -> Iterator[Broken]:
    """Find origin access controls that do not always sign with SigV4."""
    for one in plan.of("aws_cloudfront_origin_access_control"):
        if one.text("signing_behavior") != "always":
            message = f"signing_behavior is {one.get('signing_behavior')}"
            yield Broken(one, message, 'set signing_behavior = "always"')
