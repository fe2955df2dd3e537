"""A function URL has both permissions that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule
from tools.lint.triggers import INVOKE, INVOKE_URL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="function-url-permissions",
    why="Since October 2025 it takes both actions to call a URL: with one it answers 403.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
)
def function_url_permissions(plan: Plan) -> Iterator[Broken]:
    """Find URLs whose principals have one permission of the two."""
    for url in plan.of("aws_lambda_function_url"):
        called = {(one.name, one.qualifier) for one in plan.qualified(url, "function_name")}
        given: dict[str, set[str]] = {INVOKE: set(), INVOKE_URL: set()}
        for permission in plan.of("aws_lambda_permission"):
            to = {(one.name, one.qualifier) for one in plan.qualified(permission, "function_name")}
            if called & to and permission.text("action") in given:
                given[permission.text("action")].add(permission.text("principal"))
        wanted = given[INVOKE_URL] | ({"*"} if url.get("authorization_type") == "NONE" else set())
        for action, principals in sorted(given.items()):
            for principal in sorted(wanted - principals):
                who = principal or "a principal"
                message = f"{who} may not {action}"
                fix = f"add an aws_lambda_permission for {action}, on the qualifier of the URL"
                yield Broken(url, message, fix)
