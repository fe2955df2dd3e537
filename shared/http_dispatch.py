"""From AWS's HTTP event to a route's function, and from what it gives to the answer.

Reads the payload format 2.0 of function URLs and HTTP APIs
(https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html) and the format 1.0 of REST APIs
(https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
Problems are answered as RFC 9457 has it; what nobody expected is a 500 that tells a request id and
nothing else.

Function URLs and HTTP APIs write the CORS headers of an answer, a REST API does not: behind one,
name the origins that may read answers in ``CORS_ORIGINS``, separated by commas.

CloudFront sends a path on as it is: under ``PATH_PREFIX`` (``/api``) the routes are found as well.
"""

from __future__ import annotations

import os
from base64 import b64decode
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import msgspec

from json_log import bind, log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Route = Callable[["Request"], "Answer"]
    Routes = Mapping[tuple[str, ...], Mapping[str, Route]]

MAX_BODY = 64 * 1024
# https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html: <id>.lambda-url.<region>.on.aws
_FUNCTION_URL = ".lambda-url."
_NO_LIMITS: Mapping[str, int] = MappingProxyType({})
_PREFIX = os.environ.get("PATH_PREFIX", "")
_ORIGINS = os.environ.get("CORS_ORIGINS", "").split(",")

TITLES = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Request:
    """What the client asks.

    Attributes
    ----------
    id
        Of the invocation that answers it, which the answer's ``x-request-id`` tells.
    method, path
        In upper case; and as sent, percent-encoded.
    prefix
        What stands before the route's own path: ``PATH_PREFIX``, or nothing.
    parameters
        Decoded values of the route's ``{name}`` segments.
    query
        Decoded values by name, in their order.
    headers
        Values by lower-case name; those of one name are joined with commas.
    body
        Decoded bytes, at most `MAX_BODY` or what the route takes.
    caller
        Who signed: the unique id of the IAM user or role, the subject of a token, else the account.
    at_function_url
        Whether it came by a function URL, where who may call one route may call them all. So it is
        taken to be when the event does not tell.
    """

    __slots__ = (
        "at_function_url", "body", "caller", "headers", "id", "method",
        "parameters", "path", "prefix", "query",
    )  # fmt: skip

    def __init__(self, event: Mapping[str, Any]) -> None:
        context = event["requestContext"]
        self.id = ""
        self.method: str
        self.path: str
        self.parameters: dict[str, str] = {}
        self.query: dict[str, list[str]] = {}
        self.headers: dict[str, str]
        if "httpMethod" in event:  # payload format 1.0
            # The path is without the stage. The values of the query are decoded already.
            self.method, self.path = event["httpMethod"].upper(), event["path"]
            for name, values in (event.get("multiValueQueryStringParameters") or {}).items():
                self.query[name] = list(values)
            headers = (event.get("multiValueHeaders") or {}).items()
            self.headers = {name.lower(): ",".join(values) for name, values in headers}
        else:
            self.method, self.path = context["http"]["method"].upper(), event["rawPath"]
            for name, value in parse_qsl(event.get("rawQueryString") or "", keep_blank_values=True):
                self.query.setdefault(name, []).append(value)
            self.headers = {k.lower(): v for k, v in (event.get("headers") or {}).items()}
        self.prefix = _PREFIX if _PREFIX and self.path.startswith(f"{_PREFIX}/") else ""
        self.caller = _caller(context)
        # In whatever case the client has written it.
        domain = (context.get("domainName") or "").lower()
        self.at_function_url = not domain or _FUNCTION_URL in domain
        self.body = _body(event)

    def json_body(self) -> bytes:
        """Return the body of a request that must carry JSON.

        Raises
        ------
        Problem
            415 when it says that it is something else, 400 when there is none.
        """
        kind, _, parameters = self.headers.get("content-type", "").partition(";")
        charset = parameters.lower().replace(" ", "").replace('"', "")
        if kind.strip().lower() != "application/json" or charset not in {"", "charset=utf-8"}:
            raise Problem(415, "Send Content-Type: application/json, in UTF-8")
        if not self.body:
            raise Problem(400, "The body is empty: send JSON")
        return self.body

    def one(self, name: str) -> str | None:
        """Return the one value of a query parameter, or None without it.

        Raises
        ------
        Problem
            400 when it is there twice.
        """
        values = self.query.get(name, [])
        if len(values) > 1:
            raise Problem(400, f"The query has {name} {len(values)} times: give it once")
        return values[0] if values else None


class Answer:
    """What the client gets: a status, headers and a body of JSON."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes, **headers: str) -> None:
        self.status = status
        self.body = body
        self.headers = {"content-type": "application/json", **headers}


class Problem(Exception):
    """What keeps a request from being answered, told to the client as RFC 9457 has it.

    Attributes
    ----------
    status
        HTTP status.
    detail
        What is wrong and what to do.
    errors
        Every wrong field: a JSON pointer and what is wrong there.
    headers
        Headers of the answer, by lower-case name.
    """

    def __init__(
        self,
        status: int,
        detail: str | None,
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}

    def answer(self, instance: str) -> Answer:
        """Return the problem about the resource `instance` as an answer."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES[self.status],
            "status": self.status,
        }
        if self.detail:
            body["detail"] = self.detail
        if instance:
            body["instance"] = instance
        if self.errors:
            body["errors"] = [{"pointer": pointer, "detail": why} for pointer, why in self.errors]
        answer = Answer(self.status, msgspec.json.encode(body), **self.headers)
        answer.headers["content-type"] = "application/problem+json"
        return answer


def dispatch(
    event: Any,  # noqa: ANN401  whatever invokes the function
    context: Any,  # noqa: ANN401  Lambda's own
    routes: Routes,
    problem_of: Callable[[Exception], Problem | None],
    limits: Mapping[str, int] = _NO_LIMITS,
) -> dict[str, Any]:
    """Answer one event; never raises.

    Parameters
    ----------
    event
        As AWS sends it.
    context
        Lambda's context.
    routes
        Segments of a path (``{name}`` takes any one) -> method -> function.
    problem_of
        Returns the problem that an exception of the application's own is, or None for one that
        nobody expected.
    limits
        Routes (``/things/{id}``) -> the most bytes of a body, where it is not `MAX_BODY`.
    """
    began = perf_counter()
    request_id = str(getattr(context, "aws_request_id", ""))
    bind(request_id or None)
    route, method, instance, origin = "", "", "", ""
    try:
        request = _read(event)
        request.id = request_id
        method, instance = request.method, request.path
        origin = request.headers.get("origin", "")
        route, function = _find(request, routes)
        _measure(request.body, limits.get(route, MAX_BODY))
        answer = function(request)
    except Exception as error:  # noqa: BLE001  the client gets an answer whatever happens
        answer = _problem(error, problem_of, request_id).answer(instance)
    answer.headers |= {"cache-control": "no-store", "x-request-id": request_id}
    if origin and (origin in _ORIGINS or "*" in _ORIGINS):
        answer.headers |= {"access-control-allow-origin": origin, "vary": "origin"}
    log(
        "INFO" if answer.status < 500 else "ERROR",
        "request",
        request_id=request_id,
        method=method,
        route=route,
        status=answer.status,
        milliseconds=round((perf_counter() - began) * 1000, 1),
    )
    return {
        "statusCode": answer.status,
        "headers": answer.headers,
        "body": "" if method == "HEAD" else answer.body.decode(),
        "isBase64Encoded": False,
    }


def _read(event: Any) -> Request:  # noqa: ANN401  whatever invokes the function
    try:
        return _checked(Request(event))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Problem(400, "This is no HTTP event of payload format 1.0 or 2.0") from error


def _checked(request: Request) -> Request:
    """Return `request` when it is text throughout, that can be logged and answered with."""
    values = (value for those in request.query.values() for value in those)
    text = (request.method, request.path, request.caller, *request.query, *values)
    # join() wants text, and encode() refuses half a surrogate pair.
    "".join((*text, *request.headers, *request.headers.values())).encode()
    return request


def _find(request: Request, routes: Routes) -> tuple[str, Route]:
    segments = tuple(request.path.removeprefix(request.prefix).strip("/").split("/"))
    for pattern, methods in routes.items():
        if len(pattern) != len(segments):
            continue
        pairs = tuple(zip(pattern, segments, strict=True))
        if not all(wanted in (sent, f"{{{wanted[1:-1]}}}") for wanted, sent in pairs):
            continue
        function = methods.get("GET" if request.method == "HEAD" else request.method)
        if function is None:
            allowed = ", ".join(sorted({*methods, *(["HEAD"] if "GET" in methods else [])}))
            raise Problem(
                405,
                f"{request.method} is not for this path: use {allowed}",
                headers={"allow": allowed},
            )
        request.parameters = {
            wanted[1:-1]: unquote(sent) for wanted, sent in pairs if wanted.startswith("{")
        }
        return "/" + "/".join(pattern), function
    raise Problem(404, "There is nothing at this path")


def _measure(body: bytes, most: int) -> None:
    if len(body) > most:
        raise Problem(413, f"The body has {len(body)} bytes, and {most} is the most")


def _problem(
    error: Exception, problem_of: Callable[[Exception], Problem | None], request_id: str
) -> Problem:
    problem = error if isinstance(error, Problem) else problem_of(error)
    if problem is not None:
        return problem
    from traceback import format_tb  # noqa: PLC0415  only when something is broken

    # Frames name files and lines. The exception's own text may hold what the client sent.
    stack = "".join(format_tb(error.__traceback__))
    log("ERROR", "unexpected", request_id=request_id, error=type(error).__name__, stack=stack)
    return Problem(500, None)


def _caller(context: Mapping[str, Any]) -> str:
    authorizer = context.get("authorizer") or {}
    identity = authorizer.get("iam") or context.get("identity") or {}
    user_id = identity.get("userId") or identity.get("user")  # formats 2.0 and 1.0
    if user_id:
        # A role's sessions ("AROA…:session") are one caller.
        return str(user_id).partition(":")[0]
    subject = ((authorizer.get("jwt") or authorizer).get("claims") or {}).get("sub")
    return str(subject or context.get("accountId", ""))


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    return b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
