"""The function of mode oac_with_hash: CloudFront signs, the hash of the body comes from here."""

from __future__ import annotations

import copy
import hashlib
import json

import pytest

import content_hash
from tests.unit.edge_signer.edge import SHOWN_BYTES, header, origin_request, request_of

EMPTY = hashlib.sha256().hexdigest()


def test_the_hash_of_the_body_is_added() -> None:
    body = bytes(range(256))
    answer = content_hash.handler(origin_request("PUT", body=body), None)
    assert header(answer, "x-amz-content-sha256") == hashlib.sha256(body).hexdigest()


def test_the_hash_of_no_body_is_added() -> None:
    answer = content_hash.handler(origin_request(), None)
    assert header(answer, "x-amz-content-sha256") == EMPTY


def test_the_viewers_hash_of_a_body_that_is_there_does_not_count() -> None:
    event = origin_request("PUT", headers=[("X-Amz-Content-Sha256", "0" * 64)])
    assert header(content_hash.handler(event, None), "x-amz-content-sha256") == EMPTY


def test_nothing_else_changes() -> None:
    event = origin_request(
        "PUT", "/a b//%2e", "q=a+b", [("Authorization", "Bearer abc"), ("Cookie", "a")], b"x"
    )
    expected = copy.deepcopy(request_of(event))
    answer = content_hash.handler(event, None)
    del answer["headers"]["x-amz-content-sha256"]
    expected["body"]["data"] = ""
    assert answer == expected


@pytest.mark.parametrize(
    ("include_body", "size", "status"), [(True, SHOWN_BYTES + 1, "413"), (False, 5, "502")]
)
def test_a_body_that_is_not_shown_is_refused(*, include_body: bool, size: int, status: str) -> None:
    event = origin_request("PUT", body=bytes(size), include_body=include_body)
    answer = content_hash.handler(event, None)
    assert answer["status"] == status
    assert "message" in json.loads(answer["body"])


def test_a_body_over_1_mb_goes_on_with_the_viewers_hash() -> None:
    body = bytes(SHOWN_BYTES + 1)
    value = hashlib.sha256(body).hexdigest()
    event = origin_request("PUT", headers=[("X-Amz-Content-Sha256", value)], body=body)
    assert header(content_hash.handler(event, None), "x-amz-content-sha256") == value


def test_a_viewers_header_of_a_custom_headers_name_is_dropped() -> None:
    event = origin_request(headers=[("X-Stage", "forged")])
    custom = request_of(event)["origin"]["custom"]
    custom["customHeaders"]["x-stage"] = [{"key": "X-Stage", "value": "live"}]
    assert "x-stage" not in content_hash.handler(event, None)["headers"]
