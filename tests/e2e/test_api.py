"""The order API as its callers and operators see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tools.order_service.orders import ORDER

if TYPE_CHECKING:
    from tests.e2e.conftest import Stack


def log_lines(stack: Stack) -> list[str]:
    """Return every line in the API's log group."""
    logs = stack.local.client("logs")
    group = f"/aws/lambda/{stack.outputs['functions']['orders_api']}"
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    return [event["message"] for page in pages for event in page["events"]]


def test_an_order_that_was_placed_is_read_back_whole(stack: Stack) -> None:
    placed = stack.client().post_json("/orders", ORDER)
    read = stack.client().request("GET", placed.headers["location"])
    assert read.json() == placed.json()


def test_a_problem_is_told_as_rfc_9457_has_it(stack: Stack) -> None:
    answer = stack.client().request("GET", "/orders/nosuchorder")
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_a_method_that_the_path_does_not_have_is_answered_with_allow(stack: Stack) -> None:
    answer = stack.client().request("PUT", "/orders")
    assert answer.status == 405
    assert {method.strip() for method in answer.headers["allow"].split(",")} >= {"GET", "POST"}


def test_a_body_that_is_not_json_by_its_type_is_refused(stack: Stack) -> None:
    answer = stack.client().request("POST", "/orders", b"<order/>", {"Content-Type": "text/xml"})
    assert answer.status == 415


def test_the_log_has_a_json_line_with_the_request_id_of_the_answer(stack: Stack) -> None:
    answer = stack.client().post_json("/orders", ORDER)
    lines = [json.loads(line) for line in log_lines(stack) if line.startswith("{")]
    assert answer.headers["x-request-id"] in {line.get("request_id") for line in lines}


def test_the_log_never_has_a_body_or_a_key(stack: Stack) -> None:
    marked = ORDER | {"customer": "never-in-a-log@example.com"}
    stack.client().post_json("/orders", marked, **{"Idempotency-Key": "never-in-a-log-either"})
    stack.client().post_json("/orders", marked | {"lines": "never-in-a-log"})
    assert not [line for line in log_lines(stack) if "never-in-a-log" in line]
