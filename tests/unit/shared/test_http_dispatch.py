"""From an HTTP event of payload format 2.0 to its answer."""

from __future__ import annotations

import json
from base64 import b64encode
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import http_dispatch
from http_dispatch import MAX_BODY, TITLES, Answer, Problem, Request, dispatch
from tests.unit import strategies
from tests.unit.http_events import event_file, url_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from http_dispatch import Route
    from tests.unit.http_events import Event

REQUEST_ID = "8f507cfc-example-4697-b07a-ac58fc914c95"
SECRET = "what only the server may know"


class Context:
    aws_request_id = REQUEST_ID


class BrokenRuleError(Exception):
    """An exception of the application's own."""


def echo(request: Request) -> Answer:
    """Answer with what arrived."""
    seen = {
        "method": request.method,
        "path": request.path,
        "parameters": request.parameters,
        "query": request.query,
        "caller": request.caller,
        "body": request.body.decode("latin-1"),
    }
    return Answer(200, json.dumps(seen).encode(), etag="1")


def read_json(request: Request) -> Answer:
    return Answer(201, request.json_body())


def read_one(request: Request) -> Answer:
    return Answer(200, json.dumps(request.one("limit")).encode())


def break_rule(request: Request) -> Answer:  # noqa: ARG001  a route
    raise BrokenRuleError


def fail(request: Request) -> Answer:  # noqa: ARG001  a route
    raise RuntimeError(SECRET)


ROUTES: dict[tuple[str, ...], dict[str, Route]] = {
    ("things",): {"GET": echo, "POST": read_json},
    ("things", "{id}"): {"GET": echo, "PUT": echo, "DELETE": break_rule},
    ("things", "{id}", "close"): {"POST": echo},
    ("one",): {"GET": read_one},
    ("broken",): {"GET": fail},
}


def problem_of(error: Exception) -> Problem | None:
    """Know the application's own exception, and no other."""
    return Problem(409, "The rule is broken") if isinstance(error, BrokenRuleError) else None


def answer_to(event: object, context: object = None) -> dict[str, Any]:
    """Return what `dispatch` gives."""
    return dispatch(event, context or Context(), ROUTES, problem_of)


def ask(method: str, path: str, **rest: Any) -> dict[str, Any]:  # noqa: ANN401  of url_event
    """Return what `dispatch` gives for a function URL's event."""
    return answer_to(url_event(method, path, **rest))


def seen(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what the route `echo` saw."""
    assert answer["statusCode"] == 200, answer
    read: dict[str, Any] = json.loads(answer["body"])
    return read


def told(answer: dict[str, Any], status: int) -> dict[str, Any]:
    """Return the problem that `answer` tells, which has this status."""
    assert answer["statusCode"] == status, answer
    assert answer["headers"]["content-type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer["body"])
    assert problem["status"] == status
    return problem


def log_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


class TestPrefix:
    @pytest.fixture(autouse=True)
    def under_api(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http_dispatch, "_PREFIX", "/api")

    @pytest.mark.parametrize("path", ["/api/things/7", "/things/7"])
    def test_a_route_is_found_with_and_without_the_prefix(self, path: str) -> None:
        assert seen(ask("GET", path))["parameters"] == {"id": "7"}

    @pytest.mark.parametrize("path", ["/api", "/api/", "/apithings/7", "/api/api/things/7"])
    def test_nothing_else_is_a_route(self, path: str) -> None:
        told(ask("GET", path), 404)


class TestRequest:
    def test_a_function_urls_event_is_read(self) -> None:
        event = event_file("function_url")
        answer = dispatch(event, Context(), {("orders",): {"POST": echo}}, problem_of)
        assert seen(answer) == {
            "method": "POST", "path": "/orders", "parameters": {}, "query": {},
            "caller": "AIDACKCEVSQ6C2EXAMPLE", "body": event["body"],
        }  # fmt: skip

    def test_an_http_apis_event_is_read(self) -> None:
        answer = dispatch(
            event_file("http_api_jwt"), Context(), {("orders",): {"GET": echo}}, problem_of
        )
        assert seen(answer) == {
            "method": "GET", "path": "/orders", "parameters": {},
            "query": {"status": ["placed"], "limit": ["10"]},
            "caller": "auth0|ada", "body": "",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "name",
        ["cookies", "headers", "queryStringParameters", "rawQueryString", "pathParameters",
         "stageVariables", "routeKey", "version", "body", "isBase64Encoded"],
    )  # fmt: skip
    def test_a_field_that_a_request_may_lack_may_be_missing(self, name: str) -> None:
        event = url_event("GET", "/things")
        event.pop(name, None)
        assert answer_to(event)["statusCode"] == 200

    @pytest.mark.parametrize("name", ["requestContext", "rawPath"])
    def test_a_field_that_every_request_has_may_not_be_missing(self, name: str) -> None:
        event = url_event("GET", "/things")
        del event[name]
        assert "no HTTP event" in told(answer_to(event), 400)["detail"]

    @pytest.mark.parametrize("name", ["headers", "rawQueryString", "body", "cookies"])
    def test_null_is_as_good_as_missing(self, name: str) -> None:
        event = url_event("GET", "/things") | {name: None}
        assert answer_to(event)["statusCode"] == 200

    def test_a_body_in_base64_is_decoded(self) -> None:
        event = url_event("PUT", "/things/1", body=b64encode(b"\x00\xff\n").decode())
        event["isBase64Encoded"] = True
        assert seen(answer_to(event))["body"] == "\x00\xff\n"

    @pytest.mark.parametrize("body", ["e30", "e30=\n", "e30= ", "{}", "é", "e-_="])
    def test_a_body_in_broken_base64_is_refused(self, body: str) -> None:
        event = url_event("PUT", "/things/1", body=body) | {"isBase64Encoded": True}
        assert "no HTTP event" in told(answer_to(event), 400)["detail"]

    def test_a_text_body_is_read_as_utf_8(self) -> None:
        assert seen(ask("PUT", "/things/1", body="é"))["body"] == "Ã©"

    def test_a_parameter_that_is_there_twice_has_both_values_in_order(self) -> None:
        assert seen(ask("GET", "/things", query="a=2&b=x&a=1"))["query"] == {
            "a": ["2", "1"], "b": ["x"],
        }  # fmt: skip

    def test_the_query_is_decoded(self) -> None:
        query = "caf%C3%A9=a%26b+c%20d&empty="
        assert seen(ask("GET", "/things", query=query))["query"] == {
            "café": ["a&b c d"], "empty": [""],
        }  # fmt: skip

    def test_a_comma_in_a_parameter_is_part_of_it(self) -> None:
        assert seen(ask("GET", "/things", query="a=1,2"))["query"] == {"a": ["1,2"]}

    def test_a_parameter_that_a_route_wants_once_may_be_there_once(self) -> None:
        assert json.loads(ask("GET", "/one", query="limit=5")["body"]) == "5"

    def test_a_parameter_that_a_route_wants_once_may_be_missing(self) -> None:
        assert json.loads(ask("GET", "/one", query="other=5")["body"]) is None

    def test_a_parameter_that_a_route_wants_once_may_not_be_there_twice(self) -> None:
        problem = told(ask("GET", "/one", query="limit=5&limit=5"), 400)
        assert problem["detail"] == "The query has limit 2 times: give it once"


class TestCaller:
    def of(self, **context: object) -> str:
        event = url_event("GET", "/things")
        del event["requestContext"]["authorizer"]
        event["requestContext"] |= context
        return str(seen(answer_to(event))["caller"])

    def test_a_user_is_its_unique_id(self) -> None:
        assert self.of(authorizer={"iam": {"userId": "AIDAEXAMPLE"}}) == "AIDAEXAMPLE"

    def test_all_sessions_of_a_role_are_one_caller(self) -> None:
        assert self.of(authorizer={"iam": {"userId": "AROAEXAMPLE:one"}}) == "AROAEXAMPLE"

    def test_a_token_is_its_subject(self) -> None:
        assert self.of(authorizer={"jwt": {"claims": {"sub": "auth0|ada"}}}) == "auth0|ada"

    @pytest.mark.parametrize(
        "authorizer",
        [None, {}, {"iam": None}, {"jwt": None}, {"jwt": {"claims": None}},
         {"jwt": {"claims": {}}}, {"lambda": {"tenant": "1"}}],
    )  # fmt: skip
    def test_else_it_is_the_account(self, authorizer: object) -> None:
        assert self.of(authorizer=authorizer) == "123456789012"

    def test_an_anonymous_caller_is_what_aws_says(self) -> None:
        assert self.of(accountId="anonymous") == "anonymous"


class TestRoutes:
    @pytest.mark.parametrize(
        ("sent", "read"),
        [
            ("1", "1"),
            ("caf%C3%A9", "café"),
            ("café", "café"),
            ("%F0%9F%98%80", "😀"),
            ("a%2Fb", "a/b"),
            ("a+b", "a+b"),
            ("%7Bid%7D", "{id}"),
            ("{id}", "{id}"),
            ("%", "%"),
            ("%ff", "\ufffd"),
            ("%00", "\0"),
            ("..", ".."),
        ],
    )
    def test_a_segment_becomes_a_parameter_decoded_once(self, sent: str, read: str) -> None:
        assert seen(ask("GET", f"/things/{sent}"))["parameters"] == {"id": read}

    def test_a_slash_at_the_end_changes_nothing(self) -> None:
        assert seen(ask("GET", "/things/"))["path"] == "/things/"

    def test_the_method_may_be_in_lower_case(self) -> None:
        assert seen(ask("get", "/things"))["method"] == "GET"

    @pytest.mark.parametrize(
        "path", ["/", "", "/thing", "/Things", "/things/1/open", "/things/1/close/2", "/{hing}"]
    )
    def test_another_path_is_404(self, path: str) -> None:
        assert told(ask("GET", path), 404)["title"] == "Not Found"

    @pytest.mark.parametrize(
        ("path", "allowed"),
        [
            ("/things", "GET, HEAD, POST"),
            ("/things/1", "DELETE, GET, HEAD, PUT"),
            ("/things/1/close", "POST"),
        ],
    )
    def test_another_method_is_405_with_all_that_are_allowed(self, path: str, allowed: str) -> None:
        answer = ask("PATCH", path)
        assert told(answer, 405)["detail"] == f"PATCH is not for this path: use {allowed}"
        assert answer["headers"]["allow"] == allowed


class TestHead:
    def test_it_has_the_status_and_headers_of_get(self) -> None:
        got, headed = ask("GET", "/things"), ask("HEAD", "/things")
        assert (headed["statusCode"], headed["headers"]) == (got["statusCode"], got["headers"])

    def test_it_has_no_body(self) -> None:
        assert ask("HEAD", "/things")["body"] == ""

    def test_a_problem_has_no_body_either(self) -> None:
        answer = ask("HEAD", "/nothing")
        assert (answer["statusCode"], answer["body"]) == (404, "")

    def test_it_is_not_allowed_where_get_is_not(self) -> None:
        answer = ask("HEAD", "/things/1/close")
        assert (answer["statusCode"], answer["headers"]["allow"]) == (405, "POST")


class TestJsonBody:
    @pytest.mark.parametrize(
        "kind",
        ["application/json", "Application/JSON", "application/json;charset=utf-8",
         'application/json; charset="UTF-8"', "application/json ;  charset = utf-8"],
    )  # fmt: skip
    def test_json_in_utf_8_is_taken(self, kind: str) -> None:
        answer = ask("POST", "/things", body={}, headers={"content-type": kind})
        assert answer["statusCode"] == 201

    def test_the_name_of_the_header_may_be_in_capitals(self) -> None:
        event = url_event("POST", "/things", body={})
        event["headers"] = {"Content-Type": "application/json"}
        assert answer_to(event)["statusCode"] == 201

    @pytest.mark.parametrize(
        "kind",
        ["", "text/plain", "application/xml", "application/jsonp", "application/problem+json",
         "application/json; charset=latin-1", "application/json; version=2", "json", ";"],
    )  # fmt: skip
    def test_another_type_is_415(self, kind: str) -> None:
        answer = ask("POST", "/things", body={}, headers={"content-type": kind})
        assert told(answer, 415)["detail"] == "Send Content-Type: application/json, in UTF-8"

    def test_no_type_is_415(self) -> None:
        event = url_event("POST", "/things", body={})
        del event["headers"]["content-type"]
        told(answer_to(event), 415)

    @pytest.mark.parametrize("body", [None, ""])
    def test_no_body_is_400(self, body: str | None) -> None:
        assert "empty" in told(ask("POST", "/things", body=body), 400)["detail"]


class TestSize:
    def test_the_largest_body_is_taken(self) -> None:
        assert ask("PUT", "/things/1", body="a" * MAX_BODY)["statusCode"] == 200

    def test_one_byte_more_is_413_with_both_numbers(self) -> None:
        problem = told(ask("PUT", "/things/1", body="a" * (MAX_BODY + 1)), 413)
        assert problem["detail"] == "The body has 65537 bytes, and 65536 is the most"

    def test_bytes_are_counted_and_not_characters(self) -> None:
        told(ask("PUT", "/things/1", body="é" * (MAX_BODY // 2 + 1)), 413)

    @pytest.mark.parametrize(("size", "status"), [(MAX_BODY, 200), (MAX_BODY + 1, 413)])
    def test_bytes_are_counted_as_they_are_without_base64(self, size: int, status: int) -> None:
        event = url_event("PUT", "/things/1", body=b64encode(bytes(size)).decode())
        assert answer_to(event | {"isBase64Encoded": True})["statusCode"] == status

    @pytest.mark.parametrize(("size", "status"), [(99_999, 200), (100_000, 413)])
    def test_a_route_may_take_larger_ones(self, size: int, status: int) -> None:
        def taken(request: Request) -> Answer:
            return Answer(200, b"%d" % len(request.body))

        event = url_event("PUT", "/things", body="a" * size)
        answer = dispatch(
            event, Context(), {("things",): {"PUT": taken}}, problem_of, {"/things": 99_999}
        )
        assert answer["statusCode"] == status


class TestProblems:
    @pytest.mark.parametrize("status", TITLES)
    def test_a_problem_is_told_as_rfc_9457_has_it(self, status: int) -> None:
        def broken(request: Request) -> Answer:  # noqa: ARG001  a route
            raise Problem(status, "Why")

        answer = dispatch(
            url_event("GET", "/things"), Context(), {("things",): {"GET": broken}}, problem_of
        )
        assert told(answer, status) == {
            "type": "about:blank", "title": TITLES[status], "status": status,
            "detail": "Why", "instance": "/things",
        }  # fmt: skip

    def test_every_wrong_field_is_told_with_its_pointer(self) -> None:
        wrong = [("/a", "Missing"), ("/b/0", "Too small")]
        answer = Problem(400, "Two fields", errors=wrong).answer("/things")
        assert json.loads(answer.body)["errors"] == [
            {"pointer": "/a", "detail": "Missing"}, {"pointer": "/b/0", "detail": "Too small"},
        ]  # fmt: skip

    def test_a_problems_headers_are_the_answers(self) -> None:
        answer = Problem(503, None, headers={"retry-after": "1"}).answer("")
        assert answer.headers["retry-after"] == "1"

    def test_an_exception_of_the_applications_own_is_its_problem(self) -> None:
        assert told(ask("DELETE", "/things/1"), 409)["detail"] == "The rule is broken"

    def test_an_unexpected_exception_is_500_without_detail(self) -> None:
        assert told(ask("GET", "/broken"), 500) == {
            "type": "about:blank", "title": "Internal Server Error", "status": 500,
            "instance": "/broken",
        }  # fmt: skip

    def test_an_unexpected_exceptions_answer_has_the_request_id(self) -> None:
        assert ask("GET", "/broken")["headers"]["x-request-id"] == REQUEST_ID

    def test_an_unexpected_exception_is_logged_with_its_place(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ask("GET", "/broken")
        line = log_lines(capsys)[0]
        assert (line["level"], line["message"], line["error"], line["request_id"]) == (
            "ERROR", "unexpected", "RuntimeError", REQUEST_ID,
        )  # fmt: skip
        assert "in fail" in line["stack"]

    def test_what_an_unexpected_exception_says_is_not_logged(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ask("GET", "/broken")
        assert SECRET not in capsys.readouterr().out


class TestAnswer:
    def test_it_has_what_lambda_wants(self) -> None:
        assert ask("POST", "/things", body={}) == {
            "statusCode": 201,
            "headers": {
                "content-type": "application/json",
                "cache-control": "no-store",
                "x-request-id": REQUEST_ID,
            },
            "body": "{}",
            "isBase64Encoded": False,
        }

    def test_it_has_the_routes_headers(self) -> None:
        assert ask("GET", "/things")["headers"]["etag"] == "1"

    def test_it_is_given_without_a_context_too(self) -> None:
        assert dispatch(url_event("GET", "/things"), None, ROUTES, problem_of)["statusCode"] == 200


class TestLog:
    def test_a_request_is_one_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        ask("GET", "/things/1")
        (line,) = log_lines(capsys)
        assert line.pop("milliseconds") >= 0
        assert line.pop("timestamp")
        assert line == {
            "level": "INFO", "message": "request", "request_id": REQUEST_ID,
            "method": "GET", "route": "/things/{id}", "status": 200, "correlation_id": REQUEST_ID,
        }  # fmt: skip

    @pytest.mark.parametrize(("path", "level"), [("/nothing", "INFO"), ("/broken", "ERROR")])
    def test_only_a_problem_of_the_servers_is_an_error(
        self, path: str, level: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ask("GET", path)
        assert log_lines(capsys)[-1]["level"] == level

    @pytest.mark.parametrize("path", ["/things", "/things/1", "/nothing", "/broken"])
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
    def test_nothing_that_the_client_sent_but_the_method_is_logged(
        self, method: str, path: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sent = "sent-by-the-client"
        ask(
            method, f"{path}/{sent}" if path == "/nothing" else path,
            query=f"q={sent}", body=f'["{sent}"]',
            headers={"content-type": "application/json", "idempotency-key": sent},
        )  # fmt: skip
        assert sent not in capsys.readouterr().out


# --- malformed events -----------------------------------------------------------------------------

surrogates = st.sampled_from(["\ud800", "a\udfff", "/things\ud834"])
numbers = st.integers(1) | st.integers(max_value=-1) | st.sampled_from([0.5, 1e300, True])
arrays = st.lists(strategies.scalars, min_size=1, max_size=2)
no_text = numbers | arrays | st.dictionaries(st.just("a"), strategies.scalars, min_size=1)
no_object = numbers | arrays | st.text(min_size=1, max_size=5)
missing = st.just(...)

BREAKS: dict[tuple[str, ...], st.SearchStrategy[Any]] = {
    ("requestContext",): missing | no_object | st.sampled_from([None, {}, [], ""]),
    ("requestContext", "http"): missing | no_object | st.sampled_from([None, {}, [], ""]),
    ("requestContext", "http", "method"): missing | no_text | st.none() | surrogates,
    ("requestContext", "authorizer"): no_object,
    ("requestContext", "authorizer", "iam"): no_object,
    ("requestContext", "authorizer", "iam", "userId"): surrogates,
    ("rawPath",): missing | no_text | st.none() | surrogates,
    ("rawQueryString",): no_text | surrogates.map("a={}".format) | surrogates.map("{}=a".format),
    ("headers",): no_object,
    ("headers", "accept"): no_text | st.none() | surrogates,
    ("headers", "\ud800"): st.just("1"),
    ("body",): no_text | surrogates,
}
"""Where an event breaks, and what breaks it."""


@st.composite
def malformed_events(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Event:
    """Return an event that is right but for one to three fields."""
    event = url_event(draw(st.sampled_from(["GET", "HEAD"])), "/things", query="a=1", body="x")
    # The deepest last, so that it is still there to be broken.
    for place in sorted(draw(st.sets(st.sampled_from(list(BREAKS)), min_size=1, max_size=3)),
                        key=len, reverse=True):  # fmt: skip
        holder = event
        for name in place[:-1]:
            holder = holder[name]
        value = draw(BREAKS[place])
        if value is ...:
            del holder[place[-1]]
        else:
            holder[place[-1]] = deepcopy(value)
    return event


def assert_refused(event: object) -> None:
    answer = answer_to(event)
    assert type(answer["statusCode"]) is int
    assert 400 <= answer["statusCode"] < 500
    assert all(type(value) is str for value in answer["headers"].values())
    json.dumps(answer).encode()


class TestMalformedEvents:
    def test_the_event_that_the_others_are_made_of_is_right(self) -> None:
        assert ask("GET", "/things", query="a=1", body="x")["statusCode"] == 200

    @given(malformed_events())
    @settings(max_examples=2000)
    def test_a_broken_event_is_refused_and_nothing_is_raised(self, event: Event) -> None:
        assert_refused(event)

    @given(strategies.json_values)
    @settings(max_examples=500)
    def test_what_is_no_event_at_all_is_refused_and_nothing_is_raised(self, event: object) -> None:
        assert_refused(event)

    @pytest.mark.parametrize("name", ["s3", "sqs", "scheduled"])
    def test_an_event_of_another_service_is_refused(self, name: str) -> None:
        events = {
            "s3": {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}]},
            "sqs": {"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": "{}"}]},
            "scheduled": {"version": "0", "source": "aws.events", "detail": {}},
        }
        assert_refused(events[name])
