"""The client of the edge, against a server that behaves well and badly."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tools.local_aws import certificates
from tools.local_edge import upstream
from tools.local_edge.upstream import Pool, TimedOut, Unreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HEADERS = [("host", "localhost")]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("edge")
    certificates.make(made, region="eu-west-1")
    return made


@asynccontextmanager
async def pool_to(folder: Path, serve: Serve) -> AsyncIterator[Pool]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls = certificates.authority(folder).parent
    context.load_cert_chain(tls / "server.pem", tls / "server.key")

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=context)
    pool = Pool(server.sockets[0].getsockname()[1], certificates.authority(folder))
    try:
        yield pool
    finally:
        await pool.close()
        server.close()
        await server.wait_closed()


def answering(*answers: bytes) -> tuple[Serve, list[int]]:
    """Return a server that gives these answers on each connection, and the connections it had."""
    connections: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()

    return serve, connections


WHOLE = b"HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nX-A: 1\r\nX-A: 2\r\n\r\nok"


async def get(pool: Pool, timeout: float = 5.0) -> tuple[int, bytes]:  # noqa: ASYNC109
    answer = await pool.request("GET", "localhost", "/", HEADERS, timeout=timeout)
    return answer.status, await answer.read()


def test_a_connection_is_used_again(folder: Path) -> None:
    async def run() -> None:
        serve, connections = answering(WHOLE, WHOLE)
        async with pool_to(folder, serve) as pool:
            assert [await get(pool), await get(pool)] == [(200, b"ok")] * 2
        assert len(connections) == 1

    asyncio.run(run())


def test_every_line_of_a_header_and_the_reason_come(folder: Path) -> None:
    async def run() -> None:
        async with pool_to(folder, answering(WHOLE)[0]) as pool:
            answer = await pool.request("GET", "localhost", "/", HEADERS)
            assert (answer.reason, answer.headers[1:]) == ("Fine", [("x-a", "1"), ("x-a", "2")])
            await answer.read()

    asyncio.run(run())


@pytest.mark.parametrize("answer", [
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE,
    b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok",
], ids=["chunks", "after an interim answer", "to the end"])  # fmt: skip
def test_bodies_of_any_framing_come_whole(folder: Path, answer: bytes) -> None:
    async def run() -> None:
        async with pool_to(folder, answering(answer)[0]) as pool:
            assert await get(pool) == (200, b"ok")

    asyncio.run(run())


def test_an_answer_that_stops_in_the_middle_is_told(folder: Path) -> None:
    async def run() -> None:
        async with pool_to(folder, answering(WHOLE[:-1])[0]) as pool:
            with pytest.raises(Unreachable, match="ended the connection"):
                await get(pool)

    asyncio.run(run())


@pytest.mark.parametrize("answer", [b"", b"not HTTP\r\n\r\n"])
def test_no_answer_is_told(folder: Path, answer: bytes) -> None:
    async def run() -> None:
        async with pool_to(folder, answering(answer)[0]) as pool:
            with pytest.raises(Unreachable):
                await get(pool)

    asyncio.run(run())


def test_an_origin_that_says_nothing_times_out(folder: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await reader.read()

    async def run() -> None:
        async with pool_to(folder, silent) as pool:
            with pytest.raises(TimedOut):
                await get(pool, timeout=0.1)

    asyncio.run(run())


def test_a_name_that_the_certificate_does_not_have_is_refused(folder: Path) -> None:
    async def run() -> None:
        async with pool_to(folder, answering(WHOLE)[0]) as pool:
            with pytest.raises(Unreachable, match=r"(?i)hostname mismatch"):
                await pool.request("GET", "example.com", "/", HEADERS)

    asyncio.run(run())


def test_a_kept_connection_that_has_ended_is_made_anew_for_a_get(folder: Path) -> None:
    async def run() -> None:
        serve, connections = answering(WHOLE)
        async with pool_to(folder, serve) as pool:
            await get(pool)
            assert await get(pool) == (200, b"ok")
        assert len(connections) == 2

    asyncio.run(run())


def test_a_body_goes_as_it_comes_in_chunks(folder: Path) -> None:
    received: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"transfer-encoding: chunked" in head
        while True:
            line = await reader.readuntil(b"\r\n")
            received.append(await reader.readexactly(int(line, 16) + 2))
            if line == b"0\r\n":
                break
        writer.write(WHOLE)
        await writer.drain()

    async def run() -> None:
        went = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield b"first"
            while not received:  # noqa: ASYNC110  the server's thread of work
                await asyncio.sleep(0.01)
            went.set()
            yield b"second"

        async with pool_to(folder, serve) as pool:
            answer = await pool.request("POST", "localhost", "/", HEADERS, body())
            assert (answer.status, await answer.read()) == (200, b"ok")
        assert went.is_set()
        assert received == [b"first\r\n", b"second\r\n", b"\r\n"]

    asyncio.run(run())


def test_an_answer_before_the_bodys_end_counts(folder: Path) -> None:
    async def run() -> None:
        async def endless() -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 65536
                await asyncio.sleep(0)

        serve, connections = answering(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        async with pool_to(folder, serve) as pool:
            answer = await pool.request("POST", "localhost", "/", HEADERS, endless())
            assert (answer.status, await answer.read()) == (413, b"")
            # What was half sent must not be the beginning of another request.
            assert await get(pool) == (413, b"")
        assert len(connections) == 2

    asyncio.run(run())


def test_a_fast_origin_waits_for_a_slow_viewer(folder: Path) -> None:
    size = 64 * 1024 * 1024
    sent = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        while sent < size:
            writer.write(bytes(65536))
            sent += 65536
            await writer.drain()

    async def run() -> None:
        async with pool_to(folder, serve) as pool:
            answer = await pool.request("GET", "localhost", "/", HEADERS)
            await asyncio.sleep(0.3)
            # What is under way in sockets and TLS, and what the edge keeps, is bounded.
            assert sent < 16 * upstream.MOST_BUFFERED + 8 * 1024 * 1024 < size
            assert len(await answer.read()) == size

    asyncio.run(run())


def test_a_body_that_nobody_wants_ends_its_connection(folder: Path) -> None:
    async def run() -> None:
        serve, connections = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")
        async with pool_to(folder, serve) as pool:
            answer = await pool.request("GET", "localhost", "/", HEADERS)
            answer.close()
            answer = await pool.request("GET", "localhost", "/", HEADERS)
            answer.close()
        assert len(connections) == 2

    asyncio.run(run())
