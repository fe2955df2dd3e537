"""What in a plan invokes functions, and the permissions that AWS will look for."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from tools.lint.plan import is_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Function, Plan, Resource

INVOKE = "lambda:InvokeFunction"
INVOKE_URL = "lambda:InvokeFunctionUrl"
_API = "apigateway.amazonaws.com"
_PARAMETER = re.compile(r"\{[^}]*\}")
_UNKNOWN = "\0"
_REGIONAL = re.compile(r"logs\.[a-z0-9-]+\.amazonaws\.com")
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
    place
        Where in the resource: of triggers with one place, one is meant, and it is not known which.
    route
        For an API: method and path, as ``GET/orders/{}``; empty where that is not known.
    """

    resource: Resource
    function: Function
    service: str
    sources: list[Resource]
    action: str = INVOKE
    place: str = ""
    route: str = ""


def triggers(plan: Plan) -> list[Trigger]:
    """Return every trigger that needs a permission."""
    return [
        *_apis(plan), *_topics(plan), *_buckets(plan), *_rules(plan), *_simple(plan),
        *_pools(plan), *_mail(plan), *_things(plan), *_audits(plan), *_distributions(plan),
    ]  # fmt: skip


def alternatives(plan: Plan) -> list[list[Trigger]]:
    """Return the triggers, those together of which one is meant."""
    found: dict[tuple[str, str, str, str], list[Trigger]] = {}
    for one in triggers(plan):
        key = (one.resource.address, one.place, one.action, one.route)
        found.setdefault(key, []).append(one)
    return list(found.values())


def permission_for(plan: Plan, trigger: Trigger) -> Resource | None:
    """Return a permission that lets a trigger in."""
    return next(
        (one for one in plan.of("aws_lambda_permission") if lets_in(plan, one, trigger)), None
    )


def lets_in(plan: Plan, permission: Resource, trigger: Trigger) -> bool:
    """Whether a permission is for a trigger: its function, alias, principal and source."""
    # CloudWatch Logs is also known by a principal of its region.
    principal = _REGIONAL.sub("logs.amazonaws.com", permission.text("principal"))
    if principal not in {trigger.service, "*"} and permission.text("principal"):
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
    if not comes_from(plan, permission, trigger.sources):
        return False
    return not trigger.route or _covers(plan, permission, trigger.route)


def _covers(plan: Plan, permission: Resource, route: str) -> bool:
    """Whether SourceArn, ``API/STAGE/METHOD/PATH`` with ``*`` anywhere, can be of a route."""
    tail = _tail(plan, permission)
    if tail is None:
        plan.note(permission, "source_arn")
        return True
    stage = tail.partition("/")[0]
    method, slash, path = route.partition("/")
    if method == "ANY":
        # Each method may have a permission of its own.
        tail = re.sub(rf"^({re.escape(stage)}/)[A-Z]+/", r"\1ANY/", tail)
    parts = re.split(rf"({_UNKNOWN}|\*|\?|\{{[^}}]*\}})", tail)
    wild = {_UNKNOWN: ".*", "*": ".*", "?": "."}
    regex = "".join(
        r"\{\}" if part.startswith("{") else wild.get(part, re.escape(part)) for part in parts
    )
    asked = stage if re.fullmatch(r"[\w$-]+", stage) else "stage"
    fits = re.fullmatch(regex, f"{asked}/{method}{slash}{path}") is not None
    if fits and _UNKNOWN in tail:
        plan.note(permission, "source_arn")
    return fits


def _tail(plan: Plan, permission: Resource) -> str | None:
    """Return what follows the API in SourceArn; None where that is not known."""
    known = permission.text("source_arn")
    if known:
        return known.partition(":execute-api:")[2].partition("/")[2] or None
    arn, *pieces = plan.pieces(permission, "source_arn") or [None]
    tail = "".join(_UNKNOWN if piece is None else piece for piece in pieces)
    return tail[1:] if arn is None and len(tail) > 1 and tail.startswith("/") else None


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
    if not origins:
        plan.note(permission, "source_arn")
        return True
    return any((s.modules, f"{s.type}.{s.name}") in origins for s in sources)


def _fits(source: Resource, known: str) -> bool:
    """Whether a known pattern can be of a source whose id is not known yet."""
    if source.text("arn") or (source.text("name") and source.type != "aws_apigatewayv2_api"):
        return "*" in known and source.type.startswith("aws_api") and ":execute-api:" in known
    return source.type.startswith(("aws_api", "aws_cloudfront")) and "*" in known


def _apis(plan: Plan) -> Iterator[Trigger]:
    places = (
        ("aws_api_gateway_integration", "uri", "rest_api_id", "credentials"),
        ("aws_api_gateway_authorizer", "authorizer_uri", "rest_api_id", "authorizer_credentials"),
        ("aws_apigatewayv2_integration", "integration_uri", "api_id", "credentials_arn"),
        ("aws_apigatewayv2_authorizer", "authorizer_uri", "api_id", "authorizer_credentials_arn"),
    )
    for kind, uri, api, credentials in places:
        for one in plan.of(kind):
            if not one.says(credentials) and one.get("type") not in {"HTTP", "HTTP_PROXY", "MOCK"}:
                for route in _routes(plan, one) or [""]:
                    for function in plan.functions(one, uri):
                        apis = plan.named(one, api)
                        yield Trigger(one, function, _API, apis, place=uri, route=route)
    for one in plan.of("aws_api_gateway_rest_api", "aws_apigatewayv2_api"):
        for function in plan.functions(one, "target") if one.says("target") else ():
            route = _route_of(one.text("route_key") or "$default")
            yield Trigger(one, function, _API, [one], place="target", route=route)
        yield from _bodies(plan, one)


def _bodies(plan: Plan, api: Resource) -> Iterator[Trigger]:
    body = api.text("body")
    arns = sorted(set(_INVOCATION.findall(body)))
    called = [found for arn in arns if (found := plan.function_named(arn))]
    for function in called if body else plan.functions(api, "body"):
        for route in _specified(body, function) or [""]:
            place = f"body {function.name}"
            yield Trigger(api, function, _API, [api], place=place, route=route)


def _routes(plan: Plan, integration: Resource) -> list[str]:
    """Return the routes of an integration, where all are known."""
    if integration.type == "aws_api_gateway_integration":
        path = _path(plan, integration, "resource_id")
        method = integration.text("http_method")
        return [f"{method}{path}"] if method and path else []
    if integration.type != "aws_apigatewayv2_integration":
        return []
    routes: list[str] = []
    for one in plan.of("aws_apigatewayv2_route"):
        integrations = plan.named(one, "target")
        if integration in integrations:
            if len(integrations) > 1 or not one.text("route_key"):
                return []
            routes.append(_route_of(one.text("route_key")))
    return routes


def _path(plan: Plan, one: Resource, key: str) -> str:
    """Return the path of a resource of a REST API, such as ``/orders/{}``."""
    parts: list[str] = []
    while True:
        if any(found.attribute == "root_resource_id" for found in plan.origins(one, key)):
            return "/" + "/".join(reversed(parts))
        above = plan.named(one, key)
        if len(above) != 1 or above[0].type != "aws_api_gateway_resource":
            return ""
        one, key = above[0], "parent_id"
        parts.append(_PARAMETER.sub("{}", one.text("path_part")))


def _route_of(key: str) -> str:
    """Return a route key as it stands in an ARN: ``GET/orders/{}`` for ``GET /orders/{id}``."""
    return _PARAMETER.sub("{}", key.replace(" ", ""))


def _specified(body: str, function: Function) -> list[str]:
    """Return the routes of an OpenAPI body in JSON that call a function."""
    try:
        paths = json.loads(body)["paths"]
    except (ValueError, KeyError, TypeError):
        return []
    found: list[str] = []
    for path, operations in paths.items():
        for method, operation in operations.items():
            wanted = operation if isinstance(operation, dict) else {}
            integration = wanted.get("x-amazon-apigateway-integration", {})
            # The one that a $ref leads to is not looked for.
            uri = str(integration.get("uri", "")) if isinstance(integration, dict) else ""
            arn = _INVOCATION.search(uri)
            if arn and arn.group().split(":function:")[1].split(":")[0] == function.name:
                name = "ANY" if method.startswith("x-") else method.upper()
                found.append(f"{name}{_PARAMETER.sub('{}', path)}")
    return found


def _topics(plan: Plan) -> Iterator[Trigger]:
    for one in plan.of("aws_sns_topic_subscription"):
        if one.get("protocol") == "lambda":
            for function in plan.functions(one, "endpoint"):
                topics = plan.named(one, "topic_arn")
                yield Trigger(one, function, "sns.amazonaws.com", topics, place="endpoint")


def _buckets(plan: Plan) -> Iterator[Trigger]:
    for one in plan.of("aws_s3_bucket_notification"):
        for position in range(max(len(one.parts("lambda_function")), 1)):
            path = ("lambda_function", position, "lambda_function_arn")
            for function in plan.functions(one, *path):
                buckets, place = plan.named(one, "bucket"), f"lambda_function.{position}"
                yield Trigger(one, function, "s3.amazonaws.com", buckets, place=place)


def _rules(plan: Plan) -> Iterator[Trigger]:
    for one in plan.of("aws_cloudwatch_event_target"):
        for function in plan.functions(one, "arn") if _may_be_function(plan, one) else ():
            rules = plan.named(one, "rule")
            yield Trigger(one, function, "events.amazonaws.com", rules, place="arn")


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
                    yield Trigger(one, function, service, plan.named(one, source), place=path)


def _pools(plan: Plan) -> Iterator[Trigger]:
    for pool in plan.of("aws_cognito_user_pool"):
        hooks: list[tuple[str | int, ...]] = []
        written = (pool.written.get("lambda_config") or [{}])[0]
        for hook in {*(pool.parts("lambda_config") or [{}])[0], *written}:
            inner = {"custom_email_sender": "lambda_arn", "custom_sms_sender": "lambda_arn",
                     "pre_token_generation_config": "lambda_arn"}.get(hook)  # fmt: skip
            hooks.append((hook, 0, inner) if inner else (hook,))
        for hook_path in hooks:
            for function in plan.functions(pool, "lambda_config", 0, *hook_path):
                place = str(hook_path[0])
                yield Trigger(pool, function, "cognito-idp.amazonaws.com", [pool], place=place)


def _mail(plan: Plan) -> Iterator[Trigger]:
    for rule in plan.of("aws_ses_receipt_rule"):
        for position in range(len(rule.parts("lambda_action"))):
            place = f"lambda_action.{position}"
            for function in plan.functions(rule, "lambda_action", position, "function_arn"):
                # The rule is made after its permission, which so can hold no reference to it.
                yield Trigger(rule, function, "ses.amazonaws.com", [], place=place)


def _things(plan: Plan) -> Iterator[Trigger]:
    for rule in plan.of("aws_iot_topic_rule"):
        paths: list[tuple[str | int, ...]] = [
            ("lambda", position, "function_arn") for position in range(len(rule.parts("lambda")))
        ]
        paths.append(("error_action", 0, "lambda", 0, "function_arn"))
        for path in paths:
            for function in plan.functions(rule, *path):
                place = ".".join(map(str, path))
                yield Trigger(rule, function, "iot.amazonaws.com", [rule], place=place)


def _audits(plan: Plan) -> Iterator[Trigger]:
    for rule in plan.of("aws_config_config_rule"):
        if rule.get("source", 0, "owner") == "CUSTOM_LAMBDA":
            for function in plan.functions(rule, "source", 0, "source_identifier"):
                # As with SES: Config looks for the permission when the rule is made.
                yield Trigger(rule, function, "config.amazonaws.com", [], place="source")


def _distributions(plan: Plan) -> Iterator[Trigger]:
    for distribution in plan.of("aws_cloudfront_distribution"):
        for position, origin in enumerate(distribution.parts("origin")):
            signed = origin.get("origin_access_control_id") or distribution.says(
                "origin", position, "origin_access_control_id"
            )
            if not signed:
                # In a dynamic block neither is written where a plan shows it.
                if "origin_access_control_id" not in origin and not origin.get("domain_name"):
                    plan.note(distribution, "origin")
                continue
            for url in urls_of(plan, distribution, position):
                for called in plan.qualified(url, "function_name"):
                    for action in (INVOKE_URL, INVOKE):
                        yield Trigger(distribution, called, "cloudfront.amazonaws.com",
                                      [distribution], action, f"origin.{position}")  # fmt: skip


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
