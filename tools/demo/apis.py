"""The HTTP API for who signs in, and the REST API for partners, each with what it refuses."""

from __future__ import annotations

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tools.demo.rows import Call, Effect, Row, UnexpectedError, must
from tools.order_service.orders import ORDER

if TYPE_CHECKING:
    from tools.demo.visit import Visit
    from tools.local_aws.http import Answer

AT_ONCE = 60
ELSEWHERE = "127.0.0.2"
READ, WRITE = "orders/read", "orders/write"


def _signs_in(visit: Visit) -> str:
    name = f"clerk-{secrets.token_hex(4)}@example.com"
    password = visit.service.hire(name)
    visit.token_to_read = visit.service.sign_in(name, password, READ)
    visit.token_to_write = visit.service.sign_in(name, password, READ, WRITE)
    return "tokens by PKCE"


def _http(visit: Visit, token: str | None) -> Answer:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return visit.service.door("http").post_json("/orders", ORDER, **headers)


def _welcomes_a_partner(visit: Visit) -> str:
    visit.partner = visit.service.welcome(f"warehouse-{secrets.token_hex(4)}", READ, WRITE)
    visit.partner_headers = visit.service.partner_headers(visit.partner, READ, WRITE)
    return "client and API key"


def _rest(visit: Visit, body: object = ORDER, without: str = "") -> Answer:
    headers = {k: v for k, v in visit.partner_headers.items() if k != without}
    return visit.service.door("rest").post_json("/orders", body, **headers)


def _refuses_before_the_function(visit: Visit) -> str:
    before = visit.service.invocations("orders_api")
    answer = _rest(visit, ORDER | {"lines": []})
    must(answer.status == 400, f"answered {answer.status}")
    after = visit.service.invocations("orders_api")
    must(after == before, f"the function ran {after - before} times")
    return "400, function not run"


def _throttles(visit: Visit) -> str:
    door = visit.service.door("rest", connections=AT_ONCE)

    def read(_: int) -> int:
        return door.request("GET", "/orders?limit=1", headers=visit.partner_headers).status

    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = Counter(pool.map(read, range(AT_ONCE)))
    must(set(statuses) == {200, 429}, f"{dict(statuses)}")
    return f"{statuses[200]} pass, {statuses[429]} get 429"


def _denies_an_address(visit: Visit) -> str:
    door = visit.service.door("rest", source=ELSEWHERE)
    try:
        answer = door.request("GET", "/orders", headers=visit.partner_headers)
    except OSError as error:
        must("assign" in str(error), str(error))
        return f"this machine has no {ELSEWHERE}"
    must(answer.status == 403, f"answered {answer.status}")
    return "403"


def _keeps_no_partner(visit: Visit) -> str:
    if visit.partner is None:
        raise UnexpectedError("there is none")
    visit.service.part_with(visit.partner)
    answer = _rest(visit)
    must(answer.status == 403, f"answered {answer.status}")
    return "403 from then on"


ROWS: tuple[Row, ...] = (
    Effect("A clerk signs in on the user pool's page", "access tokens", _signs_in),
    Call("HTTP API: without a token", (401,), lambda v: _http(v, None)),
    Call("HTTP API: a token with another scope", (403,), lambda v: _http(v, v.token_to_read)),
    Call("HTTP API: a token with the scope", (201,), lambda v: _http(v, v.token_to_write)),
    Effect("A partner is welcomed", "client and API key", _welcomes_a_partner),
    Call("REST API: without a token", (401,), lambda v: _rest(v, without="Authorization")),
    Call("REST API: without the API key", (403,), lambda v: _rest(v, without="x-api-key")),
    Call("REST API: token and key", (201,), _rest),
    Effect("REST API: a body that the schema refuses", "400, function not run",
           _refuses_before_the_function),
    Effect(f"REST API: {AT_ONCE} requests at once with one key", "some pass, the rest 429",
           _throttles),
    Effect("REST API: from a denied address", "403", _denies_an_address),
    Effect("The partner leaves", "403 from then on", _keeps_no_partner),
)  # fmt: skip
