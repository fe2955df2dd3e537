"""The order API as its callers and operators see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tools.local_aws import logs
from tools.order_service.orders import ORDER

if TYPE_CHECKING:
    from tools.local_aws.http import UrlClient
    from tools.order_service.service import Service


@pytest.fixture(scope="module")
def api(service: Service) -> UrlClient:
    """The function URL, to one who may call it."""
    return service.door("url", service.caller)


def log_lines(service: Service) -> list[str]:
    """Return every line in the API's log group."""
    group = f"/aws/lambda/{service.outputs['functions']['orders_api']}"
    return logs.messages(service.client("logs"), group)


def test_an_order_that_was_placed_is_read_back_whole(api: UrlClient) -> None:
    placed = api.post_json("/orders", ORDER)
    read = api.request("GET", placed.headers["location"])
    assert read.json() == placed.json()


def test_a_problem_is_told_as_rfc_9457_has_it(api: UrlClient) -> None:
    answer = api.request("GET", "/orders/nosuchorder")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_a_method_that_the_path_does_not_have_is_answered_with_allow(api: UrlClient) -> None:
    answer = api.request("PUT", "/orders")
    assert answer.status == 405
    assert {method.strip() for method in answer.headers["allow"].split(",")} >= {"GET", "POST"}


def test_a_body_that_is_not_json_by_its_type_is_refused(api: UrlClient) -> None:
    answer = api.request("POST", "/orders", b"<order/>", {"Content-Type": "text/xml"})
    assert answer.status == 415


def test_the_log_has_a_json_line_with_the_request_id_of_the_answer(
    api: UrlClient, service: Service
) -> None:
    answer = api.post_json("/orders", ORDER)
    lines = [json.loads(line) for line in log_lines(service) if line.startswith("{")]
    assert answer.headers["x-request-id"] in {line.get("request_id") for line in lines}


def test_the_log_never_has_a_body_or_a_key(api: UrlClient, service: Service) -> None:
    marked = ORDER | {"customer": "never-in-a-log@example.com"}
    api.post_json("/orders", marked, **{"Idempotency-Key": "never-in-a-log-either"})
    api.post_json("/orders", marked | {"lines": "never-in-a-log"})
    assert not [line for line in log_lines(service) if "never-in-a-log" in line]
