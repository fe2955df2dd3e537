"""What the local edge costs: through it, against the function URL itself, in one run.

The edge runs as a process of its own, as behind `make demo`. Three ways are timed, at 1, 16 and 64
connections: an object from the cache, a GET that goes on to the function URL (signed by access
control), a POST of 1 KB that the edge signer signs; beside them the same GET and POST sent to the
function URL itself. Each is bounded by requests and by seconds.

Twice each: in a closed loop, where every connection sends its next request once it has an answer,
so that the machine is full and p50 is connections by throughput; and paced, where requests are due
at a fixed rate below that, and p50 is what a request takes.
"""

from __future__ import annotations

import asyncio
import ssl
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from tests.bench.harness import BenchError, Result, Row, at_most, counted, interleave
from tests.e2e.local_edge import site as sites
from tools.local_aws import principals, server
from tools.local_edge import process
from tools.paths import DIST

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECTIONS = (1, 16, 64)
BODY = b"x" * 1024
MOST_SECONDS = 8.0
MOST_MS = 5.0
REQUESTS = 150
# Of the function URL's own throughput at so many connections: less at one, on which requests cannot
# overlap.
PACE = {1: 0.25, 16: 0.5, 64: 0.5}
PACED_SECONDS = 2.0
TITLE = "A request through the local edge, and to the function URL itself"
UNIT = "p50 of a request, ms"
ROUNDS = 3
CACHED = "cached object"
GET_DIRECT, GET_EDGE = "function URL, GET", "edge, GET, access control"
POST_DIRECT, POST_EDGE = "function URL, POST", "edge, POST, edge signer"


@dataclass(frozen=True)
class Way:
    """Requests to be timed: where to, under which name, and the bytes of one."""

    name: str
    port: int
    host: str
    message: Callable[[], bytes]


def message(
    method: str, host: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> bytes:
    """Return the bytes of a request."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    if not body:
        lines.pop()
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def answer(reader: asyncio.StreamReader) -> int:
    """Read an answer to its end and return its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    if "content-length" in fields:
        await reader.readexactly(int(fields["content-length"]))
        return status
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        await reader.readexactly(size + 2)
    await reader.readuntil(b"\r\n")
    return status


async def connection(
    way: Way, context: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection."""
    return await asyncio.open_connection(
        "127.0.0.1", way.port, ssl=context, server_hostname=way.host
    )


async def asked(
    way: Way,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    due: float | None = None,
) -> float:
    """Send a request and read its answer; return the ms, since it was `due` if that is given."""
    sent = way.message()
    began = time.perf_counter() if due is None else due
    writer.write(sent)
    status = await answer(reader)
    took = (time.perf_counter() - began) * 1000
    if status != 200:
        raise BenchError(f"{way.name}: status {status}")
    return took


async def timed(
    way: Way, context: ssl.SSLContext, connections: int, requests: int
) -> tuple[float, float]:
    """Return the median (ms) of a request, and requests a second."""
    took: list[float] = []
    ends = time.perf_counter() + MOST_SECONDS

    async def one(count: int) -> None:
        reader, writer = await connection(way, context)
        for _ in range(count):
            if time.perf_counter() > ends:
                break
            took.append(await asked(way, reader, writer))
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(max(1, requests // connections)) for _ in range(connections)))
    return statistics.median(took), len(took) / (time.perf_counter() - began)


async def paced(way: Way, context: ssl.SSLContext, connections: int, rate: float) -> float:
    """Return the median (ms) of requests of which `rate` are due a second, on connections in turn.

    From when a request was due, where its connection was still busy.
    """
    took: list[float] = []
    opened = [await connection(way, context) for _ in range(connections)]
    count = max(connections, int(rate * PACED_SECONDS))
    start = time.perf_counter() + 0.05

    async def one(number: int) -> None:
        reader, writer = opened[number]
        for due in (start + n / rate for n in range(number, count, connections)):
            early = due - time.perf_counter()
            if early > 0:
                await asyncio.sleep(early)
            # A clock that wakes too late is not the request's time.
            took.append(await asked(way, reader, writer, None if early > 0 else due))
        writer.close()

    await asyncio.gather(*(one(number) for number in range(connections)))
    return statistics.median(took)


def ways(local: server.Server, edge: process.Running, site: sites.Site) -> list[Way]:
    """Return what is timed."""
    host = site.function_url.split("/")[2]
    grant = {
        "actions": ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
        "resources": [f"{site.function_arn}:live"],
    }
    keys = principals.user(local, "bench", {"url": grant}).credentials

    def direct(method: str, body: bytes) -> bytes:
        request = AWSRequest(method, f"https://{host}/bench", data=body)
        SigV4Auth(keys, "lambda", server.REGION).add_auth(request)
        return message(method, host, "/bench", body, dict(request.headers.items()))

    def through(method: str, target: str, body: bytes = b"") -> Callable[[], bytes]:
        made = message(method, site.domain, target, body)
        return lambda: made

    return [
        Way(CACHED, edge.port, site.domain, through("GET", "/style.css")),
        Way(GET_DIRECT, local.port, host, lambda: direct("GET", b"")),
        Way(GET_EDGE, edge.port, site.domain, through("GET", "/oac/x")),
        Way(POST_DIRECT, local.port, host, lambda: direct("POST", BODY)),
        Way(POST_EDGE, edge.port, site.domain, through("POST", "/signed/x", BODY)),
    ]


def measure(rounds: int) -> Result:
    """Start both, and take each way in turn at each number of connections."""
    if not (DIST / "edge_signer.zip").is_file():
        raise BenchError("dist/edge_signer.zip is missing. Mend: make package")
    rows, rates = [], []
    with TemporaryDirectory(prefix="bench-local-edge-") as folder:
        home = Path(folder) / "local-aws"
        local, _ = server.up(home)
        try:
            site = sites.make(local)
            edge, _ = process.up(home)
            context = ssl.create_default_context(cafile=str(edge.ca_bundle))
            found = ways(local, edge, site)
            for connections in CONNECTIONS:
                taken = {way.name: _p50(way, context, connections) for way in found}
                what = counted(connections, "connection")
                rows += [Row(what, interleave(taken, rounds))]
                rate = PACE[connections] * _rate(found, context, connections)
                rates.append(f"{rate:.0f}")
                taken = {way.name: _paced(way, context, connections, rate) for way in found}
                rows += [Row(f"{what}, paced", interleave(taken, rounds))]
        finally:
            process.down(home)
            server.down(home)
    goals = []
    for row in rows:
        medians = row.medians()
        for through, direct in ((GET_EDGE, GET_DIRECT), (POST_EDGE, POST_DIRECT)):
            over = medians[through] - medians[direct]
            goals.append(at_most(f"{row.what}: {through}, ms more than direct", over, MOST_MS))
    return Result(rows, goals, [
        ("Every answer was a 200; another status ends the run. Direct: signed by botocore "
        "beforehand, within the time that is not counted."),
        "The edge, the local AWS and the benchmark are a process each, on these cores.",
        ("Without a pace, each connection sends its next request once it is answered: the machine "
        "is full, and p50 is the number of connections by what is answered a second."),
        (f"Paced: {', '.join(rates[:-1])} and {rates[-1]} requests a second, half of what the "
        "function URL itself answers at so many connections, a quarter at one: p50 is what a "
        "request takes."),
    ])  # fmt: skip


def _p50(way: Way, context: ssl.SSLContext, connections: int) -> Callable[[], float]:
    requests = REQUESTS * (5 if way.name == CACHED else 1)
    return lambda: asyncio.run(timed(way, context, connections, requests))[0]


def _paced(way: Way, context: ssl.SSLContext, connections: int, rate: float) -> Callable[[], float]:
    return lambda: asyncio.run(paced(way, context, connections, rate))


def _rate(found: list[Way], context: ssl.SSLContext, connections: int) -> float:
    """Return how many requests the function URL itself answers a second."""
    (direct,) = (way for way in found if way.name == POST_DIRECT)
    return asyncio.run(timed(direct, context, connections, 3 * REQUESTS))[1]
