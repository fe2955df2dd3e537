"""The core: AWS's published vectors, and what a caller may rely on."""

from __future__ import annotations

import doctest
import hmac
import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import sigv4
from sigv4 import Credentials, Signed, amz_date, sign
from tests.unit.edge_signer import vector_suites
from tests.unit.edge_signer.vector_suites import ACCESS_KEY_ID, AT, REGION, SECRET, SERVICE

if TYPE_CHECKING:
    from tests.unit.edge_signer.vector_suites import Vector

KEYS = Credentials(ACCESS_KEY_ID, SECRET)
# What the vectors of aws-c-auth (v4, signatures in headers) say, without their files.
FACTS = json.loads(Path(__file__).with_name("vectors.json").read_text())
# A checkout of aws-c-auth, of botocore, or the folder of either's vectors.
FOLDER = os.environ.get("SIGV4_VECTORS")


def signed(**changed: Any) -> Signed:  # noqa: ANN401  as sign takes it
    """Sign a plain request, but for what is `changed`."""
    given: dict[str, Any] = {
        "method": "GET",
        "path": "/",
        "query": "",
        "headers": [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")],
        "payload_hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "credentials": KEYS,
        "region": REGION,
        "service": SERVICE,
        "timestamp": AT,
    } | changed
    return sign(**given)


@pytest.mark.parametrize("fact", FACTS, ids=[fact["name"] for fact in FACTS])
def test_a_published_vector_has_its_signature(fact: dict[str, Any]) -> None:
    names = ("method", "path", "query", "payload_hash")
    headers = [(name, value) for name, value in fact["headers"]]
    result = signed(
        **{name: fact[name] for name in names}, headers=headers, normalize_path=fact["normalize"]
    )
    assert result.signature == fact["signature"]


if FOLDER:
    VECTORS = list(vector_suites.read(Path(FOLDER)))
    assert VECTORS, f"SIGV4_VECTORS: there are no vectors in {FOLDER}"

    @pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
    def test_every_step_of_a_published_suite_is_the_same(vector: Vector) -> None:
        result = signed(
            method=vector.method,
            path=vector.path,
            query=vector.query,
            headers=vector.headers,
            payload_hash=vector.payload_hash,
            normalize_path=vector.normalize,
        )
        assert result.canonical_request == vector.canonical_request.rstrip("\n")
        assert result.string_to_sign == vector.string_to_sign.rstrip("\n")
        assert result.signature == vector.signature


def test_authorization_names_key_scope_signed_headers_and_signature() -> None:
    result = signed()
    assert result.authorization == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={result.signature}"
    )


def test_a_path_as_sent_is_encoded_once_more() -> None:
    assert signed(path="/a%20b").canonical_request.split("\n")[1] == "/a%2520b"


def test_the_decoded_path_gives_the_single_encoding_of_s3() -> None:
    result = signed(path="/a b//../c", service="s3", normalize_path=False)
    assert result.canonical_request.split("\n")[1] == "/a%20b//../c"


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&a=1", "a=1&a=2"),
        ("flag", "flag="),
        ("&&a=1&", "a=1"),
        ("a=b=c", "a=b%3Dc"),
        ("a=%c3%a9", "a=%C3%A9"),
        ("a=é", "a=%C3%A9"),
        ("a=100%", "a=100%25"),
        ("a=1+1", "a=1%2B1"),
        ("a[]=1", "a%5B%5D=1"),
        ("a=%FF", "a=%FF"),
        ("a-=1&a=1", "a=1&a-=1"),
    ],
)
def test_a_query_is_encoded_and_sorted(query: str, canonical: str) -> None:
    assert signed(query=query).canonical_request.split("\n")[2] == canonical


def test_a_timestamp_of_another_zone_is_the_same_moment() -> None:
    there = AT.astimezone(timezone(timedelta(hours=14)))
    assert amz_date(there) == "20150830T123600Z"
    assert signed(timestamp=there).signature == signed().signature


def test_a_timestamp_with_microseconds_is_cut() -> None:
    assert amz_date(datetime(2026, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC)) == "20260102T030405Z"


def test_a_timestamp_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        signed(timestamp=AT.replace(tzinfo=None))


def test_a_line_break_in_a_value_makes_no_line() -> None:
    result = signed(headers=[("Host", "a\nx-amz-date:20150830T123600Z")])
    assert result.canonical_request.split("\n")[3] == "host:a x-amz-date:20150830T123600Z"


@pytest.mark.parametrize("length", [59, 60, 61, 200])
def test_a_secret_around_and_over_a_block_of_the_hash_signs_as_hmac_has_it(length: int) -> None:
    secret = "s" * length
    result = signed(credentials=Credentials(ACCESS_KEY_ID, secret))
    key = f"AWS4{secret}".encode()
    for part in ("20150830", REGION, SERVICE, "aws4_request", result.string_to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    assert result.signature == key.hex()


def test_the_key_is_derived_once_a_day_and_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sigv4, "_keys", {})
    derived: list[bytes] = []
    pads = sigv4._pads

    def counted(key: bytes) -> Any:  # noqa: ANN401  two hashes
        derived.append(key)
        return pads(key)

    monkeypatch.setattr(sigv4, "_pads", counted)
    for changed in (
        {},
        {"path": "/other", "timestamp": AT + timedelta(hours=11)},
        {"timestamp": AT + timedelta(days=1)},
        {"region": "eu-central-1"},
        {"credentials": Credentials(ACCESS_KEY_ID, "another")},
        {},
    ):
        signed(**changed)
    steps_of_one_key = 5
    assert len(derived) == 4 * steps_of_one_key


def test_keys_that_are_kept_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sigv4, "_keys", {})
    for day in range(100):
        signed(timestamp=AT + timedelta(days=day))
    assert len(sigv4._keys) <= sigv4.KEYS_KEPT


def test_credentials_show_no_secret() -> None:
    assert repr(Credentials("AKID", "hidden", "hidden")) == "Credentials('AKID', ...)"


def test_the_example_in_the_documentation_runs() -> None:
    assert doctest.testmod(sigv4).failed == 0
