"""Lambda@Edge: which event runs when, what it shows, and what is taken of the answer."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.local_edge.site import EDGE_REGION, function, zipped
from tools.local_aws import logs
from tools.local_edge.environments import Environments, NotStarted
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.e2e.local_edge.site import Site
    from tools.local_aws.http import Answer
    from tools.local_aws.server import Server
    from tools.local_edge.client import Viewer
    from tools.local_edge.server import Edge

REPORT = {"report": True}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def asked(viewer: Viewer, path: str, **orders: object) -> Answer:
    """GET with headers that tell the edge function what to do at each event."""
    return sent(viewer, path, orders)


def sent(
    viewer: Viewer, path: str, orders: Mapping[str, object], body: bytes | None = None
) -> Answer:
    """Send such a request: a POST if it has a body."""
    headers = {f"x-{event.replace('_', '-')}": json.dumps(order) for event, order in orders.items()}
    return viewer.request("GET" if body is None else "POST", path, body, headers)


def event_of(answer: Answer) -> dict[str, Any]:
    cf: dict[str, Any] = answer.json()["Records"][0]["cf"]
    return cf


def test_viewer_request_shows_the_viewers_request(viewer: Viewer, site: Site) -> None:
    answer = asked(viewer, "/events/a?b=1", viewer_request=REPORT)
    cf = event_of(answer)
    assert cf["config"] == {
        "distributionDomainName": site.domain,
        "distributionId": site.id,
        "eventType": "viewer-request",
        "requestId": answer.headers["x-amz-cf-id"],
    }
    request = cf["request"]
    assert (request["method"], request["uri"], request["querystring"]) == (
        "GET",
        "/events/a",
        "b=1",
    )
    assert request["clientIp"] == "127.0.0.1"
    assert request["headers"]["host"] == [{"key": "host", "value": site.domain}]
    assert request["body"] == {
        "action": "read-only", "data": "", "encoding": "base64", "inputTruncated": False,
    }  # fmt: skip
    assert "origin" not in request


def test_origin_request_shows_what_goes_to_the_origin(viewer: Viewer, site: Site) -> None:
    request = event_of(asked(viewer, "/events/a", origin_request=REPORT))["request"]
    domain = site.function_url.split("/")[2]
    assert request["headers"]["host"][0]["value"] == domain
    assert request["headers"]["x-forwarded-for"][0]["value"] == "127.0.0.1"
    assert "via" in request["headers"]
    assert request["origin"]["custom"] == {
        "customHeaders": {"x-from": [{"key": "X-From", "value": "the-edge"}]},
        "domainName": domain, "keepaliveTimeout": 5, "path": "", "port": 443,
        "protocol": "https", "readTimeout": 30, "sslProtocols": ["TLSv1.2"],
    }  # fmt: skip


def test_response_events_show_the_response_without_what_is_hidden(viewer: Viewer) -> None:
    answer = asked(viewer, "/events/a", origin_response={"say": 1})
    cf = json.loads(answer.headers["x-said-by"])
    assert (cf["response"]["status"], cf["response"]["statusDescription"]) == ("200", "OK")
    assert cf["response"]["headers"]["content-type"][0]["value"] == "application/json"
    assert not {"x-amzn-requestid", "connection"} & set(cf["response"]["headers"])
    assert "custom" in cf["request"]["origin"]
    assert "x-amzn-requestid" in answer.headers


def test_all_four_run_on_a_miss_and_the_viewers_two_on_a_hit(viewer: Viewer) -> None:
    say = {"say": 1}
    orders = {"viewer_request": {"headers": {"x-seen": "1"}}, "viewer_response": say}
    first = asked(viewer, "/cached/run", **orders, origin_response={"headers": {"x-o": "1"}})
    again = asked(viewer, "/cached/run", **orders, origin_response={"headers": {"x-o": "2"}})
    assert [it.headers["x-cache"][:4] for it in (first, again)] == ["Miss", "Hit "]
    assert first.json()["headers"]["x-seen"] == "1"
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["x-o"] == "1"
    assert json.loads(again.headers["x-said-by"])["config"]["eventType"] == "viewer-response"


def test_a_response_of_viewer_request_is_the_answer(viewer: Viewer) -> None:
    answer = asked(
        viewer, "/cached/g", viewer_response={"headers": {"x-late": "1"}},
        viewer_request={"result": {"status": "302", "headers": {
            "location": [{"value": "/elsewhere"}]}}},
    )  # fmt: skip
    assert (answer.status, answer.headers["location"]) == (302, "/elsewhere")
    assert answer.headers["x-cache"] == "LambdaGeneratedResponse from cloudfront"
    assert "x-late" not in answer.headers
    assert asked(viewer, "/cached/g").headers["x-cache"] == "Miss from cloudfront"


def test_a_response_of_origin_request_is_kept_and_passes_viewer_response(viewer: Viewer) -> None:
    made = {"status": "200", "headers": {}, "body": base64.b64encode(b"\0made").decode(),
            "bodyEncoding": "base64"}  # fmt: skip
    orders: dict[str, Any] = {
        "origin_request": {"result": made},
        "origin_response": {"headers": {"x-o": "1"}},
        "viewer_response": {"headers": {"x-v": "1"}},
    }
    first, again = (asked(viewer, "/cached/made", **orders) for _ in range(2))
    assert first.body == again.body == b"\0made"
    assert again.headers["x-cache"] == "Hit from cloudfront"
    assert "x-o" not in first.headers
    assert first.headers["x-v"] == again.headers["x-v"] == "1"


def test_viewer_response_does_not_run_when_the_origin_answers_400_or_more(viewer: Viewer) -> None:
    order = {"headers": {"x-v": "1"}}
    answer = asked(viewer, "/events/x?status=400", viewer_response=order, origin_response=order)
    assert answer.status == 400
    assert answer.headers["x-v"] == "1"  # origin-response's, which runs
    answer = asked(viewer, "/events/x?status=400", viewer_response=order)
    assert "x-v" not in answer.headers


def test_origin_response_may_change_status_and_body(viewer: Viewer) -> None:
    order = {"set": {"status": "410", "statusDescription": "x", "body": "gone"}}
    answer = asked(viewer, "/events/x", origin_response=order)
    assert (answer.status, answer.body) == (410, b"gone")
    answer = asked(viewer, "/events/x", origin_response={"set": {"status": "201", "body": "made"}})
    assert (answer.status, answer.body, answer.headers["content-length"]) == (201, b"made", "4")


def test_a_changed_uri_and_query_go_to_the_origin_of_the_same_behavior(viewer: Viewer) -> None:
    order = {"set": {"uri": "/signed/other", "querystring": "c=2"}}
    got = asked(viewer, "/events/a?b=1", viewer_request=order).json()
    assert (got["path"], got["query"]) == ("/signed/other", "c=2")


@pytest.mark.parametrize(
    ("event", "order", "sentence"),
    [
        ("viewer_request", {"headers": {"host": "other"}}, "read-only"),
        ("viewer_request", {"headers": {"connection": "close"}}, "disallowed"),
        ("origin_request", {"headers": {"via": None}}, "read-only"),
        ("origin_request", {"headers": {"x-amz-cf-id": "forged"}}, "disallowed"),
        ("origin_request", {"set": {"uri": "no-slash"}}, "invalid URI"),
        ("origin_request", {"result": None}, "must return an object"),
        ("origin_response", {"headers": {"via": "1.1 forged"}}, "read-only"),
        ("viewer_response", {"set": {"status": "201"}}, "status"),
        ("viewer_response", {"headers": {"x-cache": "Hit"}}, "disallowed"),
        ("viewer_request", {"big": 41_000}, "size limit"),
        ("origin_request", {"big": 1_100_000}, "size limit"),
    ],
)
def test_an_answer_that_cloudfront_does_not_take_is_502(
    viewer: Viewer, event: str, order: dict[str, Any], sentence: str
) -> None:
    answer = sent(viewer, "/events/x", {event: order})
    assert answer.status == 502
    assert answer.headers["x-cache"] == "LambdaValidationError from cloudfront"
    assert sentence in answer.body.decode()


def test_a_response_just_within_the_limits_is_taken(viewer: Viewer) -> None:
    assert len(asked(viewer, "/events/x", viewer_request={"big": 40 * 1024}).body) == 40 * 1024
    assert len(asked(viewer, "/events/x", origin_request={"big": 1024**2}).body) == 1024**2


def test_a_function_that_raises_is_503(viewer: Viewer) -> None:
    answer = asked(viewer, "/events/x", origin_request={"raise": "oops"})
    assert answer.status == 503
    assert answer.headers["x-cache"] == "LambdaExecutionError from cloudfront"
    assert "oops" not in answer.body.decode()


def test_a_function_that_takes_too_long_is_503(viewer: Viewer) -> None:
    answer = asked(viewer, "/events/x", origin_request={"sleep": 4})
    assert (answer.status, answer.headers["x-cache"][:20]) == (503, "LambdaExecutionError")


def test_after_a_function_whose_process_ended_the_next_event_is_answered(viewer: Viewer) -> None:
    answer = asked(viewer, "/events/x", origin_request={"die": 1})
    assert (answer.status, answer.headers["x-cache"][:20]) == (503, "LambdaExecutionError")
    assert asked(viewer, "/events/x").status == 200


def test_a_function_whose_reserved_concurrency_is_none_is_throttled(
    viewer: Viewer, site_aws: Server
) -> None:
    client = site_aws.client("lambda", EDGE_REGION)
    assert asked(viewer, "/events/x").status == 200
    client.put_function_concurrency(FunctionName="director", ReservedConcurrentExecutions=0)
    try:
        answer = asked(viewer, "/events/x")
    finally:
        client.delete_function_concurrency(FunctionName="director")
    assert answer.status == 503
    assert answer.headers["x-cache"] == "LambdaLimitExceeded from cloudfront"
    assert asked(viewer, "/events/x").status == 200


def test_a_function_that_is_deleted_does_not_go_on(site_aws: Server, site_edge: Edge) -> None:
    client = site_aws.client("lambda", EDGE_REGION)
    role_arn = client.get_function_configuration(FunctionName="director")["Role"]
    code = zipped(gone="def handler(event, context):\n    return event")
    arn = function(site_aws, "gone", code, "gone.handler", role_arn, region=EDGE_REGION)

    async def invoke() -> list[object]:
        environments = Environments(site_edge.local.home)
        try:
            answered = await environments.invoke(arn, {"n": 1})
            # Not in a thread: so asyncio has not come to tell of the end when the next event does.
            client.delete_function(FunctionName="gone")
            with pytest.raises(NotStarted, match="Function not found"):
                await environments.invoke(arn, {"n": 2})
        finally:
            await environments.close()
        return [answered]

    assert asyncio.run(invoke()) == [{"n": 1}]


def test_what_a_function_logs_is_in_its_regions_log_as_of_any_function(
    viewer: Viewer, site_aws: Server
) -> None:
    since = time.time() - 1
    asked(viewer, "/events/x", origin_request={"print": "said at the edge"})
    asked(viewer, "/events/x", origin_request={"print": "and then", "raise": "oops"})

    def lines() -> list[str]:
        client = site_aws.client("logs", EDGE_REGION)
        return logs.messages(client, "/aws/lambda/director", since=since)

    until("both logs", lambda: "said at the edge" in lines() and "and then" in lines(), seconds=10)
    at = lines().index("said at the edge")
    start, _, end, report = lines()[at - 1 : at + 3]
    request = start.removesuffix(" Version: 1").removeprefix("START ")
    assert start == f"START {request} Version: 1"
    assert end == f"END {request}"
    assert report.startswith(f"REPORT {request}\tDuration: ")
    assert any(line.startswith("ValueError: oops") for line in lines())


@pytest.mark.parametrize(
    ("event", "shown"), [("viewer_request", 40 * 1024), ("origin_request", 1024 * 1024)]
)
def test_a_body_is_shown_up_to_the_limit(viewer: Viewer, event: str, shown: int) -> None:
    for size in (shown, shown + 1):
        answer = sent(viewer, "/events/x", {event: {"shown": True}}, bytes(size))
        assert answer.json() == {"bytes": shown, "truncated": size > shown}


def test_a_body_that_is_replaced_goes_on(viewer: Viewer) -> None:
    body = {"action": "replace", "encoding": "text", "data": "instead"}
    order = {"set": {"body": body}, "headers": {"x-amz-content-sha256": sha256(b"instead")}}
    got = sent(viewer, "/events/x", {"origin-request": order}, b"original").json()
    assert (got["length"], got["sha256"]) == (7, sha256(b"instead"))


def test_a_body_over_the_limit_goes_on_whole(viewer: Viewer) -> None:
    body = bytes(range(256)) * 8000
    answer = viewer.request("POST", "/events/x", body, {"x-amz-content-sha256": sha256(body)})
    assert answer.json()["sha256"] == sha256(body)


def test_the_function_runs_as_its_role_which_may_do_nothing_else(viewer: Viewer) -> None:
    answer = asked(viewer, "/events/x", origin_request={"caller": 1})
    assert answer.body.decode() == (
        "arn:aws:sts::123456789012:assumed-role/director/director AccessDenied"
    )
