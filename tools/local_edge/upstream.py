"""The HTTP/1.1 client of the edge: to the local AWS only, over TLS, streaming both ways.

A connection names the host that AWS would, in TLS and in Host; only the address is the local one.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import httptools

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tools.local_edge.headers import Headers

# More than this and the origin is told to wait, until the viewer has taken some.
MOST_BUFFERED = 256 * 1024
IDLE_SECONDS = 4.0
MOST_IDLE = 128
GOODBYE_SECONDS = 0.5
# Servers end a connection after so many requests; better after fewer than in the middle of one.
MOST_REQUESTS = 500
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS"})


class Unreachable(Exception):
    """The origin cannot be reached, ended the connection or does not speak HTTP."""


class TimedOut(Exception):
    """The origin did not answer in time."""


@dataclass
class OriginResponse:
    """An origin's answer, whose body is still to be read: once, to its end or `close`."""

    status: int
    reason: str
    headers: Headers
    connection: Connection

    async def body(self) -> AsyncIterator[bytes]:
        """Give the body's parts as they come."""
        try:
            while part := await self.connection.next_part():
                yield part
        finally:
            self.connection.done()

    async def read(self) -> bytes:
        """Return the whole body."""
        return b"".join([part async for part in self.body()])

    def close(self) -> None:
        """Give up the rest of the body."""
        self.connection.done()


@dataclass
class _Read:
    """What was read of one answer."""

    headers: Headers = field(default_factory=list)
    reason: str = ""
    parts: list[bytes] = field(default_factory=list)
    buffered: int = 0
    has_begun: bool = False
    has_ended: bool = False


class Connection(asyncio.Protocol):
    """One connection; what httptools finds of an answer comes in by the ``on_`` methods."""

    def __init__(self, pool: Pool, host: str) -> None:
        self.pool, self.host = pool, host
        self.requests = 0
        self.idle_since = 0.0
        self.lost = False
        self._transport: asyncio.Transport | None = None
        self._parser: Any = None
        self._read = _Read()
        self._changed = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._is_head = False
        self._timeout = 30.0

    @property
    def transport(self) -> asyncio.Transport:
        """The transport of the connection, which is made."""
        assert self._transport is not None  # noqa: S101  asyncio calls connection_made first
        return self._transport

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's own
        """Wake who waits."""
        self.lost = True
        self._changed.set()
        self._writable.set()
        self.pool.lose(self)

    def data_received(self, data: bytes) -> None:
        """Parse."""
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, AttributeError):
            self.transport.abort()

    def pause_writing(self) -> None:
        """Let the sender wait."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let the sender go on."""
        self._writable.set()

    # What httptools calls.

    def on_status(self, status: bytes) -> None:
        """Keep the reason phrase."""
        self._read.reason += status.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self._read.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """Let the answer begin, unless it is an interim one."""
        if self._parser.get_status_code() >= 200:
            self._read.has_begun = True
            # A parser of answers cannot know that there is no body to that of a HEAD.
            self._read.has_ended = self._is_head
            self._changed.set()

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body; stop the origin where the viewer is slower."""
        self._read.parts.append(body)
        self._read.buffered += len(body)
        if self._read.buffered > MOST_BUFFERED:
            self.transport.pause_reading()
        self._changed.set()

    def on_message_complete(self) -> None:
        """Let the answer end, unless it was an interim one."""
        if self._read.has_begun:
            self._read.has_ended = True
            self._changed.set()
        else:
            self._read = _Read()

    # What the pool calls.

    async def request(
        self,
        method: str,
        head: bytes,
        body: AsyncIterator[bytes] | None,
        *,
        chunked: bool,
        timeout: float,  # noqa: ASYNC109  the origin's own, of each wait
    ) -> OriginResponse:
        """Send a request and wait for the head of the answer."""
        self.requests += 1
        self._is_head = method == "HEAD"
        self._timeout = timeout
        self._read = _Read()
        self._parser = httptools.HttpResponseParser(self)
        self._changed.clear()
        self.transport.write(head)
        sender = None
        if body is not None:
            sender = asyncio.ensure_future(self._send(body, chunked=chunked))
        try:
            while not self._read.has_begun:
                await self._wait(sender)
        except BaseException:
            self.transport.abort()
            raise
        finally:
            if sender and not sender.done():
                # Answered before all was sent: what is half sent ends with the connection.
                self.requests = MOST_REQUESTS
                sender.cancel()
            if sender:
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await sender
        return OriginResponse(
            self._parser.get_status_code(), self._read.reason, self._read.headers, self
        )

    async def next_part(self) -> bytes:
        """Return what has come of the body, empty at its end."""
        read = self._read
        while not read.parts and not read.has_ended:
            if self.lost and "content-length" not in dict(read.headers) and not _chunked(read):
                return b""
            await self._wait(None)
        if not read.parts:
            return b""
        data = b"".join(read.parts)
        read.parts.clear()
        if read.buffered > MOST_BUFFERED:
            self.transport.resume_reading()
        read.buffered = 0
        return data

    def done(self) -> None:
        """Give the connection back, or end it in the middle of an answer."""
        read = self._read
        closes = any(n == "connection" and v.lower() == "close" for n, v in read.headers)
        if read.has_ended and not closes and not self.lost and self.requests < MOST_REQUESTS:
            self.pool.keep(self)
        elif not self.lost and read.has_ended:
            self.transport.close()
        elif not self.lost:
            self.transport.abort()

    async def _wait(self, sender: asyncio.Future[None] | None) -> None:
        """Wait until something has come.

        Raises
        ------
        TimedOut
            Nothing came.
        Unreachable
            The connection ended.
        """
        if self.lost:
            raise Unreachable(f"{self.host} ended the connection")
        if sender and sender.done() and sender.exception():
            raise Unreachable(f"{self.host}: the request's body ended early")
        try:
            async with asyncio.timeout(self._timeout):
                await self._changed.wait()
        except TimeoutError:
            raise TimedOut(f"{self.host} did not answer within {self._timeout:g} s") from None
        self._changed.clear()

    async def _send(self, body: AsyncIterator[bytes], *, chunked: bool) -> None:
        async for part in body:
            if not part:
                continue
            await self._writable.wait()
            if self.lost:
                return
            self.transport.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
        if chunked and not self.lost:
            self.transport.write(b"0\r\n\r\n")


def _chunked(read: _Read) -> bool:
    return any(n == "transfer-encoding" and "chunked" in v.lower() for n, v in read.headers)


class Pool:
    """Connections to the local AWS, by the host they were made for.

    Parameters
    ----------
    port, ca_bundle
        Where the local AWS listens on 127.0.0.1, and who signed its certificate.
    """

    def __init__(self, port: int, ca_bundle: Path) -> None:
        self._port = port
        self._context = ssl.create_default_context(cafile=str(ca_bundle))
        self._idle: dict[str, list[Connection]] = {}
        self._all: set[Connection] = set()

    async def request(  # noqa: PLR0913  a request has these parts
        self,
        method: str,
        host: str,
        target: str,
        headers: Headers,
        body: AsyncIterator[bytes] | bytes = b"",
        *,
        timeout: float = 30.0,  # noqa: ASYNC109  the origin's own, of each wait
    ) -> OriginResponse:
        """Send a request to the local AWS under the name `host`.

        A body that is an iterator goes as it comes: with the Content-Length that is among the
        headers, or else in chunks.

        Raises
        ------
        TimedOut, Unreachable
            There is no answer.
        """
        names = {name for name, _ in headers}
        stream = None if isinstance(body, bytes) else body
        chunked = stream is not None and "content-length" not in names
        sent = [(n, v) for n, v in headers if n != "transfer-encoding"]
        if chunked:
            sent.append(("transfer-encoding", "chunked"))
        elif isinstance(body, bytes) and "content-length" not in names and body:
            sent.append(("content-length", str(len(body))))
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent)]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        if isinstance(body, bytes):
            head += body
        while True:
            connection, is_new = await self._connection(host)
            try:
                return await connection.request(
                    method, head, stream, chunked=chunked, timeout=timeout
                )
            except Unreachable:
                # A kept connection may end just when it is used again.
                if is_new or method not in IDEMPOTENT or stream is not None:
                    raise

    def keep(self, connection: Connection) -> None:
        """Keep a connection for the next request to its host."""
        idle = self._idle.setdefault(connection.host, [])
        if len(idle) >= MOST_IDLE:
            connection.transport.close()
            return
        connection.idle_since = asyncio.get_running_loop().time()
        idle.append(connection)

    def lose(self, connection: Connection) -> None:
        """Forget a connection that ended."""
        self._all.discard(connection)
        idle = self._idle.get(connection.host, [])
        if connection in idle:
            idle.remove(connection)

    def end_idle(self) -> None:
        """End the connections that nobody has used for a while."""
        now = asyncio.get_running_loop().time()
        for idle in self._idle.values():
            for connection in idle[:]:
                if now - connection.idle_since >= IDLE_SECONDS:
                    idle.remove(connection)
                    connection.transport.close()

    async def close(self) -> None:
        """End all connections: with a goodbye, for which the local AWS would wait when it ends."""
        for connection in list(self._all):
            connection.transport.close()
        deadline = asyncio.get_running_loop().time() + GOODBYE_SECONDS
        while self._all:
            if asyncio.get_running_loop().time() > deadline:
                for connection in list(self._all):
                    connection.transport.abort()
            await asyncio.sleep(0.01)

    async def _connection(self, host: str) -> tuple[Connection, bool]:
        loop = asyncio.get_running_loop()
        idle = self._idle.get(host, [])
        while idle:
            kept = idle.pop()
            if not kept.lost and not kept.transport.is_closing():
                if loop.time() - kept.idle_since < IDLE_SECONDS:
                    return kept, False
                kept.transport.close()
        try:
            async with asyncio.timeout(10):
                _, made = await loop.create_connection(
                    lambda: Connection(self, host),
                    "127.0.0.1",
                    self._port,
                    ssl=self._context,
                    server_hostname=host,
                )
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"{host} on port {self._port}: {error}") from error
        self._all.add(made)
        return made, True
