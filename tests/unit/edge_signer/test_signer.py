"""The edge signer: a function URL accepts what CloudFront sends on, whatever the viewer sent."""

from __future__ import annotations

import copy
import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wire
from edge_signer import app
from tests.unit.edge_signer.edge import (
    HOST,
    KEYS,
    REGION,
    SHOWN_BYTES,
    header,
    origin_request,
    request_of,
    sent_on,
    verify,
)
from tools.paths import EDGE_SIGNER
from tools.sigv4_verifier import Identity, Verifier

READ_ONLY = [
    "Accept-Encoding", "Content-Length", "If-Modified-Since", "If-None-Match", "If-Range",
    "If-Unmodified-Since", "Transfer-Encoding", "Via",
]  # fmt: skip
DISALLOWED = (
    "connection", "expect", "keep-alive", "proxy-", "trailer", "upgrade", "x-accel-",
    "x-amz-cf-", "x-cache", "x-edge-", "x-forwarded-proto", "x-real-ip",
)  # fmt: skip
BINARY = bytes(range(256)) * 4
S3 = {
    "s3": {
        "authMethod": "none",
        "customHeaders": {},
        "domainName": "assets.s3.eu-central-1.amazonaws.com",
        "path": "",
        "region": "eu-central-1",
    }
}


def signed(*given_: Any, **named: Any) -> dict[str, Any]:  # noqa: ANN401  as origin_request takes it
    """Return the request that the signer answers to an event."""
    return app.handler(origin_request(*given_, **named), None)


def refused(answer: dict[str, Any], status: int, words: str) -> None:
    """Check that `answer` is a generated response that says why."""
    assert answer["status"] == str(status), answer
    assert answer["headers"]["cache-control"] == [{"key": "Cache-Control", "value": "no-store"}]
    assert words in json.loads(answer["body"])["message"]
    assert "origin" not in answer


# --- what realistic viewers send -----------------------------------------------------------------

REALISTIC = {
    "a page": {},
    "root": {"uri": "/"},
    "a query": {"query": "status=placed&limit=20"},
    "repeated keys": {"query": "id=2&id=1&id=2"},
    "keys out of order": {"query": "z=1&a=1&Z=1"},
    "a flag": {"query": "verbose"},
    "empty segments": {"query": "&&a=1&"},
    "an empty value": {"query": "a=&b"},
    "plus for a space": {"query": "q=red+shoes"},
    "an encoded plus": {"query": "q=1%2B1"},
    "brackets": {"query": "filter[status]=placed&ids[]=1"},
    "equals in a value": {"query": "token=YWJj=="},
    "a stray percent in the query": {"query": "q=100%"},
    "lower-case hex in the query": {"query": "q=%c3%a9%2f"},
    "raw letters in the query": {"query": "q=caf\u00e9 \u6771\u4eac"},
    "a URL in the query": {"query": "to=https://example.com/a?b#c"},
    "bytes that are no text": {"query": "q=%ff%fe"},
    "unicode in the path": {"uri": "/caf\u00e9/\u6771\u4eac"},
    "encoded unicode in the path": {"uri": "/caf%C3%A9"},
    "a space in the path": {"uri": "/a b"},
    "a stray percent in the path": {"uri": "/100%/sure%2"},
    "lower-case hex in the path": {"uri": "/a%2fb%c3%a9"},
    "parentheses": {"uri": "/report(1)/a+b,c;d=e@f:g!$&'*"},
    "brackets in the path": {"uri": "/a[1]{2}|3^\\"},
    "dot segments": {"uri": "/a/./b/../c"},
    "encoded dot segments": {"uri": "/a/%2e%2E/b"},
    "double slashes": {"uri": "//a///b//"},
    "a question mark in the path": {"uri": "/a?b"},
    "an origin path": {"origin_path": "/live", "uri": "/orders"},
    "an origin path to encode": {"origin_path": "/li ve", "uri": "/orders"},
    "a JSON body": {"method": "POST", "body": b'{"a": 1}'},
    "a binary body": {"method": "PUT", "body": BINARY},
    "a form": {"method": "POST", "body": b"a=1&b=2"},
    "a body of 1 MB": {"method": "PUT", "body": BINARY * 1024},
    "DELETE with a body": {"method": "DELETE", "body": b"x"},
    "GET with a body": {"method": "GET", "body": b"x"},
    "PATCH": {"method": "PATCH", "body": b"[]"},
    "HEAD": {"method": "HEAD"},
    "OPTIONS": {"method": "OPTIONS"},
    "POST without a body": {"method": "POST", "headers": [("Content-Length", "0")]},
    "a bearer token": {"headers": [("Authorization", "Bearer abc")]},
    "a signature of its own": {
        "headers": [
            ("Authorization", "AWS4-HMAC-SHA256 Credential=x"),
            ("X-Amz-Date", "20200101T000000Z"),
            ("X-Amz-Security-Token", "forged"),
            ("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"),
        ]
    },
    "a presigned query": {"query": "X-Amz-Signature=00&x-amz-date=1&a=1&%58-Amz-Expires=9"},
    "several proxies": {"headers": [("Via", "1.1 a"), ("X-Forwarded-For", "10.0.0.1")]},
    "cookies": {"headers": [("Cookie", "a=1"), ("Cookie", "b=2")]},
    "a conditional": {"headers": [("If-None-Match", '"abc"'), ("Accept-Encoding", "gzip")]},
    "a date": {"headers": [("Date", "Mon, 01 Jan 2001 00:00:00 GMT")]},
    "a trace": {"headers": [("X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678")]},
}


@pytest.mark.parametrize("viewer", REALISTIC.values(), ids=REALISTIC)
def test_lambda_accepts_what_is_sent_on(viewer: dict[str, Any]) -> None:
    verify(sent_on(signed(**viewer), viewer.get("body", b"")))


@settings(max_examples=1000)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    uri=st.text(st.characters(codec="utf-8"), max_size=30).map("/{}".format),
    origin_path=st.sampled_from(["", "/live", "/a b", "/%7Ea", "/a/../b"]),
    query=st.text(st.characters(codec="utf-8"), max_size=30),
    body=st.binary(max_size=50),
)
def test_lambda_accepts_whatever_a_viewer_types(
    method: str, uri: str, origin_path: str, query: str, body: bytes
) -> None:
    verify(sent_on(signed(method, uri, query, body=body, origin_path=origin_path), body))


# --- headers -------------------------------------------------------------------------------------


def test_just_four_headers_are_signed() -> None:
    authorization = header(signed(), "authorization")
    assert authorization
    names = authorization.partition("SignedHeaders=")[2].partition(",")[0]
    assert names == "host;x-amz-content-sha256;x-amz-date;x-amz-security-token"


def test_a_key_without_token_signs_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    answer = signed()
    identity = Identity(KEYS.access_key_id, KEYS.secret_access_key)
    verify(sent_on(answer), Verifier([identity], host=HOST, region=REGION, service="lambda"))
    assert "x-amz-security-token" not in answer["headers"]


def test_host_is_that_of_the_origin_never_of_the_viewer() -> None:
    event = origin_request()
    request_of(event)["headers"]["host"] = [{"key": "Host", "value": "evil.example"}]
    answer = app.handler(event, None)
    assert answer["headers"]["host"] == [{"key": "Host", "value": HOST}]
    verify(sent_on(answer))


def test_region_is_that_of_the_origin_never_of_the_replica() -> None:
    assert f"/{REGION}/lambda/aws4_request" in str(header(signed(), "authorization"))


@pytest.mark.parametrize("name", READ_ONLY)
def test_a_read_only_header_stays_as_it_is(name: str) -> None:
    value = "5" if name == "Content-Length" else "chunked"
    event = origin_request(headers=[(name, value)], body=b"hello")
    before = copy.deepcopy(request_of(event)["headers"][name.lower()])
    assert app.handler(event, None)["headers"][name.lower()] == before


@pytest.mark.parametrize("viewer", REALISTIC.values(), ids=REALISTIC)
def test_no_disallowed_header_is_added(viewer: dict[str, Any]) -> None:
    assert not [name for name in signed(**viewer)["headers"] if name.startswith(DISALLOWED)]


def test_the_viewers_authorization_goes_on_under_another_name() -> None:
    answer = signed(headers=[("Authorization", "Bearer abc")])
    assert answer["headers"]["x-forwarded-authorization"] == [
        {"key": "X-Forwarded-Authorization", "value": "Bearer abc"}
    ]


def test_a_forged_forwarded_authorization_is_dropped() -> None:
    answer = signed(headers=[("X-Forwarded-Authorization", "Bearer forged")])
    assert "x-forwarded-authorization" not in answer["headers"]


def test_a_forged_forwarded_authorization_does_not_stand_beside_the_real_one() -> None:
    forged = ("X-Forwarded-Authorization", "Bearer forged")
    answer = signed(headers=[forged, ("Authorization", "Bearer abc")])
    assert header(answer, "x-forwarded-authorization") == "Bearer abc"


def test_the_viewers_amz_headers_are_dropped() -> None:
    answer = signed(headers=[("X-Amz-Target", "a"), ("x-amz-meta-b", "b")])
    assert sorted(name for name in answer["headers"] if name.startswith("x-amz-")) == [
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
    ]


def test_the_viewers_date_is_ignored() -> None:
    answer = signed(headers=[("Date", "Mon, 01 Jan 2001 00:00:00 GMT")])
    assert header(answer, "date") == "Mon, 01 Jan 2001 00:00:00 GMT"
    verify(sent_on(answer))


def test_a_header_of_several_values_keeps_them_all() -> None:
    answer = signed(headers=[("Cookie", "a=1"), ("Cookie", "b=2")])
    assert [item["value"] for item in answer["headers"]["cookie"]] == ["a=1", "b=2"]


def test_x_forwarded_for_stays_unsigned() -> None:
    assert header(signed(), "x-forwarded-for") == "203.0.113.178"


@pytest.mark.parametrize("value", ["a\r\nx-amz-date: 1", "a\nb", "a\rb"])
def test_a_header_with_a_line_break_is_refused(value: str) -> None:
    refused(signed(headers=[("X-Tenant", value)]), 400, "line break")


# --- path and query ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "sent"),
    [
        ("/a b", "/a%20b"),
        ("/caf\u00e9", "/caf%C3%A9"),
        ("/caf%c3%a9", "/caf%C3%A9"),
        ("/100%", "/100%25"),
        ("/%zz", "/%25zz"),
        ("/a%2fb", "/a%2Fb"),
        ("/%7Eme", "/~me"),
        ("/a//b/./c/../d/", "/a/b/d/"),
        ("/../../etc/passwd", "/etc/passwd"),
        ("/%2e%2e/%2E/etc", "/etc"),
        ("/..%2f..%2fetc", "/..%2F..%2Fetc"),
        ("/a?b#c", "/a%3Fb%23c"),
        ("/a\r\nHost: evil", "/a%0D%0AHost:%20evil"),
        ("/a(1)+b:c@d", "/a(1)+b:c@d"),
        ("", "/"),
    ],
)
def test_the_path_is_written_back_as_it_is_signed(uri: str, sent: str) -> None:
    answer = signed(uri=uri)
    assert answer["uri"] == sent
    verify(sent_on(answer))


def test_a_path_does_not_climb_out_of_the_origin_path() -> None:
    answer = signed(uri="/../../admin", origin_path="/public")
    assert sent_on(answer).target == "/public/admin"
    verify(sent_on(answer))


@pytest.mark.parametrize(
    ("origin_path", "target"),
    [
        ("/live", "/live/orders"),
        ("/live/", "/live/orders"),
        ("/", "/orders"),
        ("/a b", "/a%20b/orders"),
    ],
)
def test_the_origin_path_is_part_of_what_is_signed_and_sent(origin_path: str, target: str) -> None:
    received = sent_on(signed(origin_path=origin_path))
    assert received.target == target
    verify(received)


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("q=a+b", "q=a%20b"),
        ("q=a%2Bb", "q=a%2Bb"),
        ("ids[]=1&ids[]=2", "ids%5B%5D=1&ids%5B%5D=2"),
        ("b=1&a=2&b=0", "b=1&a=2&b=0"),
        ("flag", "flag="),
        ("&a=1&&b=2&", "a=1&b=2"),
        ("q=%c3%a9", "q=%C3%A9"),
        ("q=\u00e9", "q=%C3%A9"),
        ("q=50%", "q=50%25"),
        ("a=b=c", "a=b%3Dc"),
        ("=1", "=1"),
        ("X-Amz-Signature=0&a=1", "a=1"),
        ("x%2Damz-date=0&a=1", "a=1"),
        ("+X-Amz-Date=0", "%20X-Amz-Date=0"),
        ("", ""),
    ],
)
def test_the_query_is_written_back_as_it_is_signed(query: str, sent: str) -> None:
    answer = signed(query=query)
    assert answer["querystring"] == sent
    verify(sent_on(answer))


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_what_was_written_once_stays_as_it_is(text: str) -> None:
    once = signed(uri=f"/{text}", query=text)
    assert wire.path(once["uri"]) == once["uri"]
    assert wire.query(once["querystring"]) == once["querystring"]


# --- body ----------------------------------------------------------------------------------------


def test_the_bytes_of_the_body_are_hashed() -> None:
    answer = signed("PUT", body=BINARY)
    assert header(answer, "x-amz-content-sha256") == hashlib.sha256(BINARY).hexdigest()


def test_the_body_stays_read_only_and_its_text_does_not_go_back() -> None:
    body = signed("PUT", body=BINARY)["body"]
    assert body["action"] == "read-only"
    assert body["data"] == ""


def test_a_body_over_1_mb_is_413() -> None:
    refused(signed("PUT", body=bytes(SHOWN_BYTES + 1)), 413, "x-amz-content-sha256")


@pytest.mark.parametrize("upper", [False, True])
def test_a_body_over_1_mb_goes_on_with_the_viewers_hash(*, upper: bool) -> None:
    body = BINARY * 1500
    value = hashlib.sha256(body).hexdigest()
    value = value.upper() if upper else value
    answer = signed("PUT", body=body, headers=[("X-Amz-Content-Sha256", value)])
    assert answer["body"]["data"] == ""
    verify(sent_on(answer, body))


@pytest.mark.parametrize(
    "value", ["UNSIGNED-PAYLOAD", "", "0" * 63, "0" * 65, "g" * 64, "\u0661" * 64]
)
def test_a_hash_that_is_none_does_not_help(value: str) -> None:
    headers = [("X-Amz-Content-Sha256", value)]
    refused(signed("PUT", body=bytes(SHOWN_BYTES + 1), headers=headers), 413, "over 1 MB")


def test_two_hashes_do_not_help() -> None:
    headers = [("X-Amz-Content-Sha256", "0" * 64)] * 2
    refused(signed("PUT", body=bytes(SHOWN_BYTES + 1), headers=headers), 413, "over 1 MB")


def test_the_viewers_hash_of_a_body_that_is_there_does_not_count() -> None:
    answer = signed("PUT", body=b"real", headers=[("X-Amz-Content-Sha256", "0" * 64)])
    verify(sent_on(answer, b"real"))


@pytest.mark.parametrize(
    "announced", [("Content-Length", "5"), ("Transfer-Encoding", "chunked")], ids=lambda a: a[0]
)
@pytest.mark.parametrize("include_body", [False, True])
def test_a_body_announced_and_absent_is_502(
    announced: tuple[str, str], *, include_body: bool
) -> None:
    answer = signed("POST", headers=[announced], include_body=include_body)
    refused(answer, 502, "IncludeBody")


def test_a_body_announced_and_absent_goes_on_with_the_viewers_hash() -> None:
    value = hashlib.sha256(b"hello").hexdigest()
    headers = [("X-Amz-Content-Sha256", value)]
    answer = signed("POST", body=b"hello", headers=headers, include_body=False)
    verify(sent_on(answer, b"hello"))


@pytest.mark.parametrize("content_length", [None, "0"])
def test_no_body_is_needed_where_none_is_announced(content_length: str | None) -> None:
    headers = [("Content-Length", content_length)] if content_length else []
    verify(sent_on(signed(headers=headers, include_body=False)))


@pytest.mark.parametrize("data", ["a", "aGVsbG8", "aGV*bG8=", "aGVs\nbG8=", "=====", "a\u00e9=="])
def test_a_body_that_is_not_base64_is_refused(data: str) -> None:
    event = origin_request("POST")
    request_of(event)["body"]["data"] = data
    refused(app.handler(event, None), 502, "not base64")


def test_a_body_in_another_encoding_is_refused() -> None:
    event = origin_request("POST", body=b"hello")
    request_of(event)["body"]["encoding"] = "text"
    refused(app.handler(event, None), 502, "not base64")


# --- origins -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "domain",
    [
        "example.com",
        "",
        "abc.lambda-url.eu-central-1.on.aws.evil.example",
        "evil.example/abc.lambda-url.eu-central-1.on.aws",
        "abc.lambda-url.eu-central-1.on.aws:8443",
        "abc.lambda-url.eu-central-1.on.aws.",
        "abc.lambda-url.eu-central-1.on-aws",
        ".lambda-url.eu-central-1.on.aws",
        "abc.lambda-url..on.aws",
        "a/b.lambda-url.eu-central-1.on.aws",
        "abc.execute-api.eu-central-1.amazonaws.com",
        "\u0430bc.lambda-url.eu-central-1.on.aws",
    ],
)
def test_another_origin_gets_neither_request_nor_token(domain: str) -> None:
    event = origin_request()
    request_of(event)["origin"]["custom"]["domainName"] = domain
    refused(app.handler(event, None), 502, "no function URL")


def test_an_origin_over_plain_http_is_refused() -> None:
    event = origin_request()
    request_of(event)["origin"]["custom"]["protocol"] = "http"
    refused(app.handler(event, None), 502, "https")


@pytest.mark.parametrize("name", ["Authorization", "x-amz-date", "host"])
def test_a_custom_header_that_would_replace_ours_is_refused(name: str) -> None:
    event = origin_request()
    custom = request_of(event)["origin"]["custom"]
    custom["customHeaders"][name.lower()] = [{"key": name, "value": "x"}]
    refused(app.handler(event, None), 502, "custom header")


def test_a_viewers_header_of_a_custom_headers_name_is_dropped() -> None:
    event = origin_request(headers=[("X-Stage", "forged"), ("X-Other", "kept")])
    custom = request_of(event)["origin"]["custom"]
    custom["customHeaders"]["X-Stage"] = [{"key": "X-Stage", "value": "live"}]
    answer = app.handler(event, None)
    assert "x-stage" not in answer["headers"]
    assert header(answer, "x-other") == "kept"
    assert answer["origin"]["custom"]["customHeaders"]["X-Stage"][0]["value"] == "live"


def test_another_custom_header_goes_on() -> None:
    event = origin_request()
    custom = request_of(event)["origin"]["custom"]
    custom["customHeaders"]["x-stage"] = [{"key": "X-Stage", "value": "live"}]
    verify(sent_on(app.handler(event, None)))


@pytest.mark.parametrize("value", [None, "", "no"])
def test_an_s3_origin_is_refused(value: str | None) -> None:
    event = origin_request()
    origin = request_of(event)["origin"] = copy.deepcopy(S3)
    if value is not None:
        headers = {"edge-signer": [{"key": "Edge-Signer", "value": value}]}
        origin["s3"]["customHeaders"] = headers
    refused(app.handler(event, None), 502, "the origin is S3")


def test_an_s3_origin_passes_unchanged_where_it_is_configured() -> None:
    event = origin_request(uri="/a b//c", query="a+b", headers=[("Authorization", "x")])
    origin = copy.deepcopy(S3)
    origin["s3"]["customHeaders"] = {"edge-signer": [{"key": "Edge-Signer", "value": "pass"}]}
    request_of(event)["origin"] = origin
    before = copy.deepcopy(request_of(event))
    assert app.handler(event, None) == before


def test_a_viewer_cannot_let_an_s3_origin_pass() -> None:
    event = origin_request(headers=[("Edge-Signer", "pass")])
    request_of(event)["origin"] = copy.deepcopy(S3)
    refused(app.handler(event, None), 502, "the origin is S3")


def test_an_event_without_origin_is_refused() -> None:
    event = origin_request()
    del request_of(event)["origin"]
    refused(app.handler(event, None), 502, "origin-request")


# --- everything else -----------------------------------------------------------------------------


def test_credentials_are_read_at_call_time(monkeypatch: pytest.MonkeyPatch) -> None:
    signed()
    renewed = Identity("ASIARENEWEDEXAMPLE00", "another secret", "another token")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", renewed.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", renewed.secret_access_key)
    monkeypatch.setenv("AWS_SESSION_TOKEN", str(renewed.session_token))
    verify(sent_on(signed()), Verifier([renewed], host=HOST, region=REGION, service="lambda"))


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_without_credentials_nothing_goes_on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name)
    refused(signed(), 502, "no credentials")


def test_the_clock_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # A second reading would be of the next day.
    readings = iter([datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)])

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # noqa: ANN401
            assert tz is UTC
            return next(readings)

    monkeypatch.setattr(app, "datetime", Clock)
    answer = signed()
    assert header(answer, "x-amz-date") == "20261231T235959Z"
    assert "/20261231/" in str(header(answer, "authorization"))


@pytest.mark.parametrize("event", [{}, {"Records": []}, None, {"Records": [{"cf": {}}]}])
def test_an_event_of_another_form_is_answered(event: Any) -> None:  # noqa: ANN401
    refused(app.handler(event, None), 502, "the edge function failed with")


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401
    """Return the path of every value in a JSON value."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


@pytest.mark.parametrize("wrong", [None, 7, "", [], {}], ids=repr)
@pytest.mark.parametrize("place", _places(origin_request("POST", body=b"x")), ids=repr)
def test_a_wrong_value_anywhere_never_raises_and_never_goes_on_unsigned(
    place: tuple[Any, ...],
    *,
    wrong: Any,  # noqa: ANN401
) -> None:
    event: Any = {"event": origin_request("POST", body=b"x")}
    parent, last = event, "event"
    for key in place:
        parent, last = parent[last], key
    parent[last] = wrong
    answer = app.handler(event["event"], None)
    assert "status" in answer or "AWS4-HMAC-SHA256" in str(header(answer, "authorization"))


@pytest.mark.parametrize("viewer", REALISTIC.values(), ids=REALISTIC)
def test_nothing_is_logged_of_what_goes_on(
    viewer: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    signed(**viewer)
    assert capfd.readouterr() == ("", "")


def test_a_refusal_is_logged_without_anything_of_the_request(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    marked = {"headers": [("Authorization", "MARK"), ("Cookie", "MARK\n")], "query": "MARK=1"}
    signed(uri="/MARK", **marked)
    signed("PUT", "/MARK", body=bytes(SHOWN_BYTES + 1), headers=[("X-Amz-Content-Sha256", "MARK")])
    monkeypatch.setattr(app, "sign", lambda *_, **__: {"a": 1}["MARK"])
    signed("PUT", "/MARK", body=b"MARK")
    out, err = capfd.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["status"] for line in lines] == [400, 413, 502]
    assert "MARK" not in out + err
    assert not [secret for secret in KEYS if str(secret) in out + err]


def test_it_imports_little_of_the_standard_library_and_nothing_else() -> None:
    # boto3 costs a cold start forty times as much; re, json, base64 and urllib together four times.
    program = (
        "import sys; before = set(sys.modules); import app;"
        "print(*sorted({name for name in set(sys.modules) - before if name[0] != '_'}))"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import sys; sys.path.insert(0, {str(EDGE_SIGNER)!r}); {program}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    allowed = {"binascii", "datetime", "hashlib", "math", "operator"}
    assert set(done.stdout.split()) - allowed == {"app", "content_hash", "refusal", "sigv4", "wire"}
