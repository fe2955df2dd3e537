"""What the local edge costs: through it, against the function URL itself, in one run.

The edge runs as a process of its own, as behind `make demo`. Three ways are timed, at 1, 16 and 64
connections: an object from the cache, a GET that goes on to the function URL (signed by access
control), a POST of 1 KB that the edge signer signs; beside them the same GET and POST sent to the
function URL itself. Each is bounded by requests and by seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from tests.e2e.local_edge import site as sites
from tools.local_aws import principals, server
from tools.local_edge import process
from tools.paths import DIST

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECTIONS = (1, 16, 64)
BODY = b"x" * 1024
MOST_SECONDS = 8.0


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


async def measure(
    way: Way, context: ssl.SSLContext, connections: int, requests: int
) -> tuple[float, float]:
    """Return the median (ms) of a request, and requests a second."""
    took: list[float] = []
    ends = time.perf_counter() + MOST_SECONDS

    async def one(count: int) -> None:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", way.port, ssl=context, server_hostname=way.host
        )
        for _ in range(count):
            if time.perf_counter() > ends:
                break
            sent = way.message()
            began = time.perf_counter()
            writer.write(sent)
            status = await answer(reader)
            took.append((time.perf_counter() - began) * 1000)
            if status != 200:
                raise SystemExit(f"{way.name}: status {status}")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(max(1, requests // connections)) for _ in range(connections)))
    return statistics.median(took), len(took) / (time.perf_counter() - began)


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
        Way("cached object", edge.port, site.domain, through("GET", "/style.css")),
        Way("function URL, GET", local.port, host, lambda: direct("GET", b"")),
        Way("edge, GET, access control", edge.port, site.domain, through("GET", "/oac/x")),
        Way("function URL, POST", local.port, host, lambda: direct("POST", BODY)),
        Way("edge, POST, edge signer", edge.port, site.domain, through("POST", "/signed/x", BODY)),
    ]


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--requests", type=int, default=400, help="a way and number of connections")
    parser.add_argument("--json", type=Path, help="write the figures there")
    given = parser.parse_args()
    if not (DIST / "edge_signer.zip").is_file():
        print("bench: dist/edge_signer.zip is missing. Mend: make package", file=sys.stderr)
        return 2
    figures: dict[str, dict[str, float]] = {}
    with TemporaryDirectory(prefix="bench-local-edge-") as folder:
        home = Path(folder) / "local-aws"
        local, _ = server.up(home)
        try:
            site = sites.make(local)
            edge, _ = process.up(home)
            context = ssl.create_default_context(cafile=str(edge.ca_bundle))
            print(
                f"{'p50 in ms (requests a second)':32}" + "".join(f"{n:>16}" for n in CONNECTIONS)
            )
            for way in ways(local, edge, site):
                asyncio.run(measure(way, context, 4, 20))
                row = f"{way.name:32}"
                for connections in CONNECTIONS:
                    requests = given.requests * (5 if way.name.startswith("cached") else 1)
                    p50, rate = asyncio.run(measure(way, context, connections, requests))
                    figures.setdefault(way.name, {})[str(connections)] = round(p50, 2)
                    row += f"{f'{p50:.1f} ({rate:.0f})':>16}"
                print(row, flush=True)
        finally:
            process.down(home)
            server.down(home)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
