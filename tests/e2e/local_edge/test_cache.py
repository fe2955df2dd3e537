"""The cache: keys, lifetimes, conditions, ranges, errors, invalidations."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.local_edge.site import Site
    from tools.local_aws.server import Server
    from tools.local_edge.client import Viewer
    from tools.local_edge.server import Edge

HIT, MISS = "Hit from cloudfront", "Miss from cloudfront"


def caches(viewer: Viewer, path: str, **headers: str) -> str:
    return viewer.get(path, **headers).headers["x-cache"]


def test_the_second_call_is_a_hit_with_its_age(viewer: Viewer) -> None:
    assert caches(viewer, "/style.css") == MISS
    answer = viewer.get("/style.css")
    assert answer.headers["x-cache"] == HIT
    assert answer.headers["age"] == "0"
    assert answer.body == b"a" * 5000


def test_what_is_not_in_the_key_does_not_tell_answers_apart(viewer: Viewer) -> None:
    assert caches(viewer, "/bare/k?a=1&ignored=1", X_Other="1", Cookie="other=1") == MISS
    assert caches(viewer, "/bare/k?a=1&ignored=2", X_Other="2", Cookie="other=2") == HIT


def test_headers_cookies_and_query_of_the_policy_are_in_the_key(viewer: Viewer) -> None:
    assert caches(viewer, "/bare/k?a=1", X_Key="1", Cookie="key=1") == MISS
    assert caches(viewer, "/bare/k?a=2", X_Key="1", Cookie="key=1") == MISS
    assert caches(viewer, "/bare/k?a=1", X_Key="2", Cookie="key=1") == MISS
    assert caches(viewer, "/bare/k?a=1", X_Key="1", Cookie="key=2") == MISS
    assert caches(viewer, "/bare/k?a=1", X_Key="1", Cookie="key=1; other=3") == HIT


def test_accept_encoding_is_brought_to_one_spelling(viewer: Viewer) -> None:
    assert caches(viewer, "/bare/e", Accept_Encoding="gzip, deflate, br") == MISS
    assert caches(viewer, "/bare/e", Accept_Encoding="br;q=1, gzip;q=0.5") == HIT
    assert caches(viewer, "/bare/e", Accept_Encoding="identity") == MISS


def test_posts_are_neither_kept_nor_answered_from_the_cache(viewer: Viewer) -> None:
    viewer.get("/bare/p")
    assert viewer.request("POST", "/bare/p").headers["x-cache"] == MISS
    assert viewer.request("POST", "/bare/p").headers["x-cache"] == MISS


def test_head_is_answered_from_the_get(viewer: Viewer) -> None:
    viewer.get("/style.css")
    answer = viewer.request("HEAD", "/style.css")
    assert (answer.headers["x-cache"], answer.headers["content-length"]) == (HIT, "5000")


def test_a_disabled_cache_keeps_nothing(viewer: Viewer) -> None:
    assert [caches(viewer, "/oac/x?cache-control=max-age%3D60") for _ in range(2)] == [MISS, MISS]


def test_no_store_and_private_are_not_kept(viewer: Viewer) -> None:
    for directive in ("no-store", "private", "no-cache", "max-age%3D0"):
        path = f"/bare/n?cache-control={directive}"
        assert [caches(viewer, path) for _ in range(2)] == [MISS, MISS]


def test_an_expired_answer_is_asked_for_and_kept_on_304(viewer: Viewer) -> None:
    path = '/bare/r?cache-control=max-age%3D1&etag="1"'
    first = viewer.get(path)
    time.sleep(1.1)
    again = viewer.get(path)
    assert again.headers["x-cache"] == "RefreshHit from cloudfront"
    assert again.json()["id"] == first.json()["id"]
    assert caches(viewer, path) == HIT


def test_a_viewer_who_has_it_gets_304_from_the_cache(viewer: Viewer) -> None:
    tag = viewer.get("/style.css").headers["etag"]
    answer = viewer.get("/style.css", If_None_Match=tag)
    assert (answer.status, answer.body, answer.headers["x-cache"]) == (304, b"", HIT)


def test_a_range_is_cut_from_the_cache(viewer: Viewer) -> None:
    viewer.get("/index.html")
    answer = viewer.get("/index.html", Range="bytes=2-8")
    assert (answer.status, answer.body) == (206, b"doctype")
    assert answer.headers["content-range"] == "bytes 2-8/34"
    assert viewer.get("/index.html", Range="bytes=99-").status == 416
    assert viewer.get("/index.html", Range="bytes=-8").body == b"</title>"


def test_a_partial_answer_of_the_origin_is_not_kept_as_the_whole(viewer: Viewer) -> None:
    assert viewer.get("/style.css", Range="bytes=0-9").status == 206
    assert len(viewer.get("/style.css").body) == 5000


def test_a_404_is_kept_for_the_minimum_of_errors_though_the_cache_is_disabled(
    viewer: Viewer,
) -> None:
    first, again = (viewer.get("/oac/gone?status=500") for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["x-cache"] == "Error from cloudfront"


def test_a_403_is_kept_only_if_the_origin_says_so(viewer: Viewer) -> None:
    assert len({viewer.get("/oac/no?status=403").json()["id"] for _ in range(2)}) == 2
    path = "/oac/no?status=403&cache-control=max-age%3D5"
    assert len({viewer.get(path).json()["id"] for _ in range(2)}) == 1


def test_the_page_of_an_error_stands_for_it_as_long_as_configured(
    viewer: Viewer, site_aws: Server, site: Site
) -> None:
    answer = viewer.get("/later.txt")
    assert (answer.status, answer.body) == (404, b"nothing here")
    site_aws.client("s3").put_object(Bucket=site.bucket, Key="later.txt", Body=b"here")
    assert viewer.get("/later.txt").status == 404
    time.sleep(1.1)
    assert viewer.get("/later.txt").body == b"here"


def test_an_invalidation_empties_what_it_names(
    viewer: Viewer, site_aws: Server, site_edge: Edge, site: Site
) -> None:
    for path in ("/style.css", "/index.html", "/bare/i?a=1"):
        viewer.get(path)
    site_aws.client("cloudfront").create_invalidation(
        DistributionId=site.id,
        InvalidationBatch={
            "CallerReference": "1",
            "Paths": {"Quantity": 2, "Items": ["/style.css", "/bare/*"]},
        },
    )
    site_edge.refresh()
    assert caches(viewer, "/style.css") == MISS
    assert caches(viewer, "/bare/i?a=1") == MISS
    assert caches(viewer, "/index.html") == HIT
