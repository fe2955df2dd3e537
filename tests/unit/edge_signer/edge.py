"""CloudFront around an edge function: the event that it makes, and the request that it sends on."""

from __future__ import annotations

import base64
import copy
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from tools.paths import ROOT
from tools.sigv4_verifier import Identity, Verifier

if TYPE_CHECKING:
    from collections.abc import Iterable

HOST = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws"
REGION = "eu-central-1"
KEYS = Identity(
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "IQoJb3Jp/x+Z=="
)
VERIFIER = Verifier([KEYS], host=HOST, region=REGION, service="lambda")
# What CloudFront shows of a body at most.
SHOWN_BYTES = 1024 * 1024

_EVENT = json.loads((ROOT / "tests" / "unit" / "events" / "origin_request.json").read_text())


class Received(NamedTuple):
    """A request as it comes to a function URL."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes


def origin_request(
    method: str = "GET",
    uri: str = "/orders",
    query: str = "",
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    include_body: bool = True,
    origin_path: str = "",
) -> dict[str, Any]:
    """Return an origin-request event, as CloudFront documents it.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
    """
    event: dict[str, Any] = copy.deepcopy(_EVENT)
    request = event["Records"][0]["cf"]["request"]
    request |= {"method": method, "uri": uri, "querystring": query}
    request["origin"]["custom"]["path"] = origin_path
    for name, value in headers:
        request["headers"].setdefault(name.lower(), []).append({"key": name, "value": value})
    if body and "content-length" not in request["headers"]:
        request["headers"]["content-length"] = [{"key": "Content-Length", "value": str(len(body))}]
    if include_body:
        request["body"] |= {
            "data": base64.b64encode(body[:SHOWN_BYTES]).decode(),
            "inputTruncated": len(body) > SHOWN_BYTES,
        }
    else:
        del request["body"]
    return event


def request_of(event: dict[str, Any]) -> dict[str, Any]:
    """Return the request of an event."""
    request: dict[str, Any] = event["Records"][0]["cf"]["request"]
    return request


def sent_on(answer: dict[str, Any], body: bytes = b"") -> Received:
    """Return what CloudFront sends to a custom origin when an edge function gave `answer`."""
    assert "status" not in answer, answer
    custom = answer["origin"]["custom"]
    headers = [
        (item.get("key", name), item["value"])
        for part in (answer["headers"], custom["customHeaders"])
        for name, values in part.items()
        for item in values
    ]
    target = custom["path"] + answer["uri"]
    if answer["querystring"]:
        target += f"?{answer['querystring']}"
    headers += [("X-Amz-Cf-Id", "dGhlIGlk"), ("Connection", "Keep-Alive")]
    return Received(answer["method"], target, headers, body)


def verify(received: Received, verifier: Verifier = VERIFIER) -> None:
    """Check a request as Lambda does, now."""
    verifier.verify(*received, now=datetime.now(UTC))


def header(answer: dict[str, Any], name: str) -> str | None:
    """Return the one value of a header, None if it is not there."""
    values = answer["headers"].get(name)
    if values is None:
        return None
    (item,) = values
    value: str = item["value"]
    return value
