"""The edge starts, sees changes, stops and leaves nothing; and only this machine reaches it."""

from __future__ import annotations

import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.local_edge.site import behavior
from tools.local_aws import principals, server
from tools.local_edge import process
from tools.local_edge.client import Viewer
from tools.local_edge.server import Edge, EdgeError, running
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.local_edge.site import Site
    from tools.local_aws.server import Server


@pytest.fixture
def config(site_aws: Server, site_edge: Edge, site: Site) -> Iterator[dict[str, Any]]:
    """The distribution's configuration, to be changed; it comes back as it was."""
    cloudfront = site_aws.client("cloudfront")
    before = cloudfront.get_distribution_config(Id=site.id)["DistributionConfig"]
    yield cloudfront.get_distribution_config(Id=site.id)["DistributionConfig"]
    etag = cloudfront.get_distribution_config(Id=site.id)["ETag"]
    cloudfront.update_distribution(Id=site.id, IfMatch=etag, DistributionConfig=before)
    site_edge.refresh()


def change(site_aws: Server, site_edge: Edge, site: Site, config: dict[str, Any]) -> None:
    cloudfront = site_aws.client("cloudfront")
    etag = cloudfront.get_distribution_config(Id=site.id)["ETag"]
    cloudfront.update_distribution(Id=site.id, IfMatch=etag, DistributionConfig=config)
    site_edge.refresh()


def test_a_changed_distribution_is_served_as_it_is_now(
    viewer: Viewer, site_aws: Server, site_edge: Edge, site: Site, config: dict[str, Any]
) -> None:
    viewer.get("/style.css")
    config["DefaultRootObject"] = "style.css"
    change(site_aws, site_edge, site, config)
    assert viewer.get("/").body == b"a" * 5000


def test_changes_are_seen_without_being_told(
    site_aws: Server, site_edge: Edge, site: Site, config: dict[str, Any]
) -> None:
    with running(site_aws, interval=0.1) as other:
        viewer = Viewer(other.port, other.ca_bundle, site.domain)
        config["DefaultRootObject"] = "style.css"
        change(site_aws, site_edge, site, config)
        until("the other page", lambda: viewer.get("/").body == b"a" * 5000, seconds=5)
        viewer.close()


@pytest.mark.parametrize(
    ("change_of", "reason"),
    [
        ({"WebACLId": "arn:x"}, "there is no WAF here"),
        ({"Enabled": False}, "it is disabled"),
        ({"CachePolicyId": ""}, "ForwardedValues are not served"),
        ({"TargetOriginId": "group"}, "origin groups are not served"),
        ({"function": "arn:aws:lambda:us-east-1:123456789012:function:x:live"}, "not the ARN of"),
        ({"function": "arn:aws:lambda:eu-west-1:123456789012:function:x:1"}, "not the ARN of"),
    ],
)
def test_what_the_edge_does_not_do_is_refused_by_name(  # noqa: PLR0917  fixtures
    viewer: Viewer, site_aws: Server, site_edge: Edge, site: Site, config: dict[str, Any],
    change_of: dict[str, Any], reason: str,
) -> None:  # fmt: skip
    default = config["DefaultCacheBehavior"]
    if "function" in change_of:
        functions = {"origin-request": change_of["function"]}
        default |= behavior("site", functions=functions)
    elif set(change_of) <= set(default):
        default |= change_of
    else:
        config |= change_of
    change(site_aws, site_edge, site, config)
    answer = viewer.get("/")
    assert answer.status == 503
    assert reason in answer.body.decode()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])  # noqa: S104
def test_nothing_but_loopback_is_bound(site_aws: Server, host: str) -> None:
    with pytest.raises(EdgeError, match="loopback only"):
        Edge(site_aws, host=host)


def test_a_port_that_is_taken_is_said(site_aws: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        site_edge = Edge(site_aws, port=other.getsockname()[1])
        with pytest.raises(EdgeError, match="cannot be had"):
            site_edge.start()


def test_it_stops_with_connections_open_and_leaves_no_thread_and_no_user(
    site_aws: Server, site: Site
) -> None:
    before = set(threading.enumerate())
    users = principals.names(site_aws)
    site_edge = Edge(site_aws)
    site_edge.start()
    viewer = Viewer(site_edge.port, site_edge.ca_bundle, site.domain)
    viewer.get("/")
    began = time.monotonic()
    site_edge.stop()
    assert time.monotonic() - began < 4
    assert set(threading.enumerate()) == before
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", site_edge.port))
    viewer.close()
    assert principals.names(site_aws) <= users


def test_no_thread_is_taken_by_a_request(site_edge: Edge, site: Site) -> None:
    before = threading.active_count()
    viewer = Viewer(site_edge.port, site_edge.ca_bundle, site.domain, connections=40)
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda n: viewer.get(f"/oac/{n}"), range(40)))
        assert threading.active_count() <= before + 40
    assert {answer.status for answer in answers} == {200}
    viewer.close()


def test_no_secret_and_no_body_is_logged(viewer: Viewer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="local_edge"):
        viewer.request("POST", "/signed/x", b"a-body", {"Authorization": "Bearer a-token"})
        viewer.get("/unsigned/x", Authorization="Bearer a-token")
    assert "a-token" not in caplog.text
    assert "a-body" not in caplog.text


def test_a_process_ends_with_its_local_aws_and_does_not_hold_it_up(tmp_path: Path) -> None:
    home = tmp_path / "local-aws"
    server.up(home)
    started, _ = process.up(home)
    began = time.monotonic()
    server.down(home)
    assert time.monotonic() - began < 5
    assert process._children.pop(started.pid).wait(timeout=10) == 0


def test_as_a_process_it_stays_up_and_ends(site_aws: Server, site: Site) -> None:
    started, now = process.up(site_aws.home)
    try:
        assert now
        assert process.up(site_aws.home) == (started, False)
        viewer = Viewer(started.port, started.ca_bundle, site.domain)
        assert viewer.get("/").status == 200
        viewer.close()
    finally:
        assert process.down(site_aws.home)
    assert process.find(site_aws.home) is None
    assert not process.down(site_aws.home)
