"""HTTP headers as CloudFront treats them: what passes, what a function may see and change.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# Every header line, names in lower case: ASGI hands them over so, and HTTP/2 sends them so.
Headers = list[tuple[str, str]]

HOP_BY_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip

# Not shown to a function, and a function that adds one fails.
_DISALLOWED = frozenset({
    "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization",
    "proxy-connection", "trailer", "upgrade", "x-accel-buffering", "x-accel-charset",
    "x-accel-limit-rate", "x-accel-redirect", "x-amzn-auth", "x-amzn-cf-billing", "x-amzn-cf-id",
    "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile", "x-amzn-header-count",
    "x-amzn-header-order", "x-amzn-lambda-integration-tag", "x-amzn-requestid", "x-cache",
    "x-forwarded-proto", "x-real-ip",
})  # fmt: skip
_DISALLOWED_PREFIXES = ("x-amz-cf-", "x-edge-")

# Shown to a function at an event, which must give them back as they were.
READ_ONLY = {
    "viewer-request": frozenset({"content-length", "host", "transfer-encoding", "via"}),
    "origin-request": frozenset({
        "accept-encoding", "content-length", "if-modified-since", "if-none-match", "if-range",
        "if-unmodified-since", "transfer-encoding", "via",
    }),
    "origin-response": frozenset({"transfer-encoding", "via"}),
    "viewer-response": frozenset({
        "content-encoding", "content-length", "transfer-encoding", "via", "warning",
    }),
}  # fmt: skip


def is_disallowed(name: str) -> bool:
    """Tell whether functions neither see nor add the header of this name."""
    lower = name.lower()
    return lower in _DISALLOWED or lower.startswith(_DISALLOWED_PREFIXES)


def values(headers: Iterable[tuple[str, str]], name: str) -> list[str]:
    """Return the values of every line of a header, whose name is in lower case."""
    return [value for key, value in headers if key == name]


def first(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """Return the value of a header's first line, None without one."""
    return next((value for key, value in headers if key == name), None)


def without(headers: Iterable[tuple[str, str]], *names: str) -> Headers:
    """Return the headers but those named."""
    return [(key, value) for key, value in headers if key not in names]


def replaced(headers: Iterable[tuple[str, str]], name: str, value: str) -> Headers:
    """Return the headers with one line of `name` in place of all it had."""
    return [*without(headers, name), (name, value)]


def to_event(headers: Iterable[tuple[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Return the headers as events have them, without those that functions do not see."""
    shown: dict[str, list[dict[str, str]]] = {}
    for name, value in headers:
        if not is_disallowed(name):
            shown.setdefault(name, []).append({"key": name, "value": value})
    return shown


def hidden(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return the headers that functions do not see, which go on past them."""
    return [(name, value) for name, value in headers if is_disallowed(name)]


def from_event(headers: dict[str, Any]) -> Headers:
    """Return the headers of a function's valid answer."""
    return [(name.lower(), str(item["value"])) for name, items in headers.items() for item in items]


def length_of(headers: Iterable[tuple[str, str]]) -> int:
    """Return the bytes that headers take on the wire."""
    return sum(len(name) + len(value) + 4 for name, value in headers)
