"""Keys, lifetimes and headers of cache, origin request and response headers policies."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest

from tools.local_edge.cache import Cache, Entry
from tools.local_edge.distribution import _pattern
from tools.local_edge.events import Request
from tools.local_edge.policies import (
    CachePolicy,
    OriginRequestPolicy,
    ResponseHeadersPolicy,
    Selection,
    forwarded,
    selected_cookies,
    selected_query,
)

NONE: dict[str, Any] = {
    "HeadersConfig": {"HeaderBehavior": "none"},
    "CookiesConfig": {"CookieBehavior": "none"},
    "QueryStringsConfig": {"QueryStringBehavior": "none"},
}
ADDED = {"via": "1.1 edge", "cloudfront-viewer-address": "192.0.2.1:1"}


def cache_policy(minimum: float = 0, default: float = 60, maximum: float = 120) -> CachePolicy:
    return CachePolicy.read({
        "MinTTL": minimum, "DefaultTTL": default, "MaxTTL": maximum,
        "ParametersInCacheKeyAndForwardedToOrigin": NONE | {
            "EnableAcceptEncodingGzip": False, "EnableAcceptEncodingBrotli": False},
    })  # fmt: skip


def request(method: str = "GET", *headers: tuple[str, str]) -> Request:
    return Request(method, "/a", "b=1&c=2", [("host", "viewer"), *headers], "192.0.2.1")


@pytest.mark.parametrize(("pattern", "path", "matches"), [
    ("/api/*", "/api/", True), ("/api/*", "/api/a/b", True), ("/api/*", "/api", False),
    ("api/*", "/api/a", True), ("*.jpg", "/a/b.jpg", True), ("*.jpg", "/a/b.JPG", False),
    ("/a?c", "/abc", True), ("/a?c", "/a/c", True), ("/a?c", "/ac", False), ("*", "/", True),
    ("/a.b", "/axb", False), ("/a+", "/a+", True), ("/a\n*", "/a\nb", True),
])  # fmt: skip
def test_path_patterns(pattern: str, path: str, matches: bool) -> None:
    assert bool(_pattern(pattern).fullmatch(path)) is matches


@pytest.mark.parametrize(("bounds", "control", "kept"), [
    ((0, 60, 120), None, 60), ((0, 60, 120), "max-age=10", 10), ((0, 60, 120), "max-age=999", 120),
    ((0, 60, 120), "max-age=10, s-maxage=20", 20), ((0, 60, 120), "no-store", 0),
    ((0, 60, 120), "private, max-age=9", 0), ((30, 60, 120), "no-cache", 30),
    ((30, 60, 120), "max-age=1", 30), ((30, 10, 120), None, 30), ((0, 0, 0), "max-age=60", 0),
    ((0, 60, 120), "max-age=oops", 60), ((0, 60, 120), "public", 60),
])  # fmt: skip
def test_how_long_an_answer_is_kept(
    bounds: tuple[float, float, float], control: str | None, kept: float
) -> None:
    headers = [("cache-control", control)] if control else []
    assert cache_policy(*bounds).lifetime(200, headers, 10) == kept


def test_expires_counts_where_cache_control_says_nothing() -> None:
    soon = [("expires", formatdate(time.time() + 30, usegmt=True))]
    assert 28 <= cache_policy().lifetime(200, soon, 10) <= 30
    assert cache_policy().lifetime(200, [("expires", "0")], 10) == 0
    assert cache_policy().lifetime(200, [*soon, ("cache-control", "max-age=7")], 10) == 7


@pytest.mark.parametrize(("status", "control", "kept"), [
    (404, None, 10), (500, "no-store", 10), (503, "max-age=60", 60), (403, None, 0),
    (400, "max-age=60", 60), (403, "max-age=1", 10), (401, "max-age=60", 0), (206, None, 0),
    (304, None, 0), (301, None, 60),
])  # fmt: skip
def test_how_long_other_answers_are_kept(status: int, control: str | None, kept: float) -> None:
    headers = [("cache-control", control)] if control else []
    assert cache_policy().lifetime(status, headers, 10) == kept


def test_a_query_keeps_order_and_spelling() -> None:
    some = Selection("some", frozenset({"a", "ä"}))
    query = "b=1&a=2&%C3%A4=%20&a=1&a&=&"
    assert selected_query(query, some) == "a=2&%C3%A4=%20&a=1&a"
    assert selected_query(query, Selection("all-except", frozenset({"a", ""}))) == "b=1&%C3%A4=%20"
    assert selected_query(query, Selection("all")) == query
    assert selected_query(query, Selection("none")) == ""


def test_cookies_of_several_headers_are_selected_by_name() -> None:
    headers = [("cookie", "a=1; b=2"), ("cookie", "c=3;a=4")]
    assert selected_cookies(headers, Selection("some", frozenset({"a"}))) == "a=1; a=4"


def test_the_key_tells_get_and_options_apart_but_not_head() -> None:
    keys = [cache_policy().key(request(method)) for method in ("GET", "HEAD", "OPTIONS")]
    assert keys[0] == keys[1] != keys[2]


def test_without_a_policy_little_goes_on() -> None:
    viewers = [("accept", "x"), ("cookie", "a=1"), ("content-type", "text/plain"),
               ("range", "bytes=0-1"), ("x-mine", "1"), ("authorization", "Bearer x"),
               ("connection", "close"), ("x-forwarded-proto", "http")]  # fmt: skip
    query, headers = forwarded(
        request("GET", *viewers), cache_policy(), None, origin_domain="origin", added=ADDED
    )
    assert query == ""
    assert dict(headers) == {
        "content-type": "text/plain", "range": "bytes=0-1", "host": "origin",
        "user-agent": "Amazon CloudFront", "via": "1.1 edge", "x-forwarded-for": "192.0.2.1",
    }  # fmt: skip


def test_authorization_goes_on_with_methods_that_are_never_cached() -> None:
    for method in ("DELETE", "PATCH", "POST", "PUT"):
        _, headers = forwarded(
            request(method, ("authorization", "Bearer x")), cache_policy(), None,
            origin_domain="origin", added=ADDED,
        )  # fmt: skip
        assert ("authorization", "Bearer x") in headers


def test_all_viewer_lets_the_viewers_host_go_on_and_except_host_does_not() -> None:
    for behavior, names, host in (("allViewer", [], "viewer"), ("allExcept", ["Host"], "origin")):
        policy = OriginRequestPolicy.read(NONE | {"HeadersConfig": {
            "HeaderBehavior": behavior, "Headers": {"Items": names}}})  # fmt: skip
        _, headers = forwarded(
            request("GET", ("x-mine", "1")), cache_policy(), policy, origin_domain="origin",
            added=ADDED,
        )  # fmt: skip
        assert ("host", host) in headers
        assert ("x-mine", "1") in headers


def test_headers_that_cloudfront_adds_replace_the_viewers() -> None:
    named = {"HeaderBehavior": "whitelist", "Headers": {"Items": ["CloudFront-Viewer-Address"]}}
    policy = OriginRequestPolicy.read(NONE | {"HeadersConfig": named})
    forged = request("GET", ("cloudfront-viewer-address", "forged"))
    _, headers = forwarded(forged, cache_policy(), policy, origin_domain="origin", added=ADDED)
    assert [v for n, v in headers if n == "cloudfront-viewer-address"] == ["192.0.2.1:1"]


def test_hops_are_appended() -> None:
    _, headers = forwarded(
        request("GET", ("x-forwarded-for", "198.51.100.1"), ("via", "1.1 proxy")), cache_policy(),
        None, origin_domain="origin", added=ADDED,
    )  # fmt: skip
    assert ("x-forwarded-for", "198.51.100.1, 192.0.2.1") in headers
    assert ("via", "1.1 proxy, 1.1 edge") in headers


def cors(**changes: object) -> ResponseHeadersPolicy:
    return ResponseHeadersPolicy.read({
        "CorsConfig": {
            "AccessControlAllowOrigins": {"Items": ["https://a.example"]},
            "AccessControlAllowHeaders": {"Items": ["X-A"]},
            "AccessControlAllowMethods": {"Items": ["GET", "POST"]},
            "AccessControlAllowCredentials": True, "AccessControlMaxAgeSec": 60,
            "OriginOverride": True, **changes,
        },
        "RemoveHeadersConfig": {"Items": [{"Header": "Server"}]},
    })  # fmt: skip


def test_cors_is_for_origins_that_are_allowed() -> None:
    asked = request("OPTIONS", ("origin", "https://a.example"))
    headers = dict(cors().apply([("server", "x")], asked))
    assert headers == {
        "access-control-allow-origin": "https://a.example",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "X-A",
        "access-control-max-age": "60",
    }
    assert cors().apply([], request("GET", ("origin", "https://b.example"))) == []
    assert cors().apply([], request("GET")) == []


def test_the_origins_cors_headers_stay_without_override() -> None:
    asked = request("GET", ("origin", "https://a.example"))
    own = [("access-control-allow-origin", "https://own.example")]
    headers = cors(OriginOverride=False).apply(own, asked)
    assert dict(headers)["access-control-allow-origin"] == "https://own.example"


def entry(uri: str = "/a", size: int = 0, distribution: str = "E", lifetime: float = 60) -> Entry:
    return Entry(distribution, uri, 200, "OK", [], bytes(size), lifetime)


def test_the_cache_is_bounded_and_forgets_what_was_used_longest_ago() -> None:
    cache = Cache(most_bytes=10_000)
    for name in ("a", "b", "c"):
        cache.put(name, entry(size=2_500))
    assert cache.get("a")
    cache.put("d", entry(size=2_500))
    assert [name for name in "abcd" if cache.get(name)] == ["a", "c", "d"]
    assert cache.bytes <= 10_000
    cache.put("e", entry(size=20_000))
    assert cache.get("e") is None
    cache.put("a", entry(size=1))
    assert cache.bytes == sum(found.size for n in "acd" if (found := cache.get(n)))


@pytest.mark.parametrize(("paths", "left"), [
    (["/a"], ["/a/b", "/b"]), (["/a*"], ["/b"]), (["/*"], []), (["a"], ["/a/b", "/b"]),
    (["/A"], ["/a", "/a/b", "/b"]),
])  # fmt: skip
def test_invalidations_are_of_paths_or_what_begins_with_them(
    paths: list[str], left: list[str]
) -> None:
    cache = Cache()
    for uri in ("/a", "/a/b", "/b"):
        cache.put(uri, entry(uri))
    cache.put("other", entry("/a", distribution="F"))
    assert cache.invalidate("E", paths) == 3 - len(left)
    assert [uri for uri in ("/a", "/a/b", "/b") if cache.get(uri)] == left
    assert cache.get("other")


def test_an_entry_is_fresh_for_its_lifetime() -> None:
    assert entry(lifetime=60).is_fresh
    assert not entry(lifetime=0).is_fresh


@pytest.mark.parametrize(("own", "asked", "unchanged"), [
    ({"etag": '"1"'}, {"if-none-match": '"1"'}, True),
    ({"etag": 'W/"1"'}, {"if-none-match": '"0", "1"'}, True),
    ({"etag": '"1"'}, {"if-none-match": "*"}, True),
    ({"etag": '"1"'}, {"if-none-match": '"2"'}, False),
    ({}, {"if-none-match": '"1"'}, False),
    ({"last-modified": "Wed, 25 Nov 2026 10:00:00 GMT"},
     {"if-modified-since": "Wed, 25 Nov 2026 10:00:00 GMT"}, True),
    ({"last-modified": "Wed, 25 Nov 2026 10:00:01 GMT"},
     {"if-modified-since": "Wed, 25 Nov 2026 10:00:00 GMT"}, False),
    ({"last-modified": "oops"}, {"if-modified-since": "oops"}, False),
    ({"etag": '"1"', "last-modified": "Wed, 25 Nov 2026 10:00:00 GMT"},
     {"if-none-match": '"2"', "if-modified-since": "Wed, 25 Nov 2026 10:00:00 GMT"}, False),
])  # fmt: skip
def test_conditions(own: dict[str, str], asked: dict[str, str], unchanged: bool) -> None:
    made = entry()
    made.headers = list(own.items())
    assert made.is_unchanged_for(list(asked.items())) is unchanged
