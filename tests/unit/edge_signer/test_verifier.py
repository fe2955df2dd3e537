"""The verifier refuses what AWS refuses: every changed byte, every wrong scope, every old clock.

What it accepts, botocore signed.
"""

from __future__ import annotations

import doctest
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from sigv4 import Credentials, amz_date, sign
from tests.unit.edge_signer.edge import HOST, KEYS, REGION, VERIFIER, Received
from tools import sigv4_verifier
from tools.sigv4_verifier import Identity, Refused, Verifier

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODY = b'{"sku": "A-1"}\x00\xff'


def made(
    keys: Identity = KEYS,
    *,
    at: datetime = NOW,
    region: str = REGION,
    service: str = "lambda",
    unsigned: tuple[str, ...] = (),
    **changed: str,
) -> Received:
    """Return a signed request; `changed` are headers to sign, `unsigned` those that are not."""
    headers = {
        "Host": HOST,
        "X-Amz-Content-Sha256": hashlib.sha256(BODY).hexdigest(),
        "X-Amz-Date": amz_date(at),
        "X-Amz-Security-Token": str(keys.session_token),
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    signed = sign(
        "POST",
        "/orders/a%20b",
        "flag=&id=2&id=1&q=%C3%A9",
        [(name, value) for name, value in headers.items() if name not in unsigned],
        hashlib.sha256(BODY).hexdigest(),
        credentials=Credentials(keys.access_key_id, keys.secret_access_key),
        region=region,
        service=service,
        timestamp=at,
    )
    sent = [*headers.items(), ("Authorization", signed.authorization), ("Accept", "*/*")]
    return Received("POST", "/orders/a%20b?flag=&id=2&id=1&q=%C3%A9", sent, BODY)


def code_of(received: Received, verifier: Verifier = VERIFIER, now: datetime = NOW) -> str:
    """Return the code under which a request is refused."""
    with pytest.raises(Refused) as refused:
        verifier.verify(*received, now=now)
    return refused.value.code


def without(received: Received, name: str) -> Received:
    """Return the request without a header."""
    return received._replace(headers=[(n, v) for n, v in received.headers if n.lower() != name])


def test_a_right_request_is_accepted() -> None:
    assert VERIFIER.verify(*made(), now=NOW) == KEYS


@pytest.mark.parametrize("query", ["", "?a=1&b=2&a=0"])
@pytest.mark.parametrize("path", ["/", "/orders", "/a%20b/%C3%A9", "/a(1)/b"])
def test_what_botocore_signs_is_accepted(path: str, query: str) -> None:
    own = BotocoreCredentials(*KEYS)
    request = AWSRequest("POST", f"https://{HOST}{path}{query}", {"Host": HOST}, BODY)
    SigV4Auth(own, "lambda", REGION).add_auth(request)
    headers = [(name, str(value)) for name, value in request.headers.items()]
    assert VERIFIER.verify("POST", path + query, headers, BODY, now=datetime.now(UTC)) == KEYS


# --- a byte changed on the way -------------------------------------------------------------------


def _replaced(text: str, at: int, by: int) -> str:
    at %= len(text)
    new = chr(33 + by % 94)
    return text[:at] + new + text[at + 1 :]


@given(st.integers(0, 200), st.integers(0, 93))
def test_a_changed_character_of_the_target_is_refused(at: int, by: int) -> None:
    right = made()
    changed = right._replace(target=_replaced(right.target, at, by))
    # The same to everybody: a flag without its equals sign, and an escape in lower case.
    pairs = (("flag=&", "flag&&"), ("%C3", "%c3"), ("%A9", "%a9"))
    if changed.target not in {right.target, *(right.target.replace(*pair) for pair in pairs)}:
        code_of(changed)


@given(st.integers(0, 3), st.integers(0, 93))
def test_a_changed_character_of_the_method_is_refused(at: int, by: int) -> None:
    right = made()
    changed = right._replace(method=_replaced(right.method, at, by))
    if changed != right:
        assert code_of(changed) == "InvalidSignatureException"


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_changed_byte_of_the_body_is_refused(at: int, by: int) -> None:
    body = bytearray(BODY)
    body[at] ^= by
    assert code_of(made()._replace(body=bytes(body))) == "InvalidSignatureException"


@pytest.mark.parametrize("body", [b"", BODY[:-1], BODY + b"\n"])
def test_a_shorter_or_longer_body_is_refused(body: bytes) -> None:
    assert code_of(made()._replace(body=body)) == "InvalidSignatureException"


def test_another_body_is_refused_where_no_header_has_its_hash() -> None:
    right = without(made(unsigned=("X-Amz-Content-Sha256",)), "x-amz-content-sha256")
    assert VERIFIER.verify(*right, now=NOW) == KEYS
    assert code_of(right._replace(body=BODY[:-1])) == "InvalidSignatureException"


@settings(max_examples=400)
@given(st.integers(0, 4), st.integers(0, 400), st.integers(0, 93))
def test_a_changed_character_of_a_signed_header_is_refused(which: int, at: int, by: int) -> None:
    right = made()
    headers = list(right.headers)
    name, value = headers[which]
    headers[which] = (name, _replaced(value, at, by))
    if headers != right.headers:
        code_of(right._replace(headers=headers))


@pytest.mark.parametrize(
    "target",
    [
        "/orders/a%20b",
        "/orders/a%20b?flag=&id=2&id=1&q=%C3%A9&x=",
        "/orders/a%20b?flag=&id=2&q=%C3%A9",
        "/orders/a%2520b?flag=&id=2&id=1&q=%C3%A9",
        "/orders/a+b?flag=&id=2&id=1&q=%C3%A9",
        "/orders/a%20b/?flag=&id=2&id=1&q=%C3%A9",
    ],
)
def test_another_target_is_refused(target: str) -> None:
    assert code_of(made()._replace(target=target)) == "InvalidSignatureException"


def test_parameters_in_another_order_are_the_same_query() -> None:
    received = made()._replace(target="/orders/a%20b?id=1&q=%c3%a9&flag&id=2")
    assert VERIFIER.verify(*received, now=NOW) == KEYS


@pytest.mark.parametrize(
    "target",
    [
        "/a?q=a+b",
        "/a?ids[]=1",
        "/a?q=\u00e9",
        "/a b",
        "/a%zz",
        "/a?q=%",
        "a",
        "",
        "https://example.com/",
        "/a#b",
    ],
)
def test_a_target_that_does_not_read_alike_to_all_is_refused(target: str) -> None:
    assert code_of(made()._replace(target=target)) == "ValidationException"


# --- scope, clock, identity ----------------------------------------------------------------------


def test_another_region_is_refused() -> None:
    assert code_of(made(region="us-east-1")) == "InvalidSignatureException"


def test_another_service_is_refused() -> None:
    assert code_of(made(service="execute-api")) == "InvalidSignatureException"


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_a_clock_within_five_minutes_is_accepted(seconds: int) -> None:
    assert VERIFIER.verify(*made(at=NOW + timedelta(seconds=seconds)), now=NOW) == KEYS


@pytest.mark.parametrize("seconds", [-86_400, -301, 301, 86_400])
def test_a_clock_off_by_more_is_refused(seconds: int) -> None:
    assert code_of(made(at=NOW + timedelta(seconds=seconds))) == "InvalidSignatureException"


def test_a_replay_after_five_minutes_is_refused() -> None:
    assert code_of(made(), now=NOW + timedelta(minutes=5, seconds=1)) == "InvalidSignatureException"


def test_a_scope_of_another_day_is_refused() -> None:
    changed = made(X_Amz_Date="x", unsigned=("X-Amz-Date",))
    headers = [(n, "20260302T000000Z" if n == "X-Amz-Date" else v) for n, v in changed.headers]
    late = datetime(2026, 3, 2, tzinfo=UTC)
    assert code_of(changed._replace(headers=headers), now=late) == "InvalidSignatureException"


@pytest.mark.parametrize("moment", ["20260301T120000", "2026-03-01T12:00:00Z", "20261301T120000Z"])
def test_a_date_of_another_form_is_refused(moment: str) -> None:
    changed = made(at=datetime(2026, 3, 1, tzinfo=UTC), X_Amz_Date=moment)
    assert code_of(changed) in {"IncompleteSignature", "InvalidSignatureException"}


def test_an_unknown_key_is_refused() -> None:
    unknown = KEYS._replace(access_key_id="AKIAUNKNOWNEXAMPLE00")
    assert code_of(made(unknown)) == "UnrecognizedClientException"


def test_another_secret_is_refused() -> None:
    assert code_of(made(KEYS._replace(secret_access_key="x"))) == "InvalidSignatureException"


def test_another_token_is_refused() -> None:
    assert code_of(made(KEYS._replace(session_token="x"))) == "UnrecognizedClientException"


def test_a_temporary_key_without_token_is_refused() -> None:
    received = without(made(unsigned=("X-Amz-Security-Token",)), "x-amz-security-token")
    assert code_of(received) == "UnrecognizedClientException"


def test_a_token_for_a_lasting_key_is_refused() -> None:
    lasting = Verifier(
        [KEYS._replace(session_token=None)], host=HOST, region=REGION, service="lambda"
    )
    assert code_of(made(), lasting) == "UnrecognizedClientException"


# --- headers -------------------------------------------------------------------------------------


def test_a_request_without_authorization_is_refused() -> None:
    assert code_of(without(made(), "authorization")) == "MissingAuthenticationToken"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        ("aws4_request", "aws4"),
        (", Signature=", ", X=1, Signature="),
        ("Signature=", "Signature=A"),
        ("SignedHeaders=host;", "SignedHeaders="),
        ("SignedHeaders=host;", "SignedHeaders=host;host;"),
        ("SignedHeaders=host;x-amz-content-sha256", "SignedHeaders=x-amz-content-sha256;host"),
        ("SignedHeaders=host;", "SignedHeaders=Host;"),
        ("SignedHeaders=", "SignedHeaders=absent;"),
    ],
)
def test_another_authorization_is_refused(old: str, new: str) -> None:
    received = made()
    headers = [
        (n, v.replace(old, new, 1) if n == "Authorization" else v) for n, v in received.headers
    ]
    changed = received._replace(headers=headers)
    assert code_of(changed) in {"IncompleteSignature", "InvalidSignatureException"}


@pytest.mark.parametrize(
    "name", ["Host", "X-Amz-Content-Sha256", "X-Amz-Date", "X-Amz-Security-Token"]
)
def test_a_header_that_must_be_signed_and_is_not_is_refused(name: str) -> None:
    assert code_of(made(unsigned=(name,))) == "InvalidSignatureException"


def test_an_amz_header_that_was_added_on_the_way_is_refused() -> None:
    received = made()
    changed = received._replace(headers=[*received.headers, ("X-Amz-Target", "x")])
    assert code_of(changed) == "InvalidSignatureException"


def test_the_id_that_cloudfront_adds_is_accepted() -> None:
    received = made()
    changed = received._replace(headers=[*received.headers, ("X-Amz-Cf-Id", "x")])
    assert VERIFIER.verify(*changed, now=NOW) == KEYS


@pytest.mark.parametrize("name", ["Authorization", "Host", "X-Amz-Date", "X-Amz-Security-Token"])
def test_a_header_that_comes_twice_is_refused(name: str) -> None:
    received = made()
    again = (name, dict(received.headers)[name])
    changed = received._replace(headers=[*received.headers, again])
    assert code_of(changed) in {"IncompleteSignature", "InvalidSignatureException"}


def test_another_host_is_refused() -> None:
    assert code_of(made(Host="evil.example")) == "InvalidSignatureException"


def test_a_header_with_a_line_break_is_refused() -> None:
    received = made()
    changed = received._replace(headers=[*received.headers, ("X-Tenant", "a\r\nX-Amz-Date: 1")])
    assert code_of(changed) == "ValidationException"


@pytest.mark.parametrize("parameter", ["X-Amz-Signature=0", "x-amz-date=0", "%58-amz-expires=1"])
def test_a_second_signature_in_the_query_is_refused(parameter: str) -> None:
    received = made()
    changed = received._replace(target=f"{received.target}&{parameter}")
    assert code_of(changed) == "IncompleteSignature"


@pytest.mark.parametrize("normalize_path", [True, False])
def test_a_path_with_dot_segments_is_checked_as_the_service_reads_it(
    *, normalize_path: bool
) -> None:
    given_: dict[str, Any] = {"host": HOST, "region": REGION, "service": "lambda"}
    headers = [("Host", HOST), ("X-Amz-Date", amz_date(NOW))]
    signed = sign(
        "GET",
        "/a/../b//c/",
        "",
        headers,
        hashlib.sha256().hexdigest(),
        credentials=Credentials("AKIAEXAMPLEEXAMPLE00", "x"),
        region=REGION,
        service="lambda",
        timestamp=NOW,
        normalize_path=normalize_path,
    )
    received = ("GET", "/a/../b//c/", [*headers, ("Authorization", signed.authorization)], b"")
    identity = Identity("AKIAEXAMPLEEXAMPLE00", "x")
    right = Verifier([identity], normalize_path=normalize_path, **given_)
    wrong = Verifier([identity], normalize_path=not normalize_path, **given_)
    assert right.verify(*received, now=NOW) == identity
    with pytest.raises(Refused):
        wrong.verify(*received, now=NOW)


def test_the_example_in_the_documentation_runs() -> None:
    assert doctest.testmod(sigv4_verifier).failed == 0
