"""One viewer's request, from its arrival to the answer: the way through CloudFront.

Viewer request, cache, origin request, origin, origin response, cache, viewer response. When each
function runs:
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-cloudfront-trigger-events.html
"""

from __future__ import annotations

import copy
import dataclasses
import email.utils
import logging
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tools.local_edge import access, functions, pages
from tools.local_edge import headers as http
from tools.local_edge.cache import MOST_BYTES_OF_ONE, Cache, Entry
from tools.local_edge.events import (
    SHOWN_BYTES,
    URL_BYTES,
    Event,
    Generated,
    InvalidResult,
    Request,
    Shown,
)
from tools.local_edge.pages import Refused
from tools.local_edge.policies import forwarded
from tools.local_edge.upstream import OriginResponse, TimedOut, Unreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Hashable

    from tools.local_edge.distribution import Behavior, Distribution
    from tools.local_edge.environments import Environments
    from tools.local_edge.headers import Headers
    from tools.local_edge.upstream import Pool
    from tools.local_edge.world import World

log = logging.getLogger("local_edge")

REQUEST_BYTES = 32_768
# With these a local AWS answers; no request leaves the machine.
LOCAL_HOST = re.compile(
    r"[a-z0-9-]+\.(lambda-url\.[a-z0-9-]+\.on\.aws|execute-api\.[a-z0-9-]+\.amazonaws\.com|"
    r"s3(\.[a-z0-9-]+)?\.amazonaws\.com)"
)
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CONDITIONS = ("if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since")


@dataclass
class Answer:
    """What goes back to the viewer.

    Attributes
    ----------
    x_cache
        The header X-Cache: whose answer it is.
    is_origins
        Whether the functions at viewer-response see it.
    """

    status: int
    reason: str
    headers: Headers
    body: AsyncIterator[bytes] | bytes
    x_cache: str
    is_origins: bool = True


class ViewerGone(Exception):
    """The viewer ended the connection before the request's end: nobody waits for an answer."""


class ViewerBody:
    """The body of a viewer's request: its beginning may be looked at before it goes on.

    Parameters
    ----------
    receive
        ASGI's.
    is_announced
        Whether the request's headers say that there is one.
    """

    def __init__(self, receive: Callable[[], Awaitable[Any]], *, is_announced: bool) -> None:
        self._receive = receive
        self._begun: list[bytes] = []
        self._has_ended = not is_announced
        self.is_announced = is_announced

    async def show(self, most: int) -> Shown:
        """Return the beginning, up to `most` bytes."""
        size = sum(map(len, self._begun))
        while size <= most and not self._has_ended:
            part = await self._next()
            self._begun.append(part)
            size += len(part)
        data = b"".join(self._begun)
        self._begun = [data] if data else []
        return Shown(data[:most], len(data) > most)

    def whole(self) -> bytes:
        """Return the body if all of it was looked at: it goes on in one write with the head."""
        return b"".join(self._begun) if self._has_ended else b""

    async def stream(self) -> AsyncIterator[bytes]:
        """Give the whole body, once."""
        while self._begun:
            yield self._begun.pop(0)
        while not self._has_ended:
            yield await self._next()

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ViewerGone
        self._has_ended = not message.get("more_body", False)
        return bytes(message.get("body", b""))


@dataclass
class Exchange:
    """One viewer's request on its way.

    Attributes
    ----------
    request
        As it came.
    scheme, authority, viewer_address
        How it came, under which host and port, and from where.
    https_port
        Where this edge speaks TLS, for redirects.
    """

    world: World
    pool: Pool
    environments: Environments
    cache: Cache
    distribution: Distribution
    request: Request
    body: ViewerBody
    request_id: str
    via: str
    scheme: str
    authority: str
    viewer_address: str
    https_port: int

    def __post_init__(self) -> None:
        # That of the path which the viewer asked for: no function changes it.
        self.behavior = self.distribution.behavior(self.request.uri)

    async def answer(self) -> Answer:
        """
        Return the answer.

        Raises
        ------
        Refused
            CloudFront answers with an error of its own.
        """
        self._check_length()
        if redirect := self._redirect():
            return redirect
        self._check_method()
        request = self.request
        if "viewer-request" in self.behavior.functions:
            made = await self._run_request("viewer-request", request)
            if isinstance(made, Generated):
                return _generated(made)
            request = made
        if request.uri == "/" and self.distribution.root_object:
            request = dataclasses.replace(request, uri=f"/{self.distribution.root_object}")
        answer = await self._fetch(request, self.behavior)
        if policy := self.behavior.response_headers_policy:
            answer.headers = policy.apply(answer.headers, self.request)
        if (
            "viewer-response" in self.behavior.functions
            and answer.is_origins
            and answer.status < 400
        ):
            await self._run_response("viewer-response", request, answer)
        return answer

    # --- what is refused at the door --------------------------------------------------------------

    def _check_length(self) -> None:
        request = self.request
        host = http.first(request.headers, "host") or ""
        url = len(f"https://{host}") + len(request.uri) + len(request.query) + bool(request.query)
        total = url + http.length_of(request.headers)
        if url > URL_BYTES or total > REQUEST_BYTES:
            raise Refused(413, f"The request is too long: URL {url} bytes of {URL_BYTES}, with "
                               f"headers {total} of {REQUEST_BYTES}.")  # fmt: skip

    def _redirect(self) -> Answer | None:
        """Return the redirect to HTTPS that the behavior may want."""
        policy = self.behavior.protocol_policy
        if self.scheme == "https" or policy == "allow-all":
            return None
        if policy == "https-only":
            raise Refused(403, "Bad request. The behavior takes HTTPS only.")
        host, _, port = self.authority.partition(":")
        query = f"?{self.request.query}" if self.request.query else ""
        where = f"{host}:{self.https_port}" if port else host
        location = f"https://{where}{self.request.uri}{query}"
        return Answer(
            301,
            "Moved Permanently",
            [("location", location), ("content-length", "0"), ("server", "CloudFront")],
            b"",
            "Redirect from cloudfront",
            is_origins=False,
        )

    def _check_method(self) -> None:
        method = self.request.method
        if method not in self.behavior.methods:
            raise Refused(
                403,
                "This distribution is not configured to allow the HTTP request method that was "
                f"used for this request: {method}.",
            )
        if method == "GET" and self.body.is_announced:
            raise Refused(403, "Bad request. A GET request has a body.")

    # --- edge functions ---------------------------------------------------------------------------

    def _config(self) -> dict[str, str]:
        return {
            "distributionDomainName": self.distribution.domain,
            "distributionId": self.distribution.id,
            "requestId": self.request_id,
        }

    async def _invoke(self, arn: str, event: Event) -> object:
        return await functions.invoke(self.environments, arn, event.document())

    async def _run_request(self, kind: str, request: Request) -> Request | Generated:
        """Run the function at a request event."""
        function = self.behavior.functions[kind]
        shown = None
        if function.include_body:
            shown = (
                await self.body.show(SHOWN_BYTES[kind])
                if request.body is None
                else Shown(request.body[: SHOWN_BYTES[kind]], False)
            )
        event = Event(kind, self._config(), request, shown)
        result = await self._invoke(function.function_arn, event)
        try:
            return event.requested(result)
        except InvalidResult as error:
            raise _invalid(function.function_arn, kind, error) from None

    async def _run_response(self, kind: str, request: Request, answer: Answer) -> None:
        """Run the function at a response event, and change the answer as it wants."""
        function = self.behavior.functions[kind]
        event = Event(
            kind, self._config(), request,
            status=answer.status, reason=answer.reason, response_headers=answer.headers,
        )  # fmt: skip
        try:
            result = await self._invoke(function.function_arn, event)
            changed = event.responded(result)
        except InvalidResult as error:
            await _discard(answer.body)
            raise _invalid(function.function_arn, kind, error) from None
        except Refused:
            await _discard(answer.body)
            raise
        length = http.first(answer.headers, "content-length")
        answer.status, answer.headers = changed.status, changed.headers
        answer.reason = _reason(changed.status)
        if changed.body is not None:
            await _discard(answer.body)
            answer.body, length = changed.body, str(len(changed.body))
        answer.headers = http.without(answer.headers, "content-length")
        answer.headers += [("content-length", length)] if length is not None else []

    # --- the cache --------------------------------------------------------------------------------

    async def _fetch(self, request: Request, behavior: Behavior) -> Answer:
        """Return the answer of the cache, or else of the origin."""
        key: Hashable = None
        entry = None
        if request.method in behavior.cached_methods:
            place = self.distribution.behaviors.index(behavior)
            key = (self.distribution.id, place, *behavior.cache_policy.key(request))
            entry = self.cache.get(key)
        if entry and entry.is_fresh:
            return _from_cache(entry, request, "Hit from cloudfront")
        return await self._from_origin(request, behavior, key, entry)

    async def _from_origin(
        self, request: Request, behavior: Behavior, key: Hashable, stale: Entry | None
    ) -> Answer:
        query, headers = forwarded(
            request,
            behavior.cache_policy,
            behavior.origin_request_policy,
            origin_domain=behavior.origin.domain,
            added={
                "cloudfront-forwarded-proto": self.scheme,
                "cloudfront-viewer-address": self.viewer_address,
                "via": self.via,
            },
        )
        if stale:
            headers = _asking_for_change(headers, stale)
        outgoing = dataclasses.replace(
            request, query=query, headers=headers, origin=copy.deepcopy(behavior.origin.event)
        )
        if "origin-request" in behavior.functions:
            made = await self._run_request("origin-request", outgoing)
            if isinstance(made, Generated):
                answer = _generated(made)
                answer.is_origins = True
                return self._kept(key, request, self._lifetime(behavior, answer), answer)
            outgoing = made
        response = await self._ask(outgoing, behavior, stale)
        if stale and (response is None or response.status == 304 or response.status >= 500):
            return await self._again(request, behavior, stale, response)
        assert response is not None  # noqa: S101  without a stale answer, _ask raises
        answer = Answer(
            response.status, response.reason or _reason(response.status),
            http.without(response.headers, *http.HOP_BY_HOP), response.body(),
            "Miss from cloudfront" if response.status < 400 else pages.ERROR,
        )  # fmt: skip
        if "origin-response" in behavior.functions:
            await self._run_response("origin-response", outgoing, answer)
        # A page is kept for as long as the error it stands for.
        lifetime = self._lifetime(behavior, answer)
        answer = await self._with_page(request, answer)
        return self._kept(key, request, lifetime, answer)

    async def _again(
        self, request: Request, behavior: Behavior, stale: Entry, response: OriginResponse | None
    ) -> Answer:
        """Return what was kept: it has not changed, or the origin cannot say."""
        if response:
            await response.read()
        if response and response.status == 304:
            headers = {name: value for name, value in response.headers if name != "content-length"}
            kept = [(name, headers.get(name, value)) for name, value in stale.headers]
            stale.headers = kept
            stale.renew(behavior.cache_policy.lifetime(stale.status, kept, 0))
            return _from_cache(stale, request, "RefreshHit from cloudfront")
        status = response.status if response else 504
        stale.renew(self.distribution.error(status).minimum_ttl)
        return _from_cache(stale, request, "Hit from cloudfront")

    def _lifetime(self, behavior: Behavior, answer: Answer) -> float:
        return behavior.cache_policy.lifetime(
            answer.status, answer.headers, self.distribution.error(answer.status).minimum_ttl
        )

    def _kept(self, key: Hashable, request: Request, lifetime: float, answer: Answer) -> Answer:
        """Return the answer such that it is kept once it is whole, if it may be."""
        # A HEAD brings no body for the GET after it.
        if key is None or lifetime <= 0 or request.method == "HEAD":
            return answer
        entry = Entry(
            self.distribution.id, request.uri, answer.status, answer.reason, answer.headers, b"",
            lifetime,
        )  # fmt: skip
        if isinstance(answer.body, bytes):
            entry.body = answer.body
            self.cache.put(key, entry)
        else:
            answer.body = _collected(self.cache, key, entry, answer.body)
        return answer

    async def _with_page(self, request: Request, answer: Answer) -> Answer:
        """Return the custom page of an error, where there is one."""
        error = self.distribution.error(answer.status)
        if answer.status < 400 or not error.page or request.uri == error.page:
            return answer
        asked = dataclasses.replace(
            request, method="GET", uri=error.page, query="",
            headers=http.without(request.headers, *_CONDITIONS, "range", "content-length"),
            body=b"",
        )  # fmt: skip
        page = await self._fetch(asked, self.distribution.behavior(error.page))
        if page.status >= 400:
            await _discard(page.body)
            return answer
        await _discard(answer.body)
        status = error.status or answer.status
        return Answer(status, _reason(status), page.headers, page.body, pages.ERROR, False)

    # --- the origin -------------------------------------------------------------------------------

    async def _ask(
        self, request: Request, behavior: Behavior, stale: Entry | None
    ) -> OriginResponse | None:
        """Return the origin's answer; None if there is none, but one that was kept."""
        try:
            return await self._send(request, behavior)
        except TimedOut as error:
            if stale:
                return None
            log.warning("%s", error)
            raise Refused(504, "The origin did not answer in time.") from None
        except Unreachable as error:
            if stale:
                return None
            log.warning("%s", error)
            raise Refused(502, "CloudFront wasn't able to connect to the origin.") from None

    async def _send(self, request: Request, behavior: Behavior) -> OriginResponse:
        (kind, origin), *_ = (request.origin or {}).items()
        host: str = origin["domainName"]
        if not LOCAL_HOST.fullmatch(host):
            raise Unreachable(f"origin {host} is not of the local AWS: no request leaves here")
        if origin.get("protocol", "https") != "https":
            raise Unreachable(f"origin {host} is asked over plain http, which it does not speak")
        headers = self._origin_headers(request.headers, origin, kind, host)
        target = f"{origin.get('path', '')}{request.uri}"
        target += f"?{request.query}" if request.query else ""
        control = behavior.origin.access_control
        if control and host == behavior.origin.domain and control.behavior != "never":
            given = http.first(headers, "authorization")
            if not (control.behavior == "no-override" and given):
                credentials = self.world.credentials(self.distribution)
                headers = access.sign(
                    credentials, request.method, host, target, headers, kind=control.kind
                )
        body: AsyncIterator[bytes] | bytes = b""
        if request.body is not None:
            body = request.body
        elif self.body.is_announced:
            body = self.body.whole() or self.body.stream()
        return await self.pool.request(
            request.method, host, target, headers, body, timeout=origin.get("readTimeout", 30)
        )

    def _origin_headers(
        self, headers: Headers, origin: dict[str, Any], kind: str, host: str
    ) -> Headers:
        custom = http.from_event(origin.get("customHeaders", {}))
        headers = http.without(headers, *(name for name, _ in custom)) + custom
        if kind == "s3":
            headers = http.replaced(headers, "host", host)
        return [*headers, ("x-amz-cf-id", self.request_id)]


def _invalid(arn: str, kind: str, error: InvalidResult) -> Refused:
    log.warning("%s at %s: %s", arn, kind, error)
    return Refused(
        502, f"The Lambda function result failed validation: {error.sentence}.", pages.VALIDATION
    )


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _generated(made: Generated) -> Answer:
    headers = [*http.without(made.headers, "content-length"),
               ("content-length", str(len(made.body)))]  # fmt: skip
    return Answer(
        made.status,
        _reason(made.status),
        headers,
        made.body,
        "LambdaGeneratedResponse from cloudfront",
        is_origins=False,
    )


def _asking_for_change(headers: Headers, stale: Entry) -> Headers:
    """Return the headers that ask an origin whether what is kept has changed."""
    headers = http.without(headers, *_CONDITIONS, "range")
    for name, source in (("if-none-match", "etag"), ("if-modified-since", "last-modified")):
        value = http.first(stale.headers, source)
        headers += [(name, value)] if value else []
    return headers


def _from_cache(entry: Entry, request: Request, x_cache: str) -> Answer:
    """Return what is kept, or that part of it that the viewer asks for."""
    if entry.status >= 400:
        x_cache = pages.ERROR
    headers = [*http.without(entry.headers, "age", "content-length"), ("age", str(entry.age))]
    if entry.status == 200 and entry.is_unchanged_for(request.headers):
        return Answer(304, "Not Modified", http.without(headers, "content-type"), b"", x_cache)
    status, body = entry.status, entry.body
    wanted = http.first(request.headers, "range")
    if status == 200 and wanted and not http.first(request.headers, "if-range"):
        status, body, headers = _part(entry, wanted, headers)
    headers.append(("content-length", str(len(body))))
    return Answer(status, _reason(status), headers, body, x_cache)


def _part(entry: Entry, wanted: str, headers: Headers) -> tuple[int, bytes, Headers]:
    """Return the one range of a kept body that a viewer wants; all of it for more than one."""
    match = _RANGE.fullmatch(wanted.strip())
    size = len(entry.body)
    if not match or match.groups() == ("", ""):
        return entry.status, entry.body, headers
    if match[1]:
        first, last = int(match[1]), min(int(match[2] or size), size - 1)
    else:
        first, last = max(0, size - int(match[2])), size - 1
    if first > last:
        return 416, b"", [*headers, ("content-range", f"bytes */{size}")]
    headers = [*headers, ("content-range", f"bytes {first}-{last}/{size}")]
    return 206, entry.body[first : last + 1], headers


async def _collected(
    cache: Cache, key: Hashable, entry: Entry, body: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """Give a body on, and keep it once it is whole."""
    parts: list[bytes] = []
    size = 0
    async for part in body:
        size += len(part)
        if size <= MOST_BYTES_OF_ONE:
            parts.append(part)
        else:
            parts.clear()
        yield part
    if size <= MOST_BYTES_OF_ONE:
        entry.body = b"".join(parts)
        cache.put(key, entry)


async def _discard(body: AsyncIterator[bytes] | bytes) -> None:
    """Read a body to its end, for the sake of its connection."""
    if not isinstance(body, bytes):
        async for _ in body:
            pass


def date() -> str:
    """Return the time as the header Date has it."""
    return email.utils.formatdate(usegmt=True)
