"""The answers that an edge function gives itself, so that nothing goes on that must not.

A function that raises gives the viewer CloudFront's own 502, without a word of why. Format and
limits of a generated response:
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses-in-requests.html
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_DESCRIPTIONS = {400: "Bad Request", 413: "Content Too Large", 502: "Bad Gateway"}


class Refusal(Exception):
    """A request that does not go on.

    Parameters
    ----------
    reason
        For the viewer and the log: our own words, and never a value of the request.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def answered(step: Callable[[dict[str, Any]], None], event: dict[str, Any]) -> dict[str, Any]:
    """Return the request of `event` as `step` changes it, or an answer that says why not."""
    try:
        request: dict[str, Any] = event["Records"][0]["cf"]["request"]
        step(request)
    except Refusal as refusal:
        return _answer(refusal.status, refusal.reason)
    except Exception as error:  # noqa: BLE001  raising is a 502 without a reason
        # The text of an exception may quote the request; its class does not.
        return _answer(502, f"the edge function failed with {type(error).__name__}")
    return request


def _answer(status: int, reason: str) -> dict[str, Any]:
    print(f'{{"level": "WARN", "message": "Refused", "status": {status}, "reason": "{reason}"}}')
    return {
        "status": str(status),
        "statusDescription": _DESCRIPTIONS[status],
        "headers": {
            "cache-control": [{"key": "Cache-Control", "value": "no-store"}],
            "content-type": [{"key": "Content-Type", "value": "application/json"}],
        },
        "body": f'{{"message": "{reason}"}}',
    }
