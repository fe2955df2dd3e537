"""The edge as an ASGI application."""

from __future__ import annotations

import base64
import logging
import os
from typing import TYPE_CHECKING, Any

from tools.local_edge import headers as http
from tools.local_edge import pages
from tools.local_edge.events import Request
from tools.local_edge.exchange import Answer, Exchange, ViewerBody, ViewerGone, date
from tools.local_edge.pages import Refused
from tools.local_edge.upstream import TimedOut, Unreachable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tools.local_edge.cache import Cache
    from tools.local_edge.environments import Environments
    from tools.local_edge.headers import Headers
    from tools.local_edge.upstream import Pool
    from tools.local_edge.world import World

log = logging.getLogger("local_edge")

POP = "LOC50-P1"
# CloudFront's own in an answer.
OWN = ("via", "x-amz-cf-id", "x-amz-cf-pop", "x-cache")


class App:
    """Answers as the distributions of `world` say.

    Attributes
    ----------
    https_port
        Where the edge speaks TLS; known once it listens.
    """

    def __init__(self, world: World, pool: Pool, environments: Environments, cache: Cache) -> None:
        self.https_port = 0
        self._world, self._pool, self._cache = world, pool, cache
        self._environments = environments

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Serve one request."""
        request_id = base64.urlsafe_b64encode(os.urandom(40)).decode()
        node = f"{os.urandom(16).hex()}.cloudfront.net (CloudFront)"
        via = f"{scope['http_version']} {node}"
        try:
            answer = await self._exchange(scope, receive, request_id, via).answer()
        except ViewerGone:
            return
        except Refused as refused:
            answer = _refusal(refused, request_id)
        except Exception as error:
            log.exception("the local edge failed")
            wrong = Refused(500, f"The local edge failed with {type(error).__name__}; see its log.")
            answer = _refusal(wrong, request_id)
        headers = http.without(answer.headers, *http.HOP_BY_HOP, *OWN)
        if not http.first(headers, "date"):
            headers.append(("date", date()))
        headers += [
            ("x-cache", answer.x_cache),
            ("via", ", ".join([*http.values(answer.headers, "via"), f"1.1 {node}"])),
            ("x-amz-cf-pop", POP),
            ("x-amz-cf-id", request_id),
        ]
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [(n.encode("latin-1"), _bytes(v)) for n, v in headers],
            }
        )
        await _send_body(answer, send, is_head=scope["method"] == "HEAD")

    def _exchange(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        request_id: str,
        via: str,
    ) -> Exchange:
        headers: Headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]]
        if len(http.values(headers, "host")) > 1:
            raise Refused(400, "Bad request. It has more than one Host.")
        authority = http.first(headers, "host") or ""
        distribution = self._world.find(authority)
        announced = (http.first(headers, "content-length") or "0").strip("0")
        has_body = bool(announced) or bool(http.values(headers, "transfer-encoding"))
        address, port = scope["client"]
        if authority.lower() not in {distribution.domain, *distribution.aliases}:
            # With a port, or a browser's way in: on AWS it would be the distribution's own name.
            headers = http.replaced(headers, "host", distribution.domain)
        request = Request(
            method=scope["method"],
            uri=_text(scope["raw_path"]) or "/",
            query=_text(scope["query_string"]),
            headers=headers,
            client_ip=address,
        )
        return Exchange(
            world=self._world,
            pool=self._pool,
            environments=self._environments,
            cache=self._cache,
            distribution=distribution,
            request=request,
            body=ViewerBody(receive, is_announced=has_body),
            request_id=request_id,
            via=via,
            scheme=scope["scheme"],
            authority=authority,
            viewer_address=f"{address}:{port}",
            https_port=self.https_port,
        )


def _refusal(refused: Refused, request_id: str) -> Answer:
    body = pages.page(refused, request_id)
    headers = [
        ("server", "CloudFront"),
        ("content-type", "text/html"),
        ("content-length", str(len(body))),
    ]
    return Answer(refused.status, "", headers, body, refused.x_cache)


async def _send_body(
    answer: Answer, send: Callable[[dict[str, Any]], Awaitable[None]], *, is_head: bool
) -> None:
    body = answer.body
    if isinstance(body, bytes):
        await send({"type": "http.response.body", "body": b"" if is_head else body})
        return
    try:
        async for part in body:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    except (TimedOut, Unreachable) as error:
        # The status is out. An answer that stops in the middle tells the viewer.
        log.warning("the answer broke off: %s", error)
        return
    await send({"type": "http.response.body"})


def _text(raw: bytes) -> str:
    """Return a part of the URL, which is UTF-8 or taken for ISO 8859-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _bytes(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()
