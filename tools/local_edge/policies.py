"""Cache, origin request and response headers policies: what is in the key, what goes on.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from tools.local_edge import headers as http

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.local_edge.events import Request
    from tools.local_edge.headers import Headers

# What goes on to an origin though no policy names it.
_ALWAYS = frozenset({
    "cache-control", "content-length", "content-md5", "content-type", "date", "from", "if-match",
    "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "max-forwards",
    "origin", "pragma", "range", "request-range", "transfer-encoding", "warning",
})  # fmt: skip
# What never does.
_NEVER = (http.HOP_BY_HOP - {"transfer-encoding"}) | {
    "expect", "x-forwarded-for", "x-forwarded-proto", "x-real-ip",
}  # fmt: skip
# Of these methods a viewer's Authorization goes on, whatever the policies say.
_AUTHORIZED = frozenset({"DELETE", "PATCH", "POST", "PUT"})

_CACHED_ERRORS = frozenset({404, 414, 500, 501, 502, 503, 504})
_CACHED_ERRORS_ON_REQUEST = frozenset({400, 403, 405, 412, 415})
_CACHED = frozenset({200, 203, 204, 300, 301, 302, 307, 308, 410})


@dataclass(frozen=True)
class Selection:
    """Some of the headers, cookies or parameters of a request.

    Attributes
    ----------
    kind
        ``none``, ``some``, ``all`` or ``all-except``.
    """

    kind: str
    names: frozenset[str] = frozenset()

    def takes(self, name: str) -> bool:
        """Tell whether what has this name is among them."""
        if self.kind in {"some", "all-except"}:
            return (name in self.names) == (self.kind == "some")
        return self.kind == "all"

    @classmethod
    def read(
        cls, behavior: str, block: Mapping[str, Any] | None, *, lower: bool = False
    ) -> Selection:
        """Return what a policy's part selects."""
        names = (block or {}).get("Items") or []
        kinds = {
            "none": "none", "whitelist": "some", "all": "all", "allExcept": "all-except",
            "allViewer": "all", "allViewerAndWhitelistCloudFront": "all",
        }  # fmt: skip
        return cls(kinds[behavior], frozenset(n.lower() if lower else n for n in names))


NOTHING = Selection("none")


@dataclass(frozen=True)
class _Parts:
    headers: Selection
    cookies: Selection
    query: Selection

    @staticmethod
    def selections(config: Mapping[str, Any]) -> tuple[Selection, Selection, Selection]:
        """Return headers, cookies and query of a policy."""
        headers, cookies = config["HeadersConfig"], config["CookiesConfig"]
        query = config["QueryStringsConfig"]
        return (
            Selection.read(headers["HeaderBehavior"], headers.get("Headers"), lower=True),
            Selection.read(cookies["CookieBehavior"], cookies.get("Cookies")),
            Selection.read(query["QueryStringBehavior"], query.get("QueryStrings")),
        )


@dataclass(frozen=True)
class OriginRequestPolicy(_Parts):
    """What goes on to the origin besides what is in the key.

    Attributes
    ----------
    added
        Names in lower case of the headers that CloudFront adds.
    """

    added: frozenset[str]

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> OriginRequestPolicy:
        """Return the policy of a configuration."""
        parts = cls.selections(config)
        named = (config["HeadersConfig"].get("Headers") or {}).get("Items") or []
        added = frozenset(name.lower() for name in named if name.lower().startswith("cloudfront-"))
        return cls(*parts, added)


@dataclass(frozen=True)
class CachePolicy(_Parts):
    """What is in the key of the cache, and for how long (seconds) an answer is kept."""

    minimum: float
    default: float
    maximum: float
    encodings: tuple[str, ...]

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> CachePolicy:
        """Return the policy of a configuration."""
        minimum = float(config["MinTTL"])
        parameters = config.get("ParametersInCacheKeyAndForwardedToOrigin")
        selections = cls.selections(parameters) if parameters else (NOTHING, NOTHING, NOTHING)
        flags = (("br", "EnableAcceptEncodingBrotli"), ("gzip", "EnableAcceptEncodingGzip"))
        return cls(
            *selections,
            minimum,
            max(minimum, float(config.get("DefaultTTL", 86400))),
            max(minimum, float(config.get("MaxTTL", 31536000))),
            tuple(name for name, flag in flags if (parameters or {}).get(flag)),
        )

    def key(self, request: Request) -> tuple[object, ...]:
        """Return what tells a request's answer apart from others of its behavior."""
        return (
            "OPTIONS" if request.method == "OPTIONS" else "GET",
            request.uri,
            selected_query(request.query, self.query),
            tuple(sorted(h for h in request.headers if self.headers.takes(h[0]))),
            selected_cookies(request.headers, self.cookies),
            accepted(request.headers, self.encodings),
        )

    def lifetime(self, status: int, headers: Headers, error_minimum: float) -> float:
        """Return for how many seconds an answer is kept, 0 for not at all."""
        directives = cache_control(headers)
        asked = _asked(directives, headers)
        if status in _CACHED_ERRORS:
            return max(error_minimum, asked or 0)
        if status in _CACHED_ERRORS_ON_REQUEST:
            named = {"max-age", "s-maxage"} & set(directives)
            return max(error_minimum, asked or 0) if named else 0
        if status not in _CACHED:
            return 0
        if {"no-store", "no-cache", "private"} & set(directives):
            return self.minimum
        if asked is None:
            return self.default
        return min(max(asked, self.minimum), self.maximum)


def cache_control(headers: Headers) -> dict[str, str]:
    """Return the directives of Cache-Control by name in lower case."""
    directives = {}
    for value in http.values(headers, "cache-control"):
        for part in value.split(","):
            name, _, argument = part.strip().partition("=")
            directives[name.lower()] = argument.strip('"')
    return directives


def _asked(directives: Mapping[str, str], headers: Headers) -> float | None:
    """Return the lifetime that an origin asks for, None if it does not."""
    for name in ("s-maxage", "max-age"):
        if directives.get(name, "").isdigit():
            return float(directives[name])
    expires = http.first(headers, "expires")
    if expires is None:
        return None
    try:
        return max(0.0, parsedate_to_datetime(expires).timestamp() - time.time())
    except ValueError:
        return 0.0


def selected_query(query: str, selection: Selection, other: Selection = NOTHING) -> str:
    """Return the parameters of a query that either selects, in their order and spelling."""
    if "all" in {selection.kind, other.kind}:
        return query
    kept = []
    for parameter in query.split("&"):
        name = unquote_plus(parameter.partition("=")[0])
        if parameter and (selection.takes(name) or other.takes(name)):
            kept.append(parameter)
    return "&".join(kept)


def selected_cookies(headers: Headers, selection: Selection, other: Selection = NOTHING) -> str:
    """Return the cookies that either selects, as one header's value."""
    cookies = [
        cookie.strip() for value in http.values(headers, "cookie") for cookie in value.split(";")
    ]
    return "; ".join(
        cookie
        for cookie in cookies
        if cookie
        and (selection.takes(cookie.partition("=")[0]) or other.takes(cookie.partition("=")[0]))
    )


def accepted(headers: Headers, encodings: tuple[str, ...]) -> str:
    """Return Accept-Encoding in the one spelling that CloudFront gives it."""
    offered = {
        part.partition(";")[0].strip().lower()
        for value in http.values(headers, "accept-encoding")
        for part in value.split(",")
    }
    return ",".join(name for name in encodings if name in offered)


def forwarded(
    request: Request,
    cache: CachePolicy,
    policy: OriginRequestPolicy | None,
    *,
    origin_domain: str,
    added: Mapping[str, str],
) -> tuple[str, Headers]:
    """Return query and headers of a viewer's request as they go on to an origin.

    Parameters
    ----------
    origin_domain
        Becomes the Host, unless a policy lets the viewer's go on.
    added
        Values of the headers that CloudFront can add, by name in lower case.
    """
    others = policy.headers if policy else NOTHING
    kept: Headers = []
    for name, value in request.headers:
        if name in {"accept-encoding", "cookie", "host", "user-agent", "via"} or is_removed(name):
            continue
        if (
            (name == "authorization" and request.method in _AUTHORIZED)
            or name in _ALWAYS
            or cache.headers.takes(name)
            or others.takes(name)
        ):
            kept.append((name, value))

    def chosen(name: str, otherwise: str | None) -> None:
        takes = cache.headers.takes(name) or others.takes(name)
        value = http.first(request.headers, name) if takes else None
        if value or otherwise:
            kept.append((name, value or otherwise or ""))

    chosen("host", origin_domain)
    chosen("user-agent", "Amazon CloudFront")
    if cache.encodings:
        encodings = accepted(request.headers, cache.encodings)
        kept += [("accept-encoding", encodings)] if encodings else []
    else:
        chosen("accept-encoding", None)
    cookies = selected_cookies(
        request.headers, cache.cookies, policy.cookies if policy else NOTHING
    )
    kept += [("cookie", cookies)] if cookies else []
    wanted = (policy.added if policy else frozenset()) | cache.headers.names
    kept = [h for h in kept if h[0] not in added or h[0] not in wanted]
    kept += [(name, value) for name, value in added.items() if name in wanted]
    via = [*http.values(request.headers, "via"), added["via"]]
    hops = [*http.values(request.headers, "x-forwarded-for"), request.client_ip]
    kept += [("via", ", ".join(via)), ("x-forwarded-for", ", ".join(hops))]
    query = selected_query(request.query, cache.query, policy.query if policy else NOTHING)
    return query, kept


def is_removed(name: str) -> bool:
    """Tell whether a viewer's header never goes on."""
    return name in _NEVER or name.startswith(("x-edge-", "x-amz-cf-"))


@dataclass(frozen=True)
class ResponseHeadersPolicy:
    """What CloudFront adds to answers and takes from them.

    Attributes
    ----------
    added
        Name in lower case, value, and whether it replaces the origin's.
    cors
        The configuration of CORS as the API has it, or None.
    """

    added: tuple[tuple[str, str, bool], ...]
    removed: frozenset[str]
    cors: Mapping[str, Any] | None

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> ResponseHeadersPolicy:
        """Return the policy of a configuration."""
        added = [
            (item["Header"].lower(), item["Value"], bool(item["Override"]))
            for item in (config.get("CustomHeadersConfig") or {}).get("Items") or []
        ]
        removed = (config.get("RemoveHeadersConfig") or {}).get("Items") or []
        return cls(
            (*_security(config.get("SecurityHeadersConfig") or {}), *added),
            frozenset(item["Header"].lower() for item in removed),
            config.get("CorsConfig"),
        )

    def apply(self, headers: Headers, request: Request) -> Headers:
        """Return an answer's headers as the policy makes them."""
        headers = http.without(headers, *self.removed)
        if self.cors:
            headers = _with_cors(headers, self.cors, request)
        for name, value, override in self.added:
            if override or not http.values(headers, name):
                headers = http.replaced(headers, name, value)
        return headers


def _security(config: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    added = []
    if item := config.get("StrictTransportSecurity"):
        value = f"max-age={item['AccessControlMaxAgeSec']}"
        value += "; includeSubDomains" if item.get("IncludeSubdomains") else ""
        value += "; preload" if item.get("Preload") else ""
        added.append(("strict-transport-security", value, item))
    if item := config.get("ContentSecurityPolicy"):
        added.append(("content-security-policy", item["ContentSecurityPolicy"], item))
    if item := config.get("FrameOptions"):
        added.append(("x-frame-options", item["FrameOption"], item))
    if item := config.get("ReferrerPolicy"):
        added.append(("referrer-policy", item["ReferrerPolicy"], item))
    if item := config.get("ContentTypeOptions"):
        added.append(("x-content-type-options", "nosniff", item))
    if item := config.get("XSSProtection"):
        value = "1" if item["Protection"] else "0"
        value += "; mode=block" if item.get("ModeBlock") else ""
        added.append(("x-xss-protection", value, item))
    return [(name, value, bool(item["Override"])) for name, value, item in added]


def _with_cors(headers: Headers, cors: Mapping[str, Any], request: Request) -> Headers:
    """Return headers with those of CORS, for a request that has an Origin which is allowed."""
    origin = http.first(request.headers, "origin")
    allowed = cors["AccessControlAllowOrigins"]["Items"]
    if origin is None or not ({"*", origin} & set(allowed)):
        return headers
    added = {"access-control-allow-origin": "*" if "*" in allowed else origin}
    if cors["AccessControlAllowCredentials"]:
        added["access-control-allow-credentials"] = "true"
    if exposed := (cors.get("AccessControlExposeHeaders") or {}).get("Items"):
        added["access-control-expose-headers"] = ", ".join(exposed)
    if request.method == "OPTIONS":
        for name in ("Methods", "Headers"):
            items = cors[f"AccessControlAllow{name}"]["Items"]
            added[f"access-control-allow-{name.lower()}"] = ", ".join(items)
        if "AccessControlMaxAgeSec" in cors:
            added["access-control-max-age"] = str(cors["AccessControlMaxAgeSec"])
    for name, value in added.items():
        if cors["OriginOverride"] or not http.values(headers, name):
            headers = http.replaced(headers, name, value)
    return headers
