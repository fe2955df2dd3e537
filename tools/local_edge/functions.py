"""Runs edge functions: the published version, by the Lambda API of the local AWS."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tools.local_edge import pages
from tools.local_edge.pages import Refused
from tools.local_edge.upstream import TimedOut, Unreachable

if TYPE_CHECKING:
    from tools.local_edge.upstream import Pool

log = logging.getLogger("local_edge")

# Its keys are not checked; they tell the local AWS which region is meant.
_ROOT = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, "
    f"SignedHeaders=host, Signature={'0' * 64}"
)
# What Lambda lets a function at an event take at most, by the kind of the event.
SECONDS = {"viewer": 5.0, "origin": 30.0}


async def invoke(pool: Pool, arn: str, event: dict[str, Any]) -> object:
    """
    Return what the function of an ARN, with its version, makes of an event.

    Raises
    ------
    Refused
        It failed, took too long, is throttled or not there: a 503, as of CloudFront.
    """
    kind = event["Records"][0]["cf"]["config"]["eventType"]
    headers = [
        ("host", "lambda.us-east-1.amazonaws.com"),
        ("authorization", _ROOT),
        ("content-type", "application/json"),
    ]
    try:
        answer = await pool.request(
            "POST",
            "localhost",
            f"/2015-03-31/functions/{quote(arn, safe='')}/invocations",
            headers,
            json.dumps(event).encode(),
            timeout=SECONDS[kind.partition("-")[0]] + 5,
        )
        body = await answer.read()
    except (TimedOut, Unreachable) as error:
        raise _failed(arn, kind, str(error)) from None
    if answer.status == 429:
        raise Refused(
            503,
            "The Lambda function associated with the CloudFront distribution was throttled.",
            pages.LIMIT,
        )
    if answer.status != 200:
        raise _failed(arn, kind, f"status {answer.status}: {body[:300]!r}")
    if any(name == "x-amz-function-error" for name, _ in answer.headers):
        raise _failed(arn, kind, body[:300].decode(errors="replace"))
    result: object = json.loads(body) if body else None
    return result


def _failed(arn: str, kind: str, why: str) -> Refused:
    log.warning("%s at %s failed: %s", arn, kind, why)
    return Refused(
        503,
        "The Lambda function associated with the CloudFront distribution is invalid, "
        "doesn't have the required permissions or failed.",
        pages.EXECUTION,
    )
