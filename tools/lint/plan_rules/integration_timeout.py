"""An API waits as long as its function may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_INTEGRATIONS = (
    ("aws_api_gateway_integration", "uri", 29_000),
    ("aws_apigatewayv2_integration", "integration_uri", 30_000),
)


@plan_rule(
    id="integration-timeout",
    why="The caller gets 504 while the function goes on and does what the caller then repeats.",
    severity="error",
    source="https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
)
def integration_timeout(plan: Plan) -> Iterator[Broken]:
    """Find functions that may take longer than the integration waits."""
    for kind, uri, default in _INTEGRATIONS:
        for one in plan.of(kind):
            waits = (one.get("timeout_milliseconds") or default) / 1000
            for called in plan.called(one, uri):
                timeout = (called.resource.get("timeout") or 3) if called.resource else 0
                if timeout > waits:
                    message = f"it waits {waits:g} s, and its function may take {timeout} s"
                    yield Broken(one, message, f"set the function's timeout to {waits:g} s or less")
