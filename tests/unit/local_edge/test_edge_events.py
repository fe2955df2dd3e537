"""What CloudFront shows an edge function, and what it takes of the answer."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.local_edge.events import Event, Generated, InvalidResult, Request, Shown
from tools.local_edge.headers import READ_ONLY, is_disallowed
from tools.paths import ROOT

CONFIG = {"distributionDomainName": "d.cloudfront.net", "distributionId": "E", "requestId": "R"}
ORIGIN = {
    "custom": {
        "customHeaders": {}, "domainName": "example.com", "keepaliveTimeout": 5, "path": "",
        "port": 443, "protocol": "https", "readTimeout": 30, "sslProtocols": ["TLSv1.2"],
    }
}  # fmt: skip
KINDS = ("viewer-request", "origin-request", "origin-response", "viewer-response")


def event(kind: str, body: bytes | None = b"body") -> Event:
    request = Request(
        "POST", "/a", "b=1",
        [("host", "d.cloudfront.net"), ("via", "1.1 x"), ("x-edge-secret", "s"),
         ("content-length", "4"), ("accept", "a"), ("accept", "b")],
        "192.0.2.1", origin=copy.deepcopy(ORIGIN),
    )  # fmt: skip
    return Event(
        kind, CONFIG, request, None if body is None else Shown(body, False), 200, "OK",
        [("content-type", "text/plain"), ("content-length", "4"), ("via", "1.1 y"),
         ("x-cache", "Hit")],
    )  # fmt: skip


def answer(kind: str) -> dict[str, Any]:
    """Return what a function returns that changes nothing."""
    cf: dict[str, Any] = event(kind).document()["Records"][0]["cf"]
    part: dict[str, Any] = cf["request" if kind.endswith("-request") else "response"]
    return part


def taken(kind: str, result: object) -> Any:  # noqa: ANN401  either kind's
    made = event(kind)
    return made.requested(result) if kind.endswith("-request") else made.responded(result)


def test_an_origin_request_has_the_shape_of_the_documented_event() -> None:
    documented = json.loads((ROOT / "tests/unit/events/origin_request.json").read_text())

    def shape(value: object, *, names: bool = True) -> object:
        if isinstance(value, dict):
            return {k: shape(v, names=k != "headers") for k, v in value.items()} if names else "{}"
        return type(value).__name__

    assert shape(event("origin-request").document()) == shape(documented)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unchanged_answer_is_taken_and_hidden_headers_go_on(kind: str) -> None:
    made = taken(kind, answer(kind))
    given = event(kind)
    before = given.request.headers if kind.endswith("-request") else given.response_headers
    assert sorted(made.headers) == sorted(before)


def test_hidden_headers_are_not_shown() -> None:
    assert "x-edge-secret" not in answer("viewer-request")["headers"]
    assert "x-cache" not in answer("viewer-response")["headers"]


def test_every_value_of_a_header_is_shown() -> None:
    values = [item["value"] for item in answer("viewer-request")["headers"]["accept"]]
    assert values == ["a", "b"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_read_only_header_is_refused_when_added_changed_or_removed(kind: str) -> None:
    for name in READ_ONLY[kind]:
        changed = answer(kind)
        changed["headers"][name] = [{"key": name, "value": "another"}]
        with pytest.raises(InvalidResult, match="read-only"):
            taken(kind, changed)
        removed = answer(kind)
        if removed["headers"].pop(name, None):
            with pytest.raises(InvalidResult, match="read-only"):
                taken(kind, removed)


@given(st.sampled_from(KINDS), st.sampled_from(["Connection", "X-Edge-A", "X-Amz-Cf-B", "X-Cache"]))
def test_disallowed_headers_are_refused_in_any_case(kind: str, name: str) -> None:
    assert is_disallowed(name)
    for spelled in (name, name.lower(), name.upper()):
        result = answer(kind)
        result["headers"][spelled] = [{"value": "x"}]
        with pytest.raises(InvalidResult, match="disallowed"):
            taken(kind, result)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["status", "uri", "headers", "body", "origin", "querystring", "x"]),
        inner, max_size=4),
    max_leaves=8,
))  # fmt: skip
def test_any_answer_is_taken_or_refused(result: object) -> None:
    for kind in KINDS:
        try:
            taken(kind, result)
        except InvalidResult as error:
            assert error.sentence


@pytest.mark.parametrize("items", [
    "text", [{"key": "a"}], [{"value": 1}], [{"key": "other", "value": "x"}],
    [{"value": "a\r\nb"}], [{"value": "a\0"}], ["x"], None,
])  # fmt: skip
def test_malformed_headers_are_refused(items: object) -> None:
    result = answer("origin-request")
    result["headers"]["a"] = items
    with pytest.raises(InvalidResult):
        taken("origin-request", result)


@pytest.mark.parametrize(("field", "value"), [
    ("uri", "a"), ("uri", None), ("querystring", "a b"), ("querystring", "a#b"),
    ("querystring", None), ("method", "GET"), ("uri", "/" + "a" * 8192), ("headers", []),
    ("origin", {}), ("origin", {"custom": {}, "s3": {}}), ("origin", {"other": {}}),
])  # fmt: skip
def test_malformed_requests_are_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidResult):
        taken("origin-request", answer("origin-request") | {field: value})


@pytest.mark.parametrize(("field", "value"), [
    ("domainName", ""), ("domainName", "a:443"), ("domainName", "a" * 254), ("path", "a"),
    ("path", "/a/"), ("port", 22), ("port", 70000), ("protocol", "ftp"), ("readTimeout", 0),
    ("keepaliveTimeout", "5"), ("customHeaders", []),
    ("customHeaders", {"x-cache": [{"value": "x"}]}),
    ("customHeaders", {"Accept": [{"value": "x"}]}),
])  # fmt: skip
def test_malformed_origins_are_refused(field: str, value: object) -> None:
    result = answer("origin-request")
    result["origin"]["custom"][field] = value
    with pytest.raises(InvalidResult):
        taken("origin-request", result)


def test_a_function_may_go_to_another_origin() -> None:
    result = answer("origin-request")
    other = {"authMethod": "none", "customHeaders": {}, "domainName": "b.s3.amazonaws.com",
             "path": "", "region": ""}  # fmt: skip
    assert taken("origin-request", result | {"origin": {"s3": other}}).origin == {"s3": other}


def test_an_origin_in_a_viewer_requests_answer_is_ignored() -> None:
    made = taken("viewer-request", answer("viewer-request") | {"origin": {"custom": {}}})
    assert made.origin == ORIGIN


@pytest.mark.parametrize("status", ["199", "600", "abc", "", None, "²"])
def test_a_status_that_is_none_is_refused(status: object) -> None:
    with pytest.raises(InvalidResult, match="status"):
        taken("viewer-request", {"status": status, "headers": {}})


def test_a_204_with_a_body_is_refused() -> None:
    with pytest.raises(InvalidResult, match="204"):
        taken("viewer-request", {"status": "204", "body": "x"})


@pytest.mark.parametrize(("kind", "most"), [
    ("viewer-request", 40 * 1024), ("viewer-response", 40 * 1024),
    ("origin-request", 1024**2), ("origin-response", 1024**2),
])  # fmt: skip
def test_the_limit_of_a_response_counts_headers_and_body(kind: str, most: int) -> None:
    result: dict[str, Any] = {"status": "200", "headers": {}}
    if kind.endswith("-response"):
        result = answer(kind)
    made = taken(kind, result | {"body": ""})
    used = sum(len(name) + len(value) + 4 for name, value in made.headers)
    body = "x" * (most - used)
    assert taken(kind, result | {"body": body})
    with pytest.raises(InvalidResult, match="size limit"):
        taken(kind, result | {"body": body + "x"})


@given(st.binary(max_size=200))
def test_a_binary_body_comes_as_base64(data: bytes) -> None:
    result = {"status": "200", "body": base64.b64encode(data).decode(), "bodyEncoding": "base64"}
    made = taken("origin-request", result)
    assert isinstance(made, Generated)
    assert made.body == data


@pytest.mark.parametrize(("data", "encoding"), [("a", "base64"), ("*", "base64"), ("a", "gzip")])
def test_a_body_that_is_not_what_it_says_is_refused(data: str, encoding: str) -> None:
    with pytest.raises(InvalidResult):
        taken("origin-request", {"status": "200", "body": data, "bodyEncoding": encoding})
    replacing = {"action": "replace", "data": data, "encoding": encoding}
    with pytest.raises(InvalidResult):
        taken("origin-request", answer("origin-request") | {"body": replacing})


def test_a_body_is_replaced_only_where_the_function_says_so() -> None:
    body = {"action": "read-only", "data": "", "encoding": "base64"}
    assert taken("origin-request", answer("origin-request") | {"body": body}).body is None
    body = {"action": "replace", "data": "other", "encoding": "text"}
    made = taken("origin-request", answer("origin-request") | {"body": body})
    assert made.body == b"other"
    assert ("content-length", "5") in made.headers


def test_a_function_without_include_body_cannot_replace_it() -> None:
    body = {"action": "replace", "data": "other", "encoding": "text"}
    made = event("origin-request", None).requested(answer("origin-request") | {"body": body})
    assert isinstance(made, Request)
    assert made.body is None


def test_the_answer_is_not_the_event_that_was_shown() -> None:
    made = event("origin-request")
    made.document()["Records"][0]["cf"]["request"]["origin"]["custom"]["domainName"] = "other"
    assert made.request.origin == ORIGIN
