"""Nobody is let in by a star."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.policies import written_policies
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="wildcard-principal",
    why="Everybody with an AWS account may do it.",
    severity="error",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
)
def wildcard_principal(plan: Plan) -> Iterator[Broken]:
    """Find permissions and policies whose principal is everybody, without a condition."""
    open_urls = {
        (called.name, called.qualifier)
        for url in plan.of("aws_lambda_function_url")
        if url.get("authorization_type") == "NONE"
        for called in plan.qualified(url, "function_name")
    }
    for one in plan.of("aws_lambda_permission"):
        called = {(to.name, to.qualifier) for to in plan.qualified(one, "function_name")}
        limited = one.says("principal_org_id")
        if one.text("principal") == "*" and not limited and not called & open_urls:
            yield Broken(one, "its principal is *", "name the service or the account")
    # A policy of an identity has no principal.
    for resource, key, found in written_policies(
        plan,
        lambda one, key: (
            key != "inline_policy"
            and (not one.type.startswith("aws_iam_") or key == "assume_role_policy")
        ),
    ):
        for statement in found:
            if statement.allow and statement.open and not statement.conditions:
                message = f"{key} lets everybody do {', '.join(statement.actions)}"
                yield Broken(resource, message, "name the principal, or add a condition")
