"""Signs requests to a function URL at the edge, so that nobody else can call it.

A Lambda@Edge function for the event origin-request, associated with IncludeBody. It signs the
fewest headers, and writes the request so that what is signed is what goes on the wire.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import wire
from content_hash import payload_hash, without_forged
from refusal import Refusal, answered
from sigv4 import Credentials, amz_date, sign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Where the viewer's own Authorization goes on to the function behind the URL.
FORWARDED = "x-forwarded-authorization"
# With the value "pass": a custom header of an S3 origin that lets its requests go on as they are.
# (CloudFront takes no custom headers that begin with X-Edge- or X-Amz-.)
PASS = "edge-signer"  # noqa: S105  no password


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  Lambda's own
    """Return the request of an origin-request event, signed; or an answer that says why not."""
    return answered(_sign, event)


def _sign(request: dict[str, Any]) -> None:
    origin = request.get("origin")
    if not origin:
        raise Refusal(502, "the event has no origin: associate the function with origin-request")
    if "s3" in origin:
        _let_pass(origin["s3"])
        return
    host, region = _function_url(origin.get("custom"))
    payload = payload_hash(request)
    now = datetime.now(UTC)
    keys = _credentials()

    custom = origin["custom"]
    custom["path"] = wire.path(custom.get("path", "")).rstrip("/")
    request["uri"] = wire.path(request["uri"])
    request["querystring"] = wire.query(request["querystring"])
    own = [("Host", host), ("X-Amz-Content-Sha256", payload), ("X-Amz-Date", amz_date(now))]
    if keys.session_token:
        own.append(("X-Amz-Security-Token", keys.session_token))
    signed = sign(
        request["method"],
        custom["path"] + request["uri"],
        request["querystring"],
        own,
        payload,
        credentials=keys,
        region=region,
        service="lambda",
        timestamp=now,
    )
    headers = _viewers(without_forged(request))
    for name, value in (*own, ("Authorization", signed.authorization)):
        headers[name.lower()] = [{"key": name, "value": value}]
    request["headers"] = headers


def _function_url(custom: dict[str, Any] | None) -> tuple[str, str]:
    """
    Return host and region of the function URL that a custom origin is.

    Raises
    ------
    Refusal
        It is another origin, which must not see a signature or a token of ours.
    """
    custom = custom or {}
    host: str = custom.get("domainName", "")
    match host.split("."):
        case [name, "lambda-url", region, "on", "aws"] if _is_label(name) and _is_label(region):
            pass
        case _:
            raise Refusal(502, "the origin is no function URL (<id>.lambda-url.<region>.on.aws)")
    if custom.get("protocol", "https") != "https":
        raise Refusal(502, "the origin's protocol is not https, which function URLs want")
    if any(_is_signers(name.lower()) for name in custom.get("customHeaders", ())):
        raise Refusal(502, "a custom header of the origin would replace one of the signature")
    return host, region


def _is_label(text: str) -> bool:
    """Tell whether `text` is a label of a host name in lower case."""
    return bool(text) and not text.strip("abcdefghijklmnopqrstuvwxyz0123456789-")


def _is_signers(name: str) -> bool:
    """Tell whether a header is the signer's to write: nobody else's must arrive.

    CloudFront's own (x-amz-cf-id) may not be touched, so they stay.
    """
    return name in {"authorization", "host"} or (
        name.startswith("x-amz-") and not name.startswith("x-amz-cf-")
    )


def _let_pass(origin: dict[str, Any]) -> None:
    """Refuse an S3 origin that is not configured to pass."""
    values = origin.get("customHeaders", {}).get(PASS, ())
    if not any(item["value"] == "pass" for item in values):
        raise Refusal(502, f"the origin is S3: give it the custom header {PASS} = pass, or take "
                           "the edge signer off its behavior")  # fmt: skip


def _credentials() -> Credentials:
    """Return the role's credentials: Lambda renews them in the environment."""
    environment = os.environ
    try:
        return Credentials(
            environment["AWS_ACCESS_KEY_ID"],
            environment["AWS_SECRET_ACCESS_KEY"],
            environment.get("AWS_SESSION_TOKEN"),
        )
    except KeyError:
        raise Refusal(502, "the edge function has no credentials in its environment") from None


def _viewers(headers: dict[str, Any]) -> dict[str, Any]:
    """Return the viewer's headers as they go on: his Authorization under another name.

    All that is not the signer's stays as it is, since CloudFront answers 502 to a change of some.
    """
    kept = {}
    for name, values in headers.items():
        lower = name.lower()
        if any("\n" in item["value"] or "\r" in item["value"] for item in values):
            raise Refusal(400, "a header has a line break in it")
        if lower != FORWARDED and not _is_signers(lower):
            kept[name] = values
    if "authorization" in headers:
        values = [item["value"] for item in headers["authorization"]]
        kept[FORWARDED] = [{"key": "X-Forwarded-Authorization", "value": v} for v in values]
    return kept
