"""An API waits no longer than API Gateway lets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="api-timeout-limit",
    why="API Gateway refuses it: only regional and private REST APIs can have more, by a quota.",
    severity="error",
    source="https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
)
def api_timeout_limit(plan: Plan) -> Iterator[Broken]:
    """Find integrations with a timeout over the limit."""
    for one in plan.of("aws_apigatewayv2_integration"):
        given = one.get("timeout_milliseconds") or 0
        if given > 30_000:
            yield Broken(one, f"timeout_milliseconds is {given}", "set 30000 or less: it is fixed")
    for one in plan.of("aws_api_gateway_integration"):
        given = one.get("timeout_milliseconds") or 0
        for api in plan.sole(one, "rest_api_id") if given > 29_000 else ():
            kinds = (api.parts("endpoint_configuration") or [{}])[0].get("types") or ["EDGE"]
            if "EDGE" in kinds:
                message = f"timeout_milliseconds is {given} on an edge-optimised API"
                yield Broken(one, message, "set 29000 or less, or make the API REGIONAL")
