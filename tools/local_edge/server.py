"""Start and stop the edge within a process: for tests, and for ``python -m tools.local_edge``."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

from tools.local_aws import certificates
from tools.local_edge.app import App
from tools.local_edge.cache import Cache
from tools.local_edge.environments import Environments
from tools.local_edge.upstream import Pool
from tools.local_edge.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from botocore.credentials import Credentials

    from tools.local_aws.server import Server

log = logging.getLogger("local_edge")

START_SECONDS = 30.0
STOP_SECONDS = 10.0
# Connections that wait for the edge to accept them.
BACKLOG = 1024
# Of the time, one part in so many goes into looking for changes, at most.
LOOKS_A_PART = 20


class EdgeError(Exception):
    """The edge cannot do what was asked; the message says what to do."""


def loopback(host: str) -> str:
    """
    Return the address of a host that is this machine's own.

    Raises
    ------
    EdgeError
        It is another: everybody who reaches the edge is let in to the functions behind it.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise EdgeError(
            f"it binds to loopback only, and {host!r} is not: everybody who reaches it is let in "
            "to the functions behind it. Give 127.0.0.1, ::1 or localhost"
        )
    return str(address)


def url_of(domain: str, port: int) -> str:
    """Return where a browser reaches a distribution behind an edge that listens on `port`."""
    return f"https://{domain.partition('.')[0]}.cloudfront.localhost:{port}"


class Edge:
    """CloudFront in front of one local AWS, in a thread of its own.

    Parameters
    ----------
    local
        The local AWS.
    host
        A loopback address.
    port, http_port
        Where it speaks TLS and plain HTTP; 0 takes a free one.
    interval
        Seconds between two looks at what changed in the local AWS.

    Raises
    ------
    EdgeError
        `host` is not loopback.
    """

    def __init__(
        self,
        local: Server,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        http_port: int = 0,
        interval: float = 2.0,
    ) -> None:
        self.local = local
        self.cache = Cache()
        self._host = loopback(host)
        self._ports = (port, http_port)
        self._interval = interval
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._refreshing = asyncio.Lock()
        self.port = self.http_port = 0

    @property
    def ca_bundle(self) -> Path:
        """Who signed the edge's certificate: the authority of the local AWS."""
        return self.local.ca_bundle

    @property
    def address(self) -> str:
        """The IP address it listens on."""
        return self._host

    @property
    def domains(self) -> list[str]:
        """The domain names of the distributions that it serves."""
        return [distribution.domain for distribution in self._world.distributions]

    def credentials(self, distribution_id: str) -> Credentials:
        """Return the keys of who stands for CloudFront on behalf of a distribution."""
        (found,) = (it for it in self._world.distributions if it.id == distribution_id)
        return self._world.credentials(found)

    @property
    def is_running(self) -> bool:
        """Whether its thread lives."""
        return self._thread is not None and self._thread.is_alive()

    def url(self, domain: str) -> str:
        """Return where a browser of this machine reaches the distribution of a domain name."""
        return url_of(domain, self.port)

    def start(self) -> None:
        """
        Start, and return once it serves.

        Raises
        ------
        EdgeError
            It cannot; the message has the reason.
        """
        thread = threading.Thread(target=self._run, name="local-edge", daemon=True)
        self._thread = thread
        thread.start()
        started = self._started.wait(START_SECONDS)
        if self._failure or not started:
            self.stop()
            raise EdgeError(f"it did not start: {self._failure or 'too slow'}") from self._failure

    def stop(self) -> None:
        """Stop, and return once its thread has ended."""
        if self._loop and self._end and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end.set)
        if self._thread:
            self._thread.join(STOP_SECONDS)
            if self._thread.is_alive():
                raise EdgeError(f"its thread does not end within {STOP_SECONDS:g} s")

    def refresh(self) -> None:
        """Read now what changed in the local AWS: distributions, policies, invalidations."""
        if self._loop is None:
            raise EdgeError("it is not started")
        asyncio.run_coroutine_threadsafe(self._refresh(), self._loop).result(START_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001  it is told to who waits
            self._failure = error
        self._started.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._world = World(self.local, self.cache)
        pool = Pool(self.local.port, self.ca_bundle)
        environments = Environments(self.local.home)
        app = App(self._world, pool, environments, self.cache)
        folder = certificates.authority(self.local.home).parent
        sockets = [_bound(self._host, port) for port in self._ports]
        self.port, self.http_port = (bound.getsockname()[1] for bound in sockets)
        app.https_port = self.port
        servers = [
            _uvicorn(app, ssl_certfile=folder / "server.pem", ssl_keyfile=folder / "server.key"),
            _uvicorn(app),
        ]
        await self._refresh()
        tasks = [
            asyncio.create_task(server.serve(sockets=[bound]))
            for server, bound in zip(servers, sockets, strict=True)
        ]
        looking = asyncio.create_task(self._look(pool, environments))
        try:
            while not all(server.started for server in servers):
                await asyncio.sleep(0.01)
                _raise_of(tasks)
            self._started.set()
            await self._end.wait()
        finally:
            looking.cancel()
            for server in servers:
                server.should_exit = True
            ending = asyncio.gather(looking, *tasks, return_exceptions=True)
            while _abort_closing(servers) or not ending.done():  # noqa: ASYNC110  no event for it
                await asyncio.sleep(0.02)
            await environments.close()
            await pool.close()
            for bound in sockets:
                bound.close()
            with contextlib.suppress(Exception):  # the local AWS may be gone
                await asyncio.to_thread(self._world.close)

    async def _look(self, pool: Pool, environments: Environments) -> None:
        took = 0.0
        while True:
            # Where looking takes long, requests keep this edge and the local AWS busy.
            await asyncio.sleep(max(self._interval, took * LOOKS_A_PART))
            pool.end_idle()
            environments.end_idle()
            began = time.monotonic()
            try:
                await self._refresh()
            except Exception as error:  # noqa: BLE001  boto3 has many
                log.warning("the local AWS does not answer: %s", error)
            took = time.monotonic() - began

    async def _refresh(self) -> None:
        async with self._refreshing:
            await asyncio.to_thread(self._world.refresh)


def _abort_closing(servers: list[uvicorn.Server]) -> int:
    """End connections that wait for their viewer to say goodbye, too; return how many there are."""
    connections = [it for server in servers for it in server.server_state.connections]
    for connection in connections:
        transport = connection.transport
        if transport.is_closing():
            transport.abort()
    return len(connections)


def _raise_of(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done():
            task.result()
            raise EdgeError("its server ended at once")


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off (40 ms an answer) only where the protocol is named.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise EdgeError(f"port {port} of {host} cannot be had: {error.strerror}") from error
    return bound


def _uvicorn(
    app: App, *, ssl_certfile: Path | None = None, ssl_keyfile: Path | None = None
) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        log_level=logging.CRITICAL,
        # X-Forwarded-For is the viewer's word, not the address he comes from.
        proxy_headers=False,
        server_header=False,
        date_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=1,
        ssl_certfile=ssl_certfile,
        ssl_keyfile=ssl_keyfile,
    )
    return uvicorn.Server(config)


@contextlib.contextmanager
def running(local: Server, *, interval: float = 2.0) -> Iterator[Edge]:
    """Run an edge on free ports for as long as the block lasts."""
    edge = Edge(local, interval=interval)
    edge.start()
    try:
        yield edge
    finally:
        edge.stop()
