"""The way of a request: behaviors, methods, lengths, and what goes on to an origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import urllib3

from tools.local_edge.client import Viewer

if TYPE_CHECKING:
    from tests.e2e.local_edge.site import Site
    from tools.local_edge.server import Edge


@pytest.fixture
def plain(site_edge: Edge) -> urllib3.HTTPConnectionPool:
    return urllib3.HTTPConnectionPool("127.0.0.1", site_edge.http_port, retries=False, timeout=10)


def test_the_root_is_the_default_root_object(viewer: Viewer) -> None:
    answer = viewer.get("/")
    assert (answer.status, answer.body) == (200, b"<!doctype html><title>site</title>")


def test_path_patterns_are_taken_in_their_order_before_the_default(viewer: Viewer) -> None:
    assert viewer.get("/oac/x").json()["path"] == "/oac/x"
    assert viewer.get("/style.css").headers["content-type"] == "text/css"


def test_a_question_mark_matches_one_character_and_case_counts(viewer: Viewer) -> None:
    # "/x-?.txt" goes to an origin that is not of the local AWS, everything else to the bucket.
    assert viewer.get("/x-1.txt").status == 502
    assert viewer.get("/X-1.txt").status == 404
    assert viewer.get("/x-11.txt").status == 404


def test_a_path_with_escapes_finds_its_object(viewer: Viewer) -> None:
    assert viewer.get("/a%20b/%C3%A4.txt").body.decode() == "ä"


def test_methods_that_the_behavior_does_not_allow_are_403(viewer: Viewer) -> None:
    answer = viewer.request("POST", "/style.css", b"x")
    assert answer.status == 403
    assert "HTTP request method" in answer.body.decode()


def test_a_get_with_a_body_is_403(viewer: Viewer) -> None:
    assert viewer.request("GET", "/oac/x", b"body").status == 403


def test_plain_http_is_redirected_to_https(plain: urllib3.HTTPConnectionPool, site: Site) -> None:
    answer = plain.request("GET", "/a?b=1", headers={"Host": site.domain}, redirect=False)
    assert answer.status == 301
    assert answer.headers["location"] == f"https://{site.domain}/a?b=1"


def test_a_redirect_keeps_the_port_of_a_browser_on_this_machine(
    plain: urllib3.HTTPConnectionPool, site: Site, site_edge: Edge
) -> None:
    host = site.domain.replace(".net", ".localhost")
    headers = {"Host": f"{host}:{site_edge.http_port}"}
    answer = plain.request("GET", "/a", headers=headers, redirect=False)
    assert answer.headers["location"] == f"https://{host}:{site_edge.port}/a"


def test_plain_http_is_403_where_the_behavior_takes_https_only(
    plain: urllib3.HTTPConnectionPool, site: Site
) -> None:
    assert plain.request("GET", "/secure/x", headers={"Host": site.domain}).status == 403


def test_a_host_that_no_distribution_has_is_403(viewer: Viewer) -> None:
    assert viewer.get("/", Host="d1111111111111.cloudfront.net").status == 403


def test_a_browser_reaches_it_under_a_name_that_is_this_machine(
    site_edge: Edge, site: Site
) -> None:
    host = site.domain.replace(".net", ".localhost")
    assert site_edge.url(site.domain) == f"https://{host}:{site_edge.port}"
    # A browser takes every name under localhost for this machine; Python asks the resolver.
    browser = Viewer(site_edge.port, site_edge.ca_bundle, host)
    assert browser.get("/", Host=f"{host}:{site_edge.port}").status == 200
    browser.close()


def test_a_url_of_8193_bytes_is_413(viewer: Viewer, site: Site) -> None:
    room = 8192 - len(f"https://{site.domain}/oac/x?")
    assert viewer.get(f"/oac/x?{'a' * room}").status == 200
    assert viewer.get(f"/oac/x?{'a' * (room + 1)}").status == 413


def test_headers_and_url_over_32_kib_are_413(viewer: Viewer) -> None:
    assert viewer.get("/oac/x", X_Long="a" * 30_000).status == 200
    assert viewer.get("/oac/x", X_Long="a" * 33_000).status == 413


def test_an_origin_that_is_not_of_the_local_aws_is_never_asked(viewer: Viewer) -> None:
    assert viewer.get("/elsewhere/x").status == 502


def test_the_host_is_the_origins_and_the_viewers_headers_go_on(viewer: Viewer, site: Site) -> None:
    headers = viewer.get("/oac/x", X_Mine="1", Cookie="a=b").json()["headers"]
    assert headers["host"] == site.function_url.split("/")[2]
    assert (headers["x-mine"], headers["cookie"]) == ("1", "a=b")


def test_no_header_goes_on_that_no_policy_names(viewer: Viewer) -> None:
    answer = viewer.get("/bare/x", X_Mine="1", Cookie="other=1; key=2", X_Key="3")
    headers = answer.json()["headers"]
    assert "x-mine" not in headers
    assert (headers["cookie"], headers["x-key"]) == ("key=2", "3")
    assert headers["user-agent"] == "Amazon CloudFront"


def test_custom_headers_of_the_origin_replace_the_viewers(viewer: Viewer) -> None:
    assert viewer.get("/oac/x", X_From="forged").json()["headers"]["x-from"] == "the-edge"


def test_the_viewers_address_is_appended_to_x_forwarded_for(viewer: Viewer) -> None:
    # A function URL shows its function the first address only.
    assert viewer.get("/oac/x").json()["headers"]["x-forwarded-for"] == "127.0.0.1"
    sent = viewer.get("/oac/x", X_Forwarded_For="192.0.2.1").json()["headers"]
    assert sent["x-forwarded-for"] == "192.0.2.1"


def test_cloudfronts_own_headers_go_on_and_back(viewer: Viewer) -> None:
    answer = viewer.get("/oac/x", X_Amz_Cf_Id="forged", X_Edge_Location="forged")
    sent = answer.json()["headers"]
    assert sent["via"].endswith(".cloudfront.net (CloudFront)")
    assert sent["x-amz-cf-id"] == answer.headers["x-amz-cf-id"] != "forged"
    assert "x-edge-location" not in sent
    assert answer.headers["via"].endswith(".cloudfront.net (CloudFront)")
    assert answer.headers["x-cache"] == "Miss from cloudfront"
    assert answer.headers["x-amz-cf-pop"]


def test_hop_by_hop_headers_stay_behind(viewer: Viewer) -> None:
    sent = viewer.get("/oac/x", TE="trailers", Proxy_Authorization="x").json()["headers"]
    assert not {"te", "proxy-authorization"} & set(sent)


def test_the_origins_path_comes_first(viewer: Viewer) -> None:
    assert viewer.get("/under/x").json()["path"] == "/api/under/x"


def test_a_large_body_comes_whole(viewer: Viewer) -> None:
    assert viewer.get("/oac/x?size=3000000").body == b"x" * 3_000_000


def test_the_response_headers_policy_is_applied_to_misses_and_hits(viewer: Viewer) -> None:
    for _ in range(2):
        answer = viewer.get("/style.css")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["strict-transport-security"].startswith("max-age=63072000; incl")
        assert (answer.headers["x-frame-options"], answer.headers["x-policy"]) == (
            "DENY",
            "applied",
        )


def test_several_cookies_come_back_each_on_its_line(viewer: Viewer) -> None:
    assert viewer.get("/oac/x?cookie=1").headers["set-cookie"] == "seen=1; Path=/, also=2"


def test_head_has_the_headers_and_no_body(viewer: Viewer) -> None:
    answer = viewer.request("HEAD", "/style.css")
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "5000", b"")
