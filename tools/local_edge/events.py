"""Lambda@Edge's events, and what CloudFront takes and refuses of a function's answer to one. Pure.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses-in-requests.html
"""

from __future__ import annotations

import base64
import copy
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tools.local_edge import headers as http

if TYPE_CHECKING:
    from tools.local_edge.headers import Headers

KIB = 1024
# What a function sees of a body, by event; also the most that it may put in its place.
SHOWN_BYTES = {"viewer-request": 40 * KIB, "origin-request": KIB * KIB}
# The most that a response made by a function may take, headers and body.
GENERATED_BYTES = {
    "viewer-request": 40 * KIB,
    "viewer-response": 40 * KIB,
    "origin-request": KIB * KIB,
    "origin-response": KIB * KIB,
}
URL_BYTES = 8192

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NOT_IN_QUERY = re.compile(r"[\x00-\x20\x7f#]")


class InvalidResult(Exception):
    """A function's answer that CloudFront does not take: a 502 for the viewer.

    Parameters
    ----------
    sentence
        What CloudFront's page says of it.
    detail
        What CloudFront writes to the function's log: which header, which value.
    """

    def __init__(self, sentence: str, detail: str) -> None:
        super().__init__(f"{sentence}: {detail}")
        self.sentence = sentence
        self.detail = detail


@dataclass
class Request:
    """A request on its way from the viewer to an origin.

    Attributes
    ----------
    uri, query
        Path and query as they go on the wire, the query without its question mark.
    body
        What an edge function put in place of the viewer's body; None: it is the viewer's.
    origin
        The event's ``origin``, at origin events.
    """

    method: str
    uri: str
    query: str
    headers: Headers
    client_ip: str
    body: bytes | None = None
    origin: dict[str, Any] | None = None


@dataclass
class Shown:
    """What an event shows of a body: its beginning, and whether that is not all."""

    data: bytes
    truncated: bool


@dataclass
class Generated:
    """A response that a function made."""

    status: int
    headers: Headers
    body: bytes


@dataclass
class Changed:
    """What a function made of a response; `body` None: it stays."""

    status: int
    headers: Headers
    body: bytes | None = None


@dataclass
class Event:
    """One event for a function.

    Attributes
    ----------
    kind
        ``viewer-request``, ``origin-request``, ``origin-response`` or ``viewer-response``.
    config
        distributionDomainName, distributionId and requestId.
    """

    kind: str
    config: dict[str, str]
    request: Request
    shown: Shown | None = None
    status: int = 0
    reason: str = ""
    response_headers: Headers = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """Return the event as the function gets it."""
        request = self.request
        shown: dict[str, Any] = {
            "clientIp": request.client_ip,
            "headers": http.to_event(request.headers),
            "method": request.method,
            "querystring": request.query,
            "uri": request.uri,
        }
        if self.shown:
            shown["body"] = {
                "action": "read-only",
                "data": base64.b64encode(self.shown.data).decode(),
                "encoding": "base64",
                "inputTruncated": self.shown.truncated,
            }
        if request.origin and self.kind.startswith("origin-"):
            shown["origin"] = copy.deepcopy(request.origin)
        record: dict[str, Any] = {
            "config": {**self.config, "eventType": self.kind},
            "request": shown,
        }
        if self.kind.endswith("-response"):
            record["response"] = {
                "headers": http.to_event(self.response_headers),
                "status": str(self.status),
                "statusDescription": self.reason,
            }
        return {"Records": [{"cf": record}]}

    def requested(self, result: object) -> Request | Generated:
        """
        Return what the function made of the request: a changed one, or a response.

        Raises
        ------
        InvalidResult
            CloudFront does not take it.
        """
        if not isinstance(result, dict):
            raise InvalidResult(
                "The function must return an object", f"it returned {type(result).__name__}"
            )
        if "status" in result:
            return self._generated(result)
        given = self.request
        headers = self._checked_headers(result.get("headers"), given.headers)
        uri, query = _text(result, "uri"), _text(result, "querystring")
        _check_target(uri, query)
        if result.get("method", given.method) != given.method:
            raise InvalidResult(
                "The function tried to change a read-only field", f"method: {result['method']!r}"
            )
        origin = given.origin
        if self.kind == "origin-request":
            origin = _checked_origin(result.get("origin"), given.origin, headers)
        body = self._replaced_body(result.get("body"))
        if body is not None:
            headers = http.replaced(headers, "content-length", str(len(body)))
            headers = http.without(headers, "transfer-encoding")
        else:
            body = given.body
        return Request(given.method, uri, query, headers, given.client_ip, body, origin)

    def responded(self, result: object) -> Changed:
        """
        Return what the function made of the response.

        Raises
        ------
        InvalidResult
            CloudFront does not take it.
        """
        if not isinstance(result, dict):
            raise InvalidResult(
                "The function must return an object", f"it returned {type(result).__name__}"
            )
        status = _status(result)
        if self.kind == "viewer-response" and status != self.status:
            raise InvalidResult(
                "The function tried to change the status of a viewer response", str(status)
            )
        headers = self._checked_headers(result.get("headers"), self.response_headers)
        body = _body(result) if "body" in result else None
        if body is not None:
            self._check_size(headers, body)
        return Changed(status, headers, body)

    def _generated(self, result: dict[str, Any]) -> Generated:
        status = _status(result)
        headers = self._checked_headers(result.get("headers", {}), [], generated=True)
        body = _body(result)
        if status == 204 and body:
            raise InvalidResult("The function returned a body with status 204", "body")
        self._check_size(headers, body)
        return Generated(status, headers, body)

    def _check_size(self, headers: Headers, body: bytes) -> None:
        size, most = http.length_of(headers) + len(body), GENERATED_BYTES[self.kind]
        if size > most:
            raise InvalidResult(
                "The function returned a response over the size limit", f"{size} bytes of {most}"
            )

    def _checked_headers(
        self, returned: object, given: Headers, *, generated: bool = False
    ) -> Headers:
        """Return the headers of an answer, with those of `given` that the function did not see."""
        if not isinstance(returned, dict):
            raise InvalidResult("The function returned an invalid headers object", repr(returned))
        for name, items in returned.items():
            _check_header(name, items)
            if http.is_disallowed(name):
                raise InvalidResult("The function tried to add a disallowed header", name)
        headers = http.from_event(returned)
        for name in sorted(http.READ_ONLY[self.kind]):
            if http.values(headers, name) != http.values(given, name):
                if generated and name == "host":
                    continue
                raise InvalidResult(
                    "The function tried to add, delete, or change a read-only header", name
                )
        return headers + http.hidden(given)

    def _replaced_body(self, body: object) -> bytes | None:
        """Return the body that the function puts in place, None for none."""
        if not isinstance(body, dict) or body.get("action") != "replace" or not self.shown:
            return None
        data = _decoded(str(body.get("data", "")), str(body.get("encoding", "base64")))
        return data[: SHOWN_BYTES[self.kind]]


def _check_header(name: object, items: object) -> None:
    """Refuse a header that is none: its name, its list, the parts of it."""
    if not isinstance(name, str) or not _TOKEN.fullmatch(name):
        raise InvalidResult("The function returned an invalid header name", repr(name))
    invalid = "The function returned an invalid entry in the headers object"
    if not isinstance(items, list):
        raise InvalidResult(invalid, f"{name} is no list")
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("value"), str):
            raise InvalidResult(invalid, f"{name} has an entry without a text as its value")
        if str(item.get("key", name)).lower() != name.lower():
            raise InvalidResult(invalid, f"{name} has the key {item['key']!r}")
        if _CONTROL.search(item["value"]):
            raise InvalidResult("The function returned an invalid character in a header", name)


def _text(result: dict[str, Any], name: str) -> str:
    value = result.get(name)
    if not isinstance(value, str):
        raise InvalidResult("The function returned an invalid request", f"{name} is {value!r}")
    return value


def _check_target(uri: str, query: str) -> None:
    if not uri.startswith("/"):
        raise InvalidResult("The function returned an invalid URI", f"{uri!r} has no slash first")
    if _NOT_IN_QUERY.search(query):
        raise InvalidResult("The function returned an invalid query string", repr(query))
    if len(uri) + len(query) >= URL_BYTES:
        raise InvalidResult(
            "The function returned a URI over the size limit", f"{len(uri) + len(query)}"
        )


def _status(result: dict[str, Any]) -> int:
    text = str(result.get("status", ""))
    if not text.isascii() or not text.isdigit() or not 200 <= int(text) <= 599:
        raise InvalidResult("The function returned an invalid status", repr(result.get("status")))
    return int(text)


def _body(result: dict[str, Any]) -> bytes:
    body = result.get("body") or ""
    if not isinstance(body, str):
        raise InvalidResult("The function returned an invalid body", type(body).__name__)
    return _decoded(body, str(result.get("bodyEncoding", "text")))


def _decoded(data: str, encoding: str) -> bytes:
    if encoding == "text":
        return data.encode()
    if encoding != "base64":
        raise InvalidResult("The function returned an invalid body encoding", repr(encoding))
    try:
        return base64.b64decode(data, validate=True)
    except ValueError as error:
        raise InvalidResult("The function returned a body that is not base64", str(error)) from None


def _checked_origin(
    origin: object, given: dict[str, Any] | None, headers: Headers
) -> dict[str, Any]:
    """Return the origin of an answer; without one it stays."""
    if origin is None:
        return given or {}
    invalid = "The function returned an invalid origin"
    if not isinstance(origin, dict) or len(origin) != 1 or not {"custom", "s3"} & set(origin):
        raise InvalidResult(invalid, "it must be one of custom and s3")
    (kind, part), *_ = origin.items()
    if not isinstance(part, dict):
        raise InvalidResult(invalid, f"{kind} is no object")
    domain, path = part.get("domainName"), part.get("path", "")
    if not isinstance(domain, str) or not domain or ":" in domain or len(domain) > 253:
        raise InvalidResult(invalid, f"domainName is {domain!r}")
    if not isinstance(path, str) or path[:1] not in {"", "/"} or path.endswith("/"):
        raise InvalidResult(invalid, f"path is {path!r}")
    _check_custom_headers(part.get("customHeaders", {}), headers, invalid)
    if kind == "custom":
        _check_custom(part, invalid)
    return origin


def _check_custom_headers(custom_headers: object, headers: Headers, invalid: str) -> None:
    if not isinstance(custom_headers, dict):
        raise InvalidResult(invalid, "customHeaders is no object")
    for name, items in custom_headers.items():
        _check_header(name, items)
        if http.is_disallowed(name):
            raise InvalidResult("The function tried to add a disallowed header", name)
        if http.values(headers, name.lower()):
            raise InvalidResult(invalid, f"{name} is a header of the request and of the origin")


def _check_custom(custom: dict[str, Any], invalid: str) -> None:
    port = custom.get("port")
    if port not in {80, 443} and not (isinstance(port, int) and 1024 <= port <= 65535):
        raise InvalidResult(invalid, f"port is {port!r}")
    if custom.get("protocol") not in {"http", "https"}:
        raise InvalidResult(invalid, f"protocol is {custom.get('protocol')!r}")
    for name, least, most in (("keepaliveTimeout", 1, 120), ("readTimeout", 1, 120)):
        value = custom.get(name)
        if not isinstance(value, int) or not least <= value <= most:
            raise InvalidResult(invalid, f"{name} is {value!r}")
