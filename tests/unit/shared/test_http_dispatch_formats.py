"""One handler, two formats: what a REST API sends is read as what a URL or an HTTP API sends."""

from __future__ import annotations

import json
from base64 import b64encode
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import http_dispatch
from http_dispatch import Answer, Request, dispatch

EVENTS = Path(__file__).with_name("events")
FORMATS = {
    name: json.loads((EVENTS / f"{name}.json").read_text()) for name in ("rest_api", "http_api")
}
Event = dict[str, Any]


@pytest.fixture(params=FORMATS)
def event(request: pytest.FixtureRequest) -> Event:
    return deepcopy(FORMATS[request.param])


@pytest.fixture
def rest() -> Event:
    return deepcopy(FORMATS["rest_api"])


def answered(event: Event) -> dict[str, Any]:
    def echo(request: Request) -> Answer:
        seen = {"caller": request.caller, "id": request.parameters["id"], "query": request.query}
        return Answer(200, json.dumps(seen).encode())

    return dispatch(event, None, {("orders", "{id}"): {"GET": echo}}, lambda _: None)


def test_method_and_path_are_those_of_the_request(event: Event) -> None:
    request = Request(event)
    assert (request.method, request.path) == ("GET", "/orders/a%20b")


def test_the_stage_is_no_part_of_the_path(rest: Event) -> None:
    assert rest["requestContext"]["path"] == "/live/orders/a%20b"
    assert Request(rest).path == "/orders/a%20b"


def test_parameters_of_the_path_are_decoded(event: Event) -> None:
    assert json.loads(answered(event)["body"])["id"] == "a b"


def test_query_values_are_decoded_once_and_keep_their_order(event: Event) -> None:
    assert Request(event).query == {"tag": ["a+b", "50%25"], "empty": [""]}


def test_headers_are_known_by_lower_case_name_and_joined(event: Event) -> None:
    headers = Request(event).headers
    assert (headers["content-type"], headers["x-tag"]) == ("application/json", "one,two")


def test_the_subject_of_a_token_is_the_caller(event: Event) -> None:
    assert Request(event).caller == "1c9a4f7e-subject"


@pytest.mark.parametrize("user", ["AIDACKCEVSQ6C2EXAMPLE", "AROACKCEVSQ6C2EXAMPLE:session"])
def test_the_iam_user_or_role_is_the_caller_whatever_its_session(rest: Event, user: str) -> None:
    del rest["requestContext"]["authorizer"]
    rest["requestContext"]["identity"] |= {"user": user, "caller": user}
    assert Request(rest).caller == user.partition(":")[0]


def test_who_signed_is_one_caller_in_both_formats(rest: Event) -> None:
    user = "AROACKCEVSQ6C2EXAMPLE:session"
    other = deepcopy(FORMATS["http_api"])
    other["requestContext"]["authorizer"] = {"iam": {"userId": user}}
    del rest["requestContext"]["authorizer"]
    rest["requestContext"]["identity"]["user"] = user
    assert Request(rest).caller == Request(other).caller


def test_an_unknown_caller_is_the_account(event: Event) -> None:
    del event["requestContext"]["authorizer"]
    assert Request(event).caller == "123456789012"


def test_what_is_null_in_a_bare_rest_request_is_empty(rest: Event) -> None:
    rest |= {"multiValueHeaders": None, "multiValueQueryStringParameters": None, "body": None}
    request = Request(rest)
    assert (request.headers, request.query, request.body) == ({}, {}, b"")


def test_a_binary_body_is_decoded(rest: Event) -> None:
    rest |= {"body": b64encode(b"\xff\x00").decode(), "isBase64Encoded": True}
    assert Request(rest).body == b"\xff\x00"


def test_the_answer_has_one_form(event: Event) -> None:
    answer = answered(event)
    assert answer.keys() == {"statusCode", "headers", "body", "isBase64Encoded"}
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, False)


@pytest.mark.parametrize("broken", [{"httpMethod": None}, {"path": None}, {"requestContext": None},
                                    {"multiValueHeaders": {"a": None}},
                                    {"multiValueQueryStringParameters": {"a": None}},
                                    {"multiValueHeaders": "a"}])  # fmt: skip
def test_a_broken_rest_event_is_answered_and_not_raised(rest: Event, broken: Event) -> None:
    assert answered(rest | broken)["statusCode"] in {400, 500}


def test_an_event_of_neither_format_is_a_problem_that_names_them() -> None:
    answer = answered({"requestContext": {}})
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["detail"] == (
        "This is no HTTP event of payload format 1.0 or 2.0"
    )


@pytest.mark.parametrize(
    ("allowed", "sent"),
    [("https://shop.example.com", True), ("https://other.example.com", False), ("", False)],
)
def test_only_origins_that_are_named_may_read_an_answer(
    rest: Event, monkeypatch: pytest.MonkeyPatch, allowed: str, sent: bool
) -> None:
    monkeypatch.setattr(http_dispatch, "_ORIGINS", allowed.split(","))
    rest["multiValueHeaders"]["Origin"] = ["https://shop.example.com"]
    headers = answered(rest)["headers"]
    assert headers.get("access-control-allow-origin") == (
        "https://shop.example.com" if sent else None
    )
    assert ("vary" in headers) == sent


def test_an_answer_to_no_browser_has_no_cors_header(
    rest: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_dispatch, "_ORIGINS", ["*"])
    assert "access-control-allow-origin" not in answered(rest)["headers"]
