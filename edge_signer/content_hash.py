"""The hash of a request's body at the edge; and, as a function, the header that carries it.

With origin access control CloudFront signs for a function URL itself, but does not hash a body:
whoever sends one has to send its hash. `handler` does it for viewers that do not.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html
"""

from __future__ import annotations

from binascii import a2b_base64
from hashlib import sha256

from refusal import Refusal, answered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NO_BODY = sha256().hexdigest()
HEADER = "x-amz-content-sha256"


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  Lambda's own
    """Return the request of an origin-request event with the hash of its body in a header."""
    return answered(_add_hash, event)


def _add_hash(request: dict[str, Any]) -> None:
    value = payload_hash(request)
    request["headers"] = without_forged(request)
    request["headers"][HEADER] = [{"key": HEADER, "value": value}]


def without_forged(request: dict[str, Any]) -> dict[str, Any]:
    """Return the viewer's headers but those that the origin's configuration sets.

    CloudFront would put its own in their place, and answers 502 to a function that leaves both.
    """
    origin = request.get("origin") or {}
    custom = (origin.get("custom") or {}).get("customHeaders")
    headers: dict[str, Any] = request["headers"]
    if not custom:
        return headers
    configured = {name.lower() for name in custom}
    return {name: values for name, values in headers.items() if name.lower() not in configured}


def payload_hash(request: dict[str, Any]) -> str:
    """
    Return the SHA-256, in hex, of the body that CloudFront will send on.

    The body's text leaves `request`: as it is read-only, CloudFront sends on the body it has, and
    what is not in the answer need not be written and read as JSON.

    Raises
    ------
    Refusal
        413 for a body over the 1 MB that CloudFront shows, 502 where it shows none though there
        is one; unless the viewer sent the hash, which Lambda then checks.
    """
    headers = request["headers"]
    body = request.get("body")
    if body is None or not (body["data"] or body["inputTruncated"]):
        if not _announced(headers):
            return NO_BODY
        refusal = Refusal(
            502,
            "the request has a body and its event none: associate the function with IncludeBody",
        )
    elif body["inputTruncated"]:
        body["data"] = ""
        refusal = Refusal(
            413, "the body is over 1 MB: send less, or its SHA-256 in hex as x-amz-content-sha256"
        )
    else:
        return sha256(_taken(body)).hexdigest()
    given = headers.get(HEADER, ())
    if len(given) == 1:
        value: str = given[0]["value"].lower()
        if len(value) == 64 and not value.strip("0123456789abcdef"):
            return value
    raise refusal


def _announced(headers: dict[str, Any]) -> bool:
    """Tell whether the headers say that there is a body."""
    if "transfer-encoding" in headers:
        return True
    return any(item["value"].strip("0") for item in headers.get("content-length", ()))


def _taken(body: dict[str, Any]) -> bytes:
    """Take the bytes of the body out of `body`."""
    data: str = body["data"]
    body["data"] = ""
    try:
        content = a2b_base64(data) if body["encoding"] == "base64" else b""
    except ValueError:
        content = b""
    # What is no base64 is skipped by the decoder, and missing at the end.
    if len(data) % 4 or len(content) != len(data) // 4 * 3 - data[-2:].count("="):
        raise Refusal(502, "the body in the event is not base64")
    return content
