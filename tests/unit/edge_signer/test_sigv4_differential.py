"""botocore and awscrt sign the same, over generated paths, queries, headers and bodies.

CI signs 22,000 requests (11,000 against each), the same ones each time; other runs a tenth, other
ones each time, and print the line that repeats a failure.
"""

from __future__ import annotations

import hashlib
import os
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest
from awscrt import auth, http
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from sigv4 import Credentials, amz_date, sign

if TYPE_CHECKING:
    from sigv4 import Signed

CASES = 5_500 if os.environ.get("CI") == "true" else 550

SAFE = list("ABCXYZabcxyz0189-._~")
# What stands in a request as sent, and what only a careless client sends.
SENT = [*SAFE, *"!$'()*,;:@", "%20", "%2F", "%2f", "%25", "%C3%A9", "%FF", "%2E%2e", "%2B", "%3d"]
RAW = [*SENT, *' "<>\\^`{|}[]+é語\U0001f600\x7f']
PATH = [*RAW, *"&=%/////", "/.", "/./", "/..", "/../", "//"]
HEADERS = ["Accept", "Content-Type", "Cookie", "ETag", "X-Amz-Meta-A", "X-Tenant", "Zone"]


def texts(pieces: list[str], most: int, least: int = 0) -> st.SearchStrategy[str]:
    """Return texts of up to `most` pieces: one draw each, which is what makes this fast."""
    data = st.binary(min_size=least, max_size=most)
    return data.map(lambda drawn: "".join([pieces[byte % len(pieces)] for byte in drawn]))


def encoded_query(text: str) -> str:
    """Return `text` as parameters that are encoded, as botocore wants them; some are repeated."""
    words = [quote(word, safe="-_.~") for word in text.split("/") if word]
    parameters = [f"{word[: len(word) // 2]}={word}" for word in words if word.isalnum()]
    return "&".join([*parameters, *parameters[:1], *(f"{word}=" for word in words)])


def headers(text: str) -> dict[str, str]:
    """Return `text` as headers."""
    return dict(zip(HEADERS[len(text) % 3 :], text.split("/"), strict=False))


methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
moments = st.integers(0, 3_000_000_000).map(
    lambda seconds: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
places = st.sampled_from(
    [("eu-central-1", "lambda"), ("us-gov-west-1", "lambda"), ("us-east-1", "service")]
)
encoded_queries = texts([*RAW, *"//"], 20).map(encoded_query)
# awscrt refuses a percent sign that begins no escape.
raw_queries = texts([*RAW, *"&&&===?/"], 20)
credentials = st.builds(
    Credentials,
    st.just("AKIDEXAMPLEEXAMPLE"),
    texts([*SAFE, "/", "+"], 100, least=1),
    st.none() | texts([*SAFE, "/", "+", "="], 60, least=1),
)


class Case(NamedTuple):
    """All that a signature covers."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    credentials: Credentials
    place: tuple[str, str]
    at: datetime


def cases(query: st.SearchStrategy[str]) -> st.SearchStrategy[Case]:
    """Return requests to sign."""
    return st.builds(
        Case,
        methods,
        texts(PATH, 20).map("/{}".format),
        query,
        texts([*SENT, *'  "///', "\t"], 24).map(headers),
        st.binary(max_size=40),
        credentials,
        places,
        moments,
    )


def ours(case: Case, *, normalize_path: bool) -> Signed:
    """Sign as an edge function does: the request's headers, and all that name the signature."""
    payload = hashlib.sha256(case.body).hexdigest()
    headers = [
        *case.headers.items(),
        ("Host", "example.com"),
        ("X-Amz-Content-Sha256", payload),
        ("X-Amz-Date", amz_date(case.at)),
    ]
    if case.credentials.session_token:
        headers.append(("X-Amz-Security-Token", case.credentials.session_token))
    region, service = case.place
    return sign(
        case.method,
        case.path,
        case.query,
        headers,
        payload,
        credentials=case.credentials,
        region=region,
        service=service,
        timestamp=case.at,
        normalize_path=normalize_path,
    )


class Botocore(SigV4Auth):
    """botocore's signer, with its clock in our hands, and its path as asked for."""

    def __init__(self, case: Case, *, normalize_path: bool) -> None:
        keys = case.credentials
        region, service = case.place
        own = BotocoreCredentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
        super().__init__(own, service, region)
        self._normalizes = normalize_path

    def _normalize_url_path(self, path: str) -> str:
        if self._normalizes:
            return str(super()._normalize_url_path(path))  # type: ignore[misc]  # not in its stubs
        return quote(path, safe="/~")


def botocores(case: Case, *, normalize_path: bool) -> tuple[str, str, str]:
    """Return canonical request, string to sign and signature of botocore."""
    url = f"https://example.com{case.path.replace('?', '%3F').replace('#', '%23')}"
    request = AWSRequest(
        case.method, f"{url}?{case.query}" if case.query else url, case.headers, case.body
    )
    request.headers["X-Amz-Content-Sha256"] = hashlib.sha256(case.body).hexdigest()
    request.context["timestamp"] = amz_date(case.at)
    signer = Botocore(case, normalize_path=normalize_path)
    signer._modify_request_before_signing(request)  # type: ignore[attr-defined]  # nor this
    canonical_request = signer.canonical_request(request)
    string_to_sign = signer.string_to_sign(request, canonical_request)
    return canonical_request, string_to_sign, signer.signature(string_to_sign, request)


@cache
def provider(key: str, secret: str, token: str | None) -> auth.AwsCredentialsProvider:
    """Return awscrt's form of credentials."""
    return auth.AwsCredentialsProvider.new_static(key, secret, token)


def awscrts(case: Case, *, normalize_path: bool) -> str:
    """Return the Authorization header of awscrt."""
    keys = case.credentials
    region, service = case.place
    config = auth.AwsSigningConfig(
        algorithm=auth.AwsSigningAlgorithm.V4,
        signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
        credentials_provider=provider(
            keys.access_key_id, keys.secret_access_key, keys.session_token or None
        ),
        region=region,
        service=service,
        date=case.at,
        use_double_uri_encode=True,
        should_normalize_uri_path=normalize_path,
        signed_body_value=hashlib.sha256(case.body).hexdigest(),
        signed_body_header_type=auth.AwsSignedBodyHeaderType.X_AMZ_CONTENT_SHA_256,
    )
    target = f"{case.path}?{case.query}" if case.query else case.path
    headers = http.HttpHeaders([("Host", "example.com"), *case.headers.items()])
    request = http.HttpRequest(case.method, target, headers)
    done = auth.aws_sign_request(request, config).result(timeout=10)
    return str(done.headers.get("Authorization"))


@pytest.mark.parametrize("normalize_path", [True, False], ids=["normalized", "as sent"])
@settings(max_examples=CASES)
@given(case=cases(encoded_queries))
def test_botocore_signs_the_same(case: Case, *, normalize_path: bool) -> None:
    result = ours(case, normalize_path=normalize_path)
    steps = (result.canonical_request, result.string_to_sign, result.signature)
    assert steps == botocores(case, normalize_path=normalize_path)


@pytest.mark.parametrize("normalize_path", [True, False], ids=["normalized", "as sent"])
@settings(max_examples=CASES)
@given(case=cases(raw_queries))
def test_awscrt_signs_the_same(case: Case, *, normalize_path: bool) -> None:
    # It takes what is before this for the scheme of a URL.
    path, query = (re.sub(":+/", "/", part) for part in (case.path, case.query))
    case = case._replace(path=path, query=query)
    result = ours(case, normalize_path=normalize_path)
    assert result.authorization == awscrts(case, normalize_path=normalize_path)
