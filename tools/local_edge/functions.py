"""Runs edge functions, and says what the viewer gets of one that fails."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from tools.local_edge import pages
from tools.local_edge.environments import Failed, NotStarted, Throttled
from tools.local_edge.pages import Refused

if TYPE_CHECKING:
    from tools.local_edge.environments import Environments

log = logging.getLogger("local_edge")


async def invoke(environments: Environments, arn: str, event: dict[str, Any]) -> object:
    """
    Return what the function of an ARN, with its version, makes of an event.

    Raises
    ------
    Refused
        It failed, took too long, is throttled or not there: a 503, as of CloudFront.
    """
    try:
        return await environments.invoke(arn, event)
    except Throttled:
        raise Refused(
            503,
            "The Lambda function associated with the CloudFront distribution was throttled.",
            pages.LIMIT,
        ) from None
    except (NotStarted, Failed) as error:
        kind = event["Records"][0]["cf"]["config"]["eventType"]
        log.warning("%s at %s failed: %s", arn, kind, str(error)[:300])
        raise Refused(
            503,
            "The Lambda function associated with the CloudFront distribution is invalid, "
            "doesn't have the required permissions or failed.",
            pages.EXECUTION,
        ) from None
