"""What in a plan invokes functions, and the permissions that AWS will look for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tools.lint.plan import is_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Function, Plan, Resource

INVOKE = "lambda:InvokeFunction"
INVOKE_URL = "lambda:InvokeFunctionUrl"
_INVOCATION = re.compile(r"arn:[\w-]+:lambda:[\w-]*:\w*:function:[\w-]+(?::[\w$-]+)?")


class Trigger(NamedTuple):
    """A service that invokes a function, which the function's resource policy must allow.

    Attributes
    ----------
    resource
        Where it is written.
    function
        What it invokes.
    service
        The principal.
    sources
        The resources, one of which SourceArn names; none where they are not known.
    action
        What AWS checks.
    """

    resource: Resource
    function: Function
    service: str
    sources: list[Resource]
    action: str = INVOKE


def triggers(plan: Plan) -> list[Trigger]:
    """Return every trigger that needs a permission."""
    return [
        *_apis(plan), *_topics(plan), *_buckets(plan), *_rules(plan), *_simple(plan),
        *_distributions(plan),
    ]  # fmt: skip


def permission_for(plan: Plan, trigger: Trigger) -> Resource | None:
    """Return a permission that lets a trigger in."""
    return next(
        (one for one in plan.of("aws_lambda_permission") if lets_in(plan, one, trigger)), None
    )


def lets_in(plan: Plan, permission: Resource, trigger: Trigger) -> bool:
    """Whether a permission is for a trigger: its function, alias, principal and source."""
    if permission.text("principal") not in {trigger.service, "*"}:
        return False
    if permission.text("action") not in {trigger.action, "lambda:*"}:
        return False
    # One of each for the same keys: then each is for its own.
    paired = permission.repeated and permission.repeated == trigger.resource.repeated
    if paired and permission.index != trigger.resource.index:
        return False
    called = {(one.name, one.qualifier) for one in plan.qualified(permission, "function_name")}
    if called and (trigger.function.name, trigger.function.qualifier) not in called:
        return False
    return comes_from(plan, permission, trigger.sources)


def comes_from(plan: Plan, permission: Resource, sources: list[Resource]) -> bool:
    """Whether a permission's SourceArn is of one of the sources, or that cannot be said."""
    if not sources or not permission.says("source_arn"):
        return True
    known = permission.text("source_arn")
    if known:
        return any(
            is_named(one, known)
            or (one.text("id") and one.text("id") in known)
            or _fits(one, known)
            for one in sources
        )
    origins = {(one.modules, one.kind) for one in plan.origins(permission, "source_arn")}
    return not origins or any((s.modules, f"{s.type}.{s.name}") in origins for s in sources)


def _fits(source: Resource, known: str) -> bool:
    """Whether a known pattern can be of a source whose id is not known yet."""
    if source.text("arn") or (source.text("name") and source.type != "aws_apigatewayv2_api"):
        return "*" in known and source.type.startswith("aws_api") and ":execute-api:" in known
    return source.type.startswith(("aws_api", "aws_cloudfront")) and "*" in known


def _apis(plan: Plan) -> Iterator[Trigger]:
    service = "apigateway.amazonaws.com"
    places = (
        ("aws_api_gateway_integration", "uri", "rest_api_id", "credentials"),
        ("aws_api_gateway_authorizer", "authorizer_uri", "rest_api_id", "authorizer_credentials"),
        ("aws_apigatewayv2_integration", "integration_uri", "api_id", "credentials_arn"),
        ("aws_apigatewayv2_authorizer", "authorizer_uri", "api_id", "authorizer_credentials_arn"),
    )
    for kind, uri, api, credentials in places:
        for one in plan.of(kind):
            if not one.says(credentials) and one.get("type") not in {"HTTP", "HTTP_PROXY", "MOCK"}:
                for function in plan.functions(one, uri):
                    yield Trigger(one, function, service, plan.named(one, api))
    for one in plan.of("aws_api_gateway_rest_api", "aws_apigatewayv2_api"):
        arns = sorted(set(_INVOCATION.findall(one.text("body"))))
        called = [found for arn in arns if (found := plan.function_named(arn))]
        if not one.text("body"):
            called = plan.functions(one, "body")
        for function in called:
            yield Trigger(one, function, service, [one])


def _topics(plan: Plan) -> Iterator[Trigger]:
    for one in plan.of("aws_sns_topic_subscription"):
        if one.get("protocol") == "lambda":
            for function in plan.functions(one, "endpoint"):
                yield Trigger(one, function, "sns.amazonaws.com", plan.named(one, "topic_arn"))


def _buckets(plan: Plan) -> Iterator[Trigger]:
    for one in plan.of("aws_s3_bucket_notification"):
        for position in range(max(len(one.parts("lambda_function")), 1)):
            path = ("lambda_function", position, "lambda_function_arn")
            for function in plan.functions(one, *path):
                yield Trigger(one, function, "s3.amazonaws.com", plan.named(one, "bucket"))


def _rules(plan: Plan) -> Iterator[Trigger]:
    for one in plan.of("aws_cloudwatch_event_target"):
        for function in plan.functions(one, "arn") if _may_be_function(plan, one) else ():
            rules = plan.named(one, "rule")
            yield Trigger(one, function, "events.amazonaws.com", rules)


def _may_be_function(plan: Plan, target: Resource) -> bool:
    known = target.text("arn")
    return ":lambda:" in known if known else bool(plan.functions(target, "arn"))


def _simple(plan: Plan) -> Iterator[Trigger]:
    places = (
        ("aws_cloudwatch_log_subscription_filter", "destination_arn", "log_group_name",
         "logs.amazonaws.com"),
        ("aws_secretsmanager_secret_rotation", "rotation_lambda_arn", "secret_id",
         "secretsmanager.amazonaws.com"),
        ("aws_lb_target_group_attachment", "target_id", "target_group_arn",
         "elasticloadbalancing.amazonaws.com"),
    )  # fmt: skip
    for kind, path, source, service in places:
        for one in plan.of(kind):
            known = one.text(path)
            if not known or ":lambda:" in known:
                for function in plan.functions(one, path):
                    yield Trigger(one, function, service, plan.named(one, source))
    for pool in plan.of("aws_cognito_user_pool"):
        for hook in (pool.parts("lambda_config") or [{}])[0]:
            for function in plan.functions(pool, "lambda_config", 0, hook):
                yield Trigger(pool, function, "cognito-idp.amazonaws.com", [pool])


def _distributions(plan: Plan) -> Iterator[Trigger]:
    for distribution in plan.of("aws_cloudfront_distribution"):
        for position, origin in enumerate(distribution.parts("origin")):
            signed = origin.get("origin_access_control_id") or distribution.says(
                "origin", position, "origin_access_control_id"
            )
            if not signed:
                continue
            for url in urls_of(plan, distribution, position):
                for called in plan.qualified(url, "function_name"):
                    for action in (INVOKE_URL, INVOKE):
                        yield Trigger(distribution, called, "cloudfront.amazonaws.com",
                                      [distribution], action)  # fmt: skip


def urls_of(plan: Plan, distribution: Resource, position: int) -> list[Resource]:
    """Return the function URLs that an origin of a distribution leads to."""
    kinds = {
        (one.modules, one.kind)
        for one in plan.origins(distribution, "origin", position, "domain_name")
    }
    return [
        one
        for one in plan.of("aws_lambda_function_url")
        if (one.modules, f"{one.type}.{one.name}") in kinds
    ]
