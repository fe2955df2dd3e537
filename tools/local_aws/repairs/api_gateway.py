"""API Gateway: tokens, throttles, address lists and access logs as on AWS.

MiniStack 1.5.33 reads the keys of user pools over plain HTTP, so that no token is valid once it
serves TLS; answers to host names of its own only; puts defaults into what it gives back, which a
second plan then shows; cannot change a usage plan; lets tokens past a resource policy; refuses IAM
callers in words of its own; takes any Authorization header for a signature at an HTTP API, and adds
its CORS headers to those of the function; and neither throttles HTTP APIs nor writes access logs.
"""

from __future__ import annotations

import functools
import json
import re
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Response = tuple[int, dict[str, Any], bytes]

_POOL_KEYS = re.compile(r"https?://[^/]+/(?P<pool>[\w-]+_\w+)/\.well-known/jwks\.json")
_PLAN_LIMIT = re.compile(
    r"/apiStages/(?P<api>[^/]+):(?P<stage>[^/]+)/throttle/(?P<route>.+)/(?:rate|burst)Limit"
)
_WHOLE_NUMBERS = ("burstLimit", "limit", "offset")
_VARIABLE = re.compile(r"\$context\.([A-Za-z.]+)")


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    app: Any = import_module("ministack.app")
    http: Any = import_module("ministack.services.apigateway")
    rest: Any = import_module("ministack.services.apigateway_v1")
    http._urlopen_async = keys_from_memory(http._urlopen_async)
    app._EXECUTE_API_RE = re.compile(
        r"^([a-f0-9]{8})\.execute-api\.(?:localhost|[a-z0-9-]+\.amazonaws\.com)(?::\d+)?$"
    )
    http._create_api = with_endpoint_of_aws(http)
    http._create_authorizer = without_defaults(
        http._create_authorizer, {"authorizerPayloadFormatVersion": None}
    )
    rest._put_integration = without_defaults(rest._put_integration, {"httpMethod": None})
    rest._create_stage = without_defaults(rest._create_stage, {"accessLogSettings": None})
    rest._create_usage_plan = without_defaults(rest._create_usage_plan, {"quota": None})
    rest._update_usage_plan = with_stages_of_a_plan(rest)
    rest._authorize_request_v1 = policy_after_token(rest)
    app._enforce_execute_api = refused_as_aws_does(app._enforce_execute_api, rest)
    http._handle_execute_in_scope = with_cors_of_the_api(http)
    http._handle_execute_in_scope = signed_where_iam_decides(http)
    http._handle_execute_in_scope = logged(
        throttled(http, rest), http, method_at=3, path_at=2, id_header="apigw-requestid"
    )
    rest._handle_execute_in_scope = logged(
        rest._handle_execute_in_scope, rest, method_at=2, path_at=3, id_header="x-amzn-requestid"
    )


def keys_from_memory(fetch: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Wrap the fetching of URLs: the keys of a user pool are in this very process."""

    @functools.wraps(fetch)
    async def run(url: Any, timeout: float) -> Any:  # noqa: ANN401, ASYNC109  MiniStack's
        pool = _POOL_KEYS.fullmatch(url) if isinstance(url, str) else None
        if pool is None:
            return await fetch(url, timeout)
        return import_module("ministack.services.cognito").well_known_jwks(pool["pool"])

    return run


def with_endpoint_of_aws(http: Any) -> Callable[..., Response]:  # noqa: ANN401  MiniStack's
    """Wrap CreateApi: an HTTP API's endpoint is named as AWS names it."""
    create = http._create_api
    region_of = import_module("ministack.core.responses").get_region

    @functools.wraps(create)
    def run(data: dict[str, Any]) -> Response:
        status, headers, body = create(data)
        if status == 201 and data.get("protocolType", "HTTP") == "HTTP":
            api = http._apis[json.loads(body)["apiId"]]
            api["apiEndpoint"] = f"https://{api['apiId']}.execute-api.{region_of()}.amazonaws.com"
            return http._apigw_response(api, status)  # type: ignore[no-any-return]
        return status, headers, body

    return run


def without_defaults(create: Callable[..., Response], unset: dict[str, Any]) -> Any:  # noqa: ANN401
    """Wrap a creation: what was not asked for stays unset."""

    @functools.wraps(create)
    def run(*arguments: Any) -> Response:  # noqa: ANN401  the operation's own
        *ids, data = arguments
        return create(*ids, unset | data)

    return run


def with_stages_of_a_plan(rest: Any) -> Callable[..., Response]:  # noqa: ANN401  MiniStack's
    """Wrap UpdateUsagePlan: stages go by value, limits by route, and numbers are no text."""
    update = rest._update_usage_plan

    @functools.wraps(update)
    def run(plan_id: str, data: dict[str, Any]) -> Response:
        plan = rest._usage_plans.get(plan_id) or {}
        others = []
        for change in data.get("patchOperations", []):
            limit = _PLAN_LIMIT.fullmatch(change["path"])
            what = change["path"].rsplit("/", 1)[1]
            if what in {"rateLimit", *_WHOLE_NUMBERS} and change["op"] != "remove":
                value = float(change["value"])
                change["value"] = int(value) if what in _WHOLE_NUMBERS else value
            stages = plan.get("apiStages") or []
            if change["path"] == "/apiStages":
                api, _, stage = change["value"].partition(":")
                kept = [it for it in stages if (it["apiId"], it["stage"]) != (api, stage)]
                added = [{"apiId": api, "stage": stage}] if change["op"] == "add" else []
                plan["apiStages"] = kept + added
            elif limit:
                for it in stages:
                    if (it["apiId"], it["stage"]) == (limit["api"], limit["stage"]):
                        limits = it.setdefault("throttle", {}).setdefault(limit["route"], {})
                        limits[what] = change["value"]
            else:
                others.append(change)
        return update(plan_id, {"patchOperations": others})  # type: ignore[no-any-return]

    return run


def policy_after_token(rest: Any) -> Callable[..., Awaitable[Any]]:  # noqa: ANN401  MiniStack's
    """Wrap the authorization of REST methods: a valid token still has to pass the resource policy.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
    """
    authorize = rest._authorize_request_v1

    @functools.wraps(authorize)
    async def run(*arguments: Any) -> Any:  # noqa: ANN401  MiniStack's
        error, context = await authorize(*arguments)
        api_id, stage, method_object, method, path = arguments[:5]
        if error is None and method_object.get("authorizationType") == "COGNITO_USER_POOLS":
            account, region = arguments[-2:]
            error = rest._anonymous_policy_error(api_id, stage, method, path, account, region)
        return error, context

    return run


def refused_as_aws_does(enforce: Callable[..., Any], rest: Any) -> Callable[..., Any]:  # noqa: ANN401
    """Wrap the check of IAM callers: a refusal is API Gateway's answer, not that of an AWS API."""

    @functools.wraps(enforce)
    def run(api_id: str, stage: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        refused = enforce(api_id, stage, *arguments, **options)
        if not refused or b'"AccessDeniedException"' not in refused[2]:
            return refused
        if rest.find_api_scope(api_id) is None:
            return 403, {"Content-Type": "application/json"}, b'{"message":"Forbidden"}'
        known = rest._AUTHENTICATION_GATEWAY_ERRORS
        rest._AUTHENTICATION_GATEWAY_ERRORS = known | {
            "AccessDenied": ("ACCESS_DENIED", "AccessDeniedException")
        }
        error = import_module("ministack.core.iam_evaluator").AuthError
        headers, query = arguments[2:4]
        message = json.loads(refused[2]).get("message")
        return rest.authentication_error_response(
            api_id, stage, error("AccessDenied", message), headers, query
        )

    return run


def with_cors_of_the_api(http: Any) -> Callable[..., Awaitable[Response]]:  # noqa: ANN401
    """Wrap an HTTP API's execution: where it has CORS, the function's own headers are dropped.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """
    execute = http._handle_execute_in_scope

    @functools.wraps(execute)
    async def run(*arguments: Any) -> Response:  # noqa: ANN401  MiniStack's
        status, headers, body = await execute(*arguments)
        api_id, method, asked = arguments[0], arguments[3], arguments[4]
        cors = (http._apis.get(api_id) or {}).get("corsConfiguration")
        if cors and method != "OPTIONS":
            origin = next((v for k, v in asked.items() if k.lower() == "origin"), "")
            kept = {k: v for k, v in headers.items() if not k.lower().startswith("access-control-")}
            headers = kept | http._cors_response_headers(cors, origin)
        return status, headers, body

    return run


def signed_where_iam_decides(http: Any) -> Callable[..., Awaitable[Response]]:  # noqa: ANN401
    """Wrap an HTTP API's execution: what is no signature does not open a route that IAM guards."""
    execute = http._handle_execute_in_scope

    @functools.wraps(execute)
    async def run(*arguments: Any) -> Response:  # noqa: ANN401  MiniStack's
        api_id, _, path, method, headers = arguments[:5]
        route = http._match_route(api_id, method, path) if method != "OPTIONS" else None
        if (route or {}).get("authorizationType") == "AWS_IAM":
            sent = next((v for k, v in headers.items() if k.lower() == "authorization"), "")
            if not sent.startswith("AWS4-HMAC-SHA256 "):
                return 403, {"Content-Type": "application/json"}, b'{"message":"Forbidden"}'
        return await execute(*arguments)  # type: ignore[no-any-return]

    return run


def throttled(http: Any, rest: Any) -> Callable[..., Awaitable[Response]]:  # noqa: ANN401
    """Wrap an HTTP API's execution: its stage and routes have the limits that they were given."""
    execute = http._handle_execute_in_scope

    @functools.wraps(execute)
    async def run(*arguments: Any) -> Response:  # noqa: ANN401  MiniStack's
        api_id, stage, path, method = arguments[:4]
        record = (http._stages.get(api_id) or {}).get(stage) or {}
        route = http._match_route(api_id, method, path) if method != "OPTIONS" else None
        if route is not None:
            key = route["routeKey"]
            settings = (record.get("routeSettings") or {}).get(key) or record.get(
                "defaultRouteSettings", {}
            )
            limits = {
                "rateLimit": settings.get("throttlingRateLimit"),
                "burstLimit": settings.get("throttlingBurstLimit"),
            }
            if not rest._take_token(("http", api_id, stage, key), limits):
                headers = {"Content-Type": "application/json"}
                return 429, headers, b'{"message":"Too Many Requests"}'
        return await execute(*arguments)  # type: ignore[no-any-return]

    return run


def logged(
    execute: Callable[..., Awaitable[Response]],
    service: Any,  # noqa: ANN401  MiniStack's
    *,
    method_at: int,
    path_at: int,
    id_header: str,
) -> Callable[..., Awaitable[Response]]:
    """Wrap an API's execution: its stage writes the access log that it was given.

    The line has the request id that the caller finds in the answer.
    """
    responses = import_module("ministack.core.responses")

    @functools.wraps(execute)
    async def run(*arguments: Any) -> Response:  # noqa: ANN401  MiniStack's
        began = time.time()
        response = await execute(*arguments)
        stage = service.stages_for_api(arguments[0]).get(arguments[1]) or {}
        settings = stage.get("accessLogSettings") or {}
        if settings.get("destinationArn"):
            method, path = arguments[method_at], arguments[path_at]
            request_id = response[1].setdefault(id_header, responses.new_uuid())
            write_access_log(settings, method, path, response, request_id, began)
        return response

    return run


def write_access_log(  # noqa: PLR0913, PLR0917  each a part of the line
    settings: dict[str, str],
    method: str,
    path: str,
    response: Response,
    request_id: str,
    began: float,
) -> None:
    """Write one line; what is not known here is "-", as on AWS."""
    logs: Any = import_module("ministack.services.cloudwatch_logs")
    origin = import_module("ministack.core.iam_evaluator")._request_origin
    known = {
        "httpMethod": method,
        "identity.sourceIp": origin.get()[0],
        "path": path,
        "requestId": request_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(began)),
        "responseLatency": str(round((time.time() - began) * 1000)),
        "responseLength": str(len(response[2])),
        "status": str(response[0]),
    }
    message = _VARIABLE.sub(lambda found: known.get(found[1], "-"), settings["format"])
    group = settings["destinationArn"].split(":log-group:")[1].removesuffix(":*")
    names = {"logGroupName": group, "logStreamName": "access"}
    logs._create_log_stream(names)
    event = {"timestamp": int(began * 1000), "message": message}
    logs._put_log_events({**names, "logEvents": [event]})
