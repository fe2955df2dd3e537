"""Events of HTTP requests, made from the files in ``events/``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tools.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    Event = dict[str, Any]

EVENTS = ROOT / "tests" / "unit" / "events"


def event_file(name: str) -> Event:
    """Return the event in ``events/<name>.json``."""
    event: Event = json.loads((EVENTS / f"{name}.json").read_text())
    return event


def url_event(
    method: str,
    path: str,
    *,
    query: str = "",
    body: Any = None,  # noqa: ANN401  any JSON
    headers: Mapping[str, str] | None = None,
    caller: str = "AIDACKCEVSQ6C2EXAMPLE",
    domain: str | None = None,
) -> Event:
    """Return what a function URL sends for a signed request.

    Parameters
    ----------
    body
        Bytes or text are sent as they are, other values as JSON.
    headers
        Beside those of every request.
    caller
        Unique id of who signed.
    domain
        Where it was sent, when not to the function URL of the file.
    """
    event = event_file("function_url")
    if domain is not None:
        event["requestContext"]["domainName"] = domain
    event |= {"rawPath": path, "rawQueryString": query, "body": None}
    event["headers"] |= headers or {}
    event["requestContext"]["http"] |= {"method": method, "path": path}
    event["requestContext"]["authorizer"]["iam"] |= {"callerId": caller, "userId": caller}
    if isinstance(body, bytes):
        event["body"] = body.decode()
    elif body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return event
