"""No function URL is open to all outside development."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_PRODUCTION = {"prod", "production", "live", "staging", "stage"}


@plan_rule(
    id="public-function-url",
    why="A URL with NONE answers the whole internet, and every request is billed.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
)
def public_function_url(plan: Plan) -> Iterator[Broken]:
    """Find URLs without authentication in what is said to be production."""
    for url in plan.of("aws_lambda_function_url"):
        named = {str(plan.variables.get(key)).lower() for key in ("environment", "env", "stage")}
        for called in plan.functions(url, "function_name"):
            tags = (called.resource.get("tags_all") or {}) if called.resource else {}
            named |= {str(tags.get(key)).lower() for key in ("Environment", "environment", "env")}
        place = plan.root.name.lower()
        if url.get("authorization_type") == "NONE" and (named | {place}) & _PRODUCTION:
            fix = "set authorization_type to AWS_IAM, and put CloudFront or an API before it"
            yield Broken(url, "it asks nobody who they are, in production", fix)
