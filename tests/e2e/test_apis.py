"""The HTTP API and the REST API: who gets in, what is refused at the door, and what is told of it.

That no route waits longer than the 29 s of API Gateway is a refusal of the modules, shown by
``tests/plan/validations/modules/rest_api.yaml`` and ``http_api.yaml``.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from order_json import InvalidOrderError, MalformedJsonError, read_new_order
from tests.unit import strategies
from tools.local_aws import logs
from tools.order_service import tokens
from tools.order_service.orders import ORDER
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.local_aws.http import Answer
    from tools.order_service.service import Partner, Service

READ, WRITE = "orders/read", "orders/write"
ORIGIN, ELSEWHERE = "http://localhost:8400", "https://evil.example.com"
NOWHERE = "a" * 26
"""An id that no order has."""
ROUTES = {
    "GET /orders": (READ, 200),
    "POST /orders": (WRITE, 201),
    f"GET /orders/{NOWHERE}": (READ, 404),
    f"POST /orders/{NOWHERE}/cancel": (WRITE, 404),
}
"""Route -> the scope that it takes, and what its function answers."""


@dataclass(frozen=True)
class Doors:
    """Both APIs, and somebody who may come in by each.

    Attributes
    ----------
    name, password
        A user of the pool.
    bearers
        Scopes -> that user's access token.
    partner
        A partner with both scopes.
    roomy_key
        An API key of a plan that throttles nothing.
    """

    service: Service
    name: str
    password: str
    bearers: Mapping[str, str]
    partner: Partner
    partner_bearers: Mapping[str, str]
    roomy_key: str

    def headers(self, door: str, scope: str) -> dict[str, str]:
        """Return what a request with `scope` carries at a door."""
        if door == "http":
            return {"Authorization": f"Bearer {self.bearers[scope]}"}
        bearer = self.partner_bearers[scope]
        return {"Authorization": f"Bearer {bearer}", "x-api-key": self.roomy_key}

    def ask(self, door: str, route: str, headers: Mapping[str, str], body: Any = ORDER) -> Answer:  # noqa: ANN401  JSON
        """Send a request; one that waits for a throttle of the stage is sent again."""
        method, target = route.split(" ")
        client = self.service.door(door)
        if method == "GET":
            return client.request("GET", target, headers=headers)
        return client.post_json(target, body, **headers)


def allowed_by(service: Service, name: str, **limits: Any) -> Iterator[str]:  # noqa: ANN401
    """Make a usage plan with one key, whose value is given; remove both afterwards."""
    gateway, rest = service.server.client("apigateway"), service.outputs["apis"]["rest"]
    stage = {"apiId": rest["id"], "stage": rest["stage"]}
    plan = gateway.create_usage_plan(name=name, apiStages=[stage], **limits)["id"]
    key = gateway.create_api_key(name=name, enabled=True, value=secrets.token_urlsafe(30))
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    yield key["value"]
    gateway.delete_api_key(apiKey=key["id"])
    gateway.delete_usage_plan(usagePlanId=plan)


plan_of = contextmanager(allowed_by)


@pytest.fixture(scope="module")
def doors(service: Service) -> Iterator[Doors]:
    name = f"clerk-{secrets.token_hex(4)}@example.com"
    password = service.hire(name)
    partner = service.welcome(f"partner-{secrets.token_hex(4)}", READ, WRITE)
    room = {"throttle": {"rateLimit": 10_000, "burstLimit": 10_000}}

    def partners(*scopes: str) -> str:
        return tokens.of_client(service.server, partner.client_id, partner.client_secret, scopes)

    with plan_of(service, "roomy", **room) as key:
        yield Doors(
            service=service,
            name=name,
            password=password,
            bearers={scope: service.sign_in(name, password, scope) for scope in (READ, WRITE)},
            partner=partner,
            partner_bearers={scope: partners(scope) for scope in (READ, WRITE)},
            roomy_key=key,
        )
    service.part_with(partner)


@pytest.fixture(params=["http", "rest"])
def door(request: pytest.FixtureRequest) -> str:
    """Name of an API."""
    return str(request.param)


# --- tokens and keys ------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
def test_each_route_takes_its_scope_and_no_other(doors: Doors, door: str, route: str) -> None:
    needed, status = ROUTES[route]
    other = WRITE if needed == READ else READ
    assert doors.ask(door, route, doors.headers(door, needed)).status == status
    # A REST API takes a token without the scope for none, as its README says.
    refused = {"http": 403, "rest": 401}[door]
    assert doors.ask(door, route, doors.headers(door, other)).status == refused


def part(token: str, at: int) -> dict[str, Any]:
    """Return a part of a token as JSON."""
    text = token.split(".")[at]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def packed(value: Mapping[str, Any]) -> str:
    """Return JSON as a part of a token."""
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(token: str, how: str) -> str:
    """Return a token as somebody might make it who has no key of the pool."""
    header, claims, signature = token.split(".")
    unsigned, other = {"alg": "none", "kid": part(token, 0)["kid"]}, part(token, 0) | {"kid": "me"}
    more, later = (part(token, 1) | it for it in ({"scope": f"{READ} {WRITE}"}, {"exp": 2**31}))
    return {
        "another signature": f"{header}.{claims}.{signature[:9]}{signature[9::-1]}{signature[19:]}",
        "more scopes": f"{header}.{packed(more)}.{signature}",
        "later end": f"{header}.{packed(later)}.{signature}",
        "no algorithm": f"{packed(unsigned)}.{claims}.",
        "unknown key": f"{packed(other)}.{claims}.{signature}",
        "cut off": f"{header}.{claims}",
        "no token at all": "hello",
    }[how]


FORGERIES = [
    "another signature", "more scopes", "later end", "no algorithm", "unknown key", "cut off",
    "no token at all",
]  # fmt: skip


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_token_is_refused(doors: Doors, door: str, how: str) -> None:
    headers = doors.headers(door, READ)
    token = headers["Authorization"].removeprefix("Bearer ")
    headers["Authorization"] = f"Bearer {forged(token, how)}"
    assert doors.ask(door, "GET /orders", headers).status == 401


def test_without_a_token_nobody_gets_in(doors: Doors, door: str) -> None:
    headers = {k: v for k, v in doors.headers(door, READ).items() if k != "Authorization"}
    for route in ROUTES:
        assert doors.ask(door, route, headers).status == 401


def test_a_token_of_another_pool_is_refused(doors: Doors, door: str) -> None:
    server = doors.service.server
    cognito = server.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="foreign")["UserPool"]["Id"]
    cognito.create_resource_server(
        UserPoolId=pool, Identifier="orders", Name="Orders",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "See orders"}],
    )  # fmt: skip
    made = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="foreign", GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"], AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=[READ],
    )["UserPoolClient"]  # fmt: skip
    token = tokens.of_client(server, made["ClientId"], made["ClientSecret"], [READ])
    headers = doors.headers(door, READ) | {"Authorization": f"Bearer {token}"}
    assert doors.ask(door, "GET /orders", headers).status == 401
    cognito.delete_user_pool(UserPoolId=pool)


def test_a_token_of_a_partner_does_not_open_the_api_of_the_store(doors: Doors) -> None:
    headers = {"Authorization": f"Bearer {doors.partner_bearers[READ]}"}
    assert doors.ask("http", "GET /orders", headers).status == 401


def test_an_id_token_is_good_for_no_scope(doors: Doors, door: str) -> None:
    service = doors.service
    identity = service.outputs["identity"]
    token = tokens.of_user(
        service.server, identity, doors.name, doors.password, [READ, WRITE], kind="id_token"
    )
    assert part(token, 1)["token_use"] == "id"
    headers = doors.headers(door, READ) | {"Authorization": f"Bearer {token}"}
    for route in ROUTES:
        assert doors.ask(door, route, headers).status in {401, 403}


def test_an_expired_token_is_refused(doors: Doors) -> None:
    # AWS takes five minutes at the least; the local one takes a second, too.
    service = doors.service
    cognito, pool = (
        service.server.client("cognito-idp"),
        service.outputs["identity"]["user_pool_id"],
    )
    made = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="brief", GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"], AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=[READ], AccessTokenValidity=2,
        TokenValidityUnits={"AccessToken": "seconds"},
    )["UserPoolClient"]  # fmt: skip
    token = tokens.of_client(service.server, made["ClientId"], made["ClientSecret"], [READ])
    headers = doors.headers("rest", READ) | {"Authorization": f"Bearer {token}"}
    assert doors.ask("rest", "GET /orders", headers).status == 200
    time.sleep(max(0.0, part(token, 1)["exp"] + 0.1 - time.time()))
    assert doors.ask("rest", "GET /orders", headers).status == 401
    cognito.delete_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])


@pytest.mark.parametrize("key", [None, "", "wrong", "disabled"])
def test_the_api_of_partners_takes_a_valid_key_only(doors: Doors, key: str | None) -> None:
    headers = doors.headers("rest", READ)
    del headers["x-api-key"]
    if key == "disabled":
        gateway = doors.service.server.client("apigateway")
        made = gateway.create_api_key(name="off", enabled=False, value=secrets.token_urlsafe(30))
        headers["x-api-key"] = made["value"]
    elif key is not None:
        headers["x-api-key"] = key
    for route in ROUTES:
        bearer = doors.partner_bearers[ROUTES[route][0]]
        sent = headers | {"Authorization": f"Bearer {bearer}"}
        assert doors.ask("rest", route, sent).status == 403


def test_a_token_does_not_approve(doors: Doors) -> None:
    for scope in (READ, WRITE):
        headers = doors.headers("http", scope)
        route = f"POST /orders/{NOWHERE}/approval"
        assert doors.ask("http", route, headers, {"approved": True}).status == 403


@pytest.mark.parametrize(
    "signature", ["AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 of mine", "Basic YTpi"]
)
def test_what_only_looks_like_a_signature_does_not_approve(doors: Doors, signature: str) -> None:
    route = f"POST /orders/{NOWHERE}/approval"
    answer = doors.ask("http", route, {"Authorization": signature}, {"approved": True})
    assert answer.status == 403


def test_approvals_are_no_business_of_partners(doors: Doors) -> None:
    headers = doors.headers("rest", WRITE)
    route = f"POST /orders/{NOWHERE}/approval"
    assert doors.ask("rest", route, headers, {"approved": True}).status == 403


# --- CORS -----------------------------------------------------------------------------------------


def preflight(doors: Doors, door: str, origin: str) -> Answer:
    """Ask as a browser does before it posts an order."""
    return doors.service.door(door).request(
        "OPTIONS",
        "/orders",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )


def test_a_preflight_of_the_page_is_answered(doors: Doors, door: str) -> None:
    answer = preflight(doors, door, ORIGIN)
    assert answer.status in {200, 204}
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"authorization", "content-type"} <= {name.strip() for name in allowed.split(",")}


def test_another_page_is_not_let_in(doors: Doors, door: str) -> None:
    # One that names another origin lets a browser refuse as one that names none does.
    assert preflight(doors, door, ELSEWHERE).headers.get("access-control-allow-origin") in {
        None, ORIGIN,
    }  # fmt: skip
    headers = doors.headers(door, READ) | {"Origin": ELSEWHERE}
    answer = doors.ask(door, "GET /orders", headers)
    assert answer.headers.get("access-control-allow-origin") is None


def test_answers_can_be_read_by_the_page(doors: Doors, door: str) -> None:
    headers = doors.headers(door, READ) | {"Origin": ORIGIN}
    for route in ("GET /orders", f"GET /orders/{NOWHERE}"):
        answer = doors.ask(door, route, headers)
        assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_refusals_of_the_api_of_partners_can_be_read_by_the_page(doors: Doors) -> None:
    for headers in ({}, doors.headers("rest", WRITE)):
        answer = doors.ask("rest", "GET /orders", headers | {"Origin": ORIGIN})
        assert answer.status in {401, 403}
        assert answer.headers["access-control-allow-origin"] == ORIGIN


# --- bodies ---------------------------------------------------------------------------------------


def post(doors: Doors, body: bytes) -> Answer:
    """Post a body at the API of partners; wait where the stage throttles what writes."""
    headers = doors.headers("rest", WRITE) | {"Content-Type": "application/json"}
    client = doors.service.door("rest")

    def look() -> Answer | None:
        answer = client.request("POST", "/orders", body, headers)
        return None if answer.status == 429 else answer

    return until("room for a request that writes", look)


def reached(answer: Answer) -> bool:
    """Tell whether an answer is the function's own."""
    return "x-request-id" in answer.headers


def taken(body: bytes) -> bool:
    """Tell whether the function takes a body for an order."""
    try:
        read_new_order(body)
    except (InvalidOrderError, MalformedJsonError):
        return False
    return True


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(value=strategies.order_like | strategies.json_values | strategies.orders)
def test_what_the_function_would_refuse_is_refused_before_it(doors: Doors, value: object) -> None:
    body = json.dumps(value).encode()
    answer = post(doors, body)
    assert answer.status == (201 if taken(body) else 400)
    assert reached(answer) == taken(body)


EDGES: dict[str, dict[str, Any]] = {
    "the longest customer": {"customer": "c" * 254},
    "a customer too long": {"customer": "c" * 255},
    "the least price": {"lines": [{"sku": "TEA", "quantity": 1, "unit_price": 0}]},
    "a price below it": {"lines": [{"sku": "TEA", "quantity": 1, "unit_price": -1}]},
    "the most pieces": {"lines": [{"sku": "TEA", "quantity": 10_000, "unit_price": 0}]},
    "one more": {"lines": [{"sku": "TEA", "quantity": 10_001, "unit_price": 0}]},
    "the highest price": {"lines": [{"sku": "TEA", "quantity": 1, "unit_price": 100_000_000}]},
    "a higher price": {"lines": [{"sku": "TEA", "quantity": 1, "unit_price": 100_000_001}]},
    "the most lines": {"lines": [{"sku": "TEA", "quantity": 1, "unit_price": 0}] * 100},
    "a line more": {"lines": [{"sku": "TEA", "quantity": 1, "unit_price": 0}] * 101},
    "no lines": {"lines": []},
    "a piece as text": {"lines": [{"sku": "TEA", "quantity": "1", "unit_price": 0}]},
    "half a piece": {"lines": [{"sku": "TEA", "quantity": 1.5, "unit_price": 0}]},
    "a whole piece with a point": {"lines": [{"sku": "TEA", "quantity": 1.0, "unit_price": 0}]},
    "true for a piece": {"lines": [{"sku": "TEA", "quantity": True, "unit_price": 0}]},
    "a currency in small letters": {"currency": "eur"},
    "a currency and a line break": {"currency": "EUR\n"},
    "an article and a line break": {"lines": [{"sku": "TEA\n", "quantity": 1, "unit_price": 0}]},
    "a customer of 254 pictures": {"customer": "🫖" * 254},
    "a customer of 255 pictures": {"customer": "🫖" * 255},
    "a customer who is null": {"customer": None},
    "a currency of four": {"currency": "EURO"},
    "the longest article": {"lines": [{"sku": "T" * 64, "quantity": 1, "unit_price": 0}]},
    "an article too long": {"lines": [{"sku": "T" * 65, "quantity": 1, "unit_price": 0}]},
    "an unknown field": {"total": 1},
    "an unknown field of a line": {
        "lines": [{"sku": "TEA", "quantity": 1, "unit_price": 0, "discount": 1}]
    },
}


BODIES = {name: json.dumps(ORDER | change).encode() for name, change in EDGES.items()} | {
    "no UTF-8": json.dumps(ORDER).encode().replace(b"ada@", b"\xe4da@"),
    "no number": json.dumps(ORDER | {"customer": float("nan")}).encode(),
    "an order and more": json.dumps(ORDER).encode() + b"{}",
    "nothing": b"",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_schema_and_function_have_the_same_bounds(doors: Doors, body: bytes) -> None:
    answer = post(doors, body)
    assert answer.status == (201 if taken(body) else 400)
    assert reached(answer) == taken(body)


BEYOND_A_SCHEMA = {
    "half a pair of surrogates": (json.dumps(ORDER | {"customer": "\ud83e"}).encode(), 400),
    "more than 64 KB": (b" " * 70_000 + json.dumps(ORDER).encode(), 413),
    "a wrong name that is there again, right": (
        b'{"currency": 1, ' + json.dumps(ORDER).encode()[1:], 400,
    ),
}  # fmt: skip
"""Bodies of which JSON Schema, which sees values and not their text, can say nothing."""


@pytest.mark.parametrize(("body", "status"), BEYOND_A_SCHEMA.values(), ids=BEYOND_A_SCHEMA)
def test_what_a_schema_cannot_say_is_left_to_the_function(
    doors: Doors, body: bytes, status: int
) -> None:
    answer = post(doors, body)
    assert reached(answer)
    assert answer.status == status


# --- throttles, quotas and addresses --------------------------------------------------------------


def at_once(doors: Doors, route: str, headers: Mapping[str, str], count: int) -> Counter[int]:
    """Send many requests at once to the API of partners; return how often each status came."""
    client = doors.service.door("rest", connections=count)
    method, target = route.split(" ")
    body = b"{}" if method == "POST" else b""
    sent = {"Content-Type": "application/json", **headers}
    with ThreadPoolExecutor(count) as pool:
        answers = pool.map(lambda _: client.request(method, target, body, sent), range(count))
        return Counter(answer.status for answer in answers)


def test_the_throttle_of_a_key_does_not_hit_another_key(doors: Doors) -> None:
    mine = doors.headers("rest", READ) | {"x-api-key": doors.partner.api_key}
    statuses = at_once(doors, f"GET /orders/{NOWHERE}", mine, 60)
    assert set(statuses) == {404, 429}
    assert statuses[404] >= 20
    other = doors.headers("rest", READ)
    assert at_once(doors, f"GET /orders/{NOWHERE}", other, 10) == {404: 10}


def test_routes_that_write_have_a_throttle_of_their_own(doors: Doors) -> None:
    # 50 at once and 25 a second, whatever the key may do; no order is in the body.
    time.sleep(50 / 25)  # until what the tests before have taken is there again
    writes = at_once(doors, "POST /orders", doors.headers("rest", WRITE), 120)
    assert set(writes) == {400, 429}
    assert writes[400] >= 25
    reads = at_once(doors, f"GET /orders/{NOWHERE}", doors.headers("rest", READ), 60)
    assert reads == {404: 60}


def test_a_quota_ends_what_a_key_may_do(doors: Doors) -> None:
    with plan_of(doors.service, "few", quota={"limit": 3, "period": "DAY"}) as key:
        headers = doors.headers("rest", READ) | {"x-api-key": key}
        statuses = [doors.ask("rest", "GET /orders", headers).status for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
def test_a_denied_address_gets_in_by_no_token_and_no_key(doors: Doors) -> None:
    client = doors.service.door("rest", source="127.0.0.2")
    answer = client.request("GET", "/orders", headers=doors.headers("rest", READ))
    assert answer.status == 403
    assert doors.ask("rest", "GET /orders", doors.headers("rest", READ)).status == 200


# --- what is told of it ---------------------------------------------------------------------------


def access_log(doors: Doors, door: str) -> list[str]:
    """Return the lines of an API's access log."""
    server, api = doors.service.server, doors.service.outputs["apis"][door]
    if door == "rest":
        stage = server.client("apigateway").get_stage(restApiId=api["id"], stageName=api["stage"])
        group = stage["accessLogSettings"]["destinationArn"]
    else:
        stage = server.client("apigatewayv2").get_stage(ApiId=api["id"], StageName="$default")
        group = stage["AccessLogSettings"]["DestinationArn"]
    name = group.split(":log-group:")[1].removesuffix(":*")
    return logs.messages(server.client("logs"), name)


def test_each_request_is_a_line_of_json_in_the_access_log(doors: Doors, door: str) -> None:
    good, wrong = doors.headers(door, READ), doors.headers(door, WRITE)
    answers = [
        doors.ask(door, route, headers)
        for route, headers in (
            ("GET /orders", good), (f"GET /orders/{NOWHERE}", good), ("GET /orders", wrong),
            ("GET /orders", {}),
        )
    ]  # fmt: skip
    scope_lacks = {"http": 403, "rest": 401}[door]
    assert [answer.status for answer in answers] == [200, 404, scope_lacks, 401]
    header = {"http": "apigw-requestid", "rest": "x-amzn-requestid"}[door]
    lines = [json.loads(line) for line in access_log(doors, door)]
    for answer in answers:
        (line,) = [each for each in lines if each["request_id"] == answer.headers[header]]
        assert (line["method"], line["status"]) == ("GET", str(answer.status))
        assert int(line["response_bytes"]) == len(answer.body)
        assert {"ip", "latency_ms", "time"} <= line.keys()


def test_no_line_of_the_access_log_has_a_token_a_key_or_a_body(doors: Doors, door: str) -> None:
    marked = f"never-in-a-log-{secrets.token_hex(4)}@example.com"
    headers = doors.headers(door, WRITE)
    assert doors.ask(door, "POST /orders", headers, ORDER | {"customer": marked}).status == 201
    secret = [marked, doors.roomy_key, headers["Authorization"].removeprefix("Bearer ")]
    found = [line for line in access_log(doors, door) if any(each in line for each in secret)]
    assert found == []


def test_what_an_api_refuses_never_reaches_the_function(doors: Doors, door: str) -> None:
    good, wrong = doors.headers(door, READ), doors.headers(door, WRITE)
    token = good["Authorization"].removeprefix("Bearer ")
    refused = [{}, wrong, good | {"Authorization": f"Bearer {forged(token, 'no algorithm')}"}]
    if door == "rest":
        refused.append({k: v for k, v in good.items() if k != "x-api-key"})
    before = doors.service.invocations("orders_api")
    for headers in refused:
        assert doors.ask(door, "GET /orders", headers).status in {401, 403}
    if door == "rest":
        assert post(doors, b'{"lines": []}').status == 400
        assert post(doors, b"no JSON").status == 400
    assert preflight(doors, door, ORIGIN).status in {200, 204}
    assert doors.service.invocations("orders_api") == before
    assert doors.ask(door, "GET /orders", good).status == 200
    until("its log", lambda: doors.service.invocations("orders_api") > before)
    assert doors.service.invocations("orders_api") == before + 1
