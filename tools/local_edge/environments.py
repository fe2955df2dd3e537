"""Execution environments of edge functions: each runs one version, an event at a time, over pipes.

The local AWS starts them (`tools.local_aws.repairs.edge_environments`), as it starts all that run
its functions; the process reads an event a line and writes an answer a line, as MiniStack's do.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import select
import socket
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tools.local_aws.edge_socket import THROTTLED, path_in

if TYPE_CHECKING:
    from pathlib import Path

# Of one version, as many as can work at once; then requests rather wait for a warm one.
ENOUGH = max(2, os.cpu_count() or 1)
# Where one has waited for so long, functions wait for something themselves: one more is started.
WARM_WITHIN_SECONDS = 1.0
START_SECONDS = 30.0
IDLE_SECONDS = 300.0
# How long the end of a log may take to come, once there is an answer.
LOG_SECONDS = 0.25
# Standard input, output and error.
PIPES = 3
# Invocations are told to the local AWS so much later, several at once.
TELL_SECONDS = 0.05
# As the local AWS's workers write it to their log when an invocation ends.
END_OF_LOG = b"\x1eend of an invocation's log\n"


class NotStarted(Exception):
    """There is no environment; the message says why."""


class Throttled(NotStarted):
    """The function's reserved concurrency is reached."""


class Failed(Exception):
    """The function raised, took too long or its process ended; the message says which."""


class _Pipe(asyncio.Protocol):
    """Collects what comes, and lets the environment look at it."""

    def __init__(self, environment: Environment) -> None:
        self.data = bytearray()
        self.has_ended = False
        self._environment = environment

    def data_received(self, data: bytes) -> None:
        self.data += data
        self._environment.look()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's own
        self.has_ended = True
        self._environment.look()


@dataclass
class _Invocation:
    """One event on its way through an environment."""

    answer: asyncio.Future[object]
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    began: float = field(default_factory=time.perf_counter)
    ended: float = 0.0
    failed: bool = False
    waits_for_log: bool = False


class Environment:
    """A process that runs one version's handler.

    Parameters
    ----------
    owner
        Gets it back after each event.
    arn
        The version.
    told
        What the local AWS says of it: its timeout in seconds, and its runtime.
    """

    def __init__(self, owner: Environments, arn: str, told: dict[str, Any]) -> None:
        self.arn = arn
        self.idle_since = time.monotonic()
        self.has_ended = False
        self._owner = owner
        self._seconds = float(told["seconds"])
        # MiniStack's other workers do not say where an invocation's log ends.
        self._tells_end = str(told["runtime"]).startswith("python")
        # Ends of logs that had not come in time; they come before those of later invocations.
        self._owed = 0
        self._out, self._err, self._local_aws = _Pipe(self), _Pipe(self), _Pipe(self)
        self._hangup = select.poll()
        self._to_process: Any = None
        self._to_local_aws: Any = None
        self._transports: list[asyncio.BaseTransport] = []
        self._invocation: _Invocation | None = None
        self._untold: list[dict[str, Any]] = []
        self._telling: asyncio.TimerHandle | None = None

    async def connect(self, connection: socket.socket, pipes: list[int]) -> None:
        """Take the process's standard input, output and error, and the way to the local AWS."""
        loop = asyncio.get_running_loop()
        # That all who could write are gone is told without being asked for.
        self._hangup.register(pipes[1], 0)
        to, out, err = (
            os.fdopen(pipe, mode, 0) for pipe, mode in zip(pipes, ("wb", "rb", "rb"), strict=True)
        )
        self._to_process, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, to)
        self._to_local_aws, _ = await loop.create_unix_connection(
            lambda: self._local_aws, sock=connection
        )
        self._transports = [
            self._to_process,
            self._to_local_aws,
            (await loop.connect_read_pipe(lambda: self._out, out))[0],
            (await loop.connect_read_pipe(lambda: self._err, err))[0],
        ]

    def has_hung_up(self) -> bool:
        """Tell whether the process has ended, though asyncio may not have come to tell of it."""
        return bool(self._hangup.poll(0))

    async def run(self, event: dict[str, Any]) -> object:
        """
        Return what the handler makes of an event.

        Raises
        ------
        Failed
            It makes nothing of it.
        """
        if self.has_ended:
            raise Failed("its process ended")
        loop = asyncio.get_running_loop()
        invocation = self._invocation = _Invocation(loop.create_future())
        context = {
            "request_id": invocation.request_id,
            "invoked_function_arn": self.arn,
            "timeout_ms": int(self._seconds * 1000),
            "depth": 1,
        }
        self._to_process.write(json.dumps({"event": event, "ctx": context}).encode() + b"\n")
        too_late = loop.call_later(self._seconds, self._end_late, invocation)
        invocation.answer.add_done_callback(lambda _: too_late.cancel())
        # Who asked may go away; the function goes on, for as long as it may.
        return await asyncio.shield(invocation.answer)

    def look(self) -> None:
        """Look at what came: an answer, the end of its log, the end of the process."""
        invocation = self._invocation
        gone = self._out.has_ended or self._local_aws.has_ended
        if invocation is None:
            if gone:
                self.end()
            return
        if not invocation.answer.done():
            self._look_for_answer(invocation)
            if gone and not invocation.answer.done():
                self._fail(invocation, "its process ended")
        if invocation.answer.done():
            self._look_for_end(invocation, now=gone)
            if self._invocation is invocation and not invocation.waits_for_log:
                invocation.waits_for_log = True
                end = functools.partial(self._look_for_end, invocation, now=True)
                asyncio.get_running_loop().call_later(LOG_SECONDS, end)

    def end(self) -> None:
        """End the process, and tell what is untold."""
        if self.has_ended:
            return
        self.has_ended = True
        if self._telling:
            self._telling.cancel()
        self._tell()
        for transport in self._transports:
            transport.close()
        self._owner.lose(self)

    def _look_for_answer(self, invocation: _Invocation) -> None:
        data = self._out.data
        while not invocation.answer.done() and (end := data.find(b"\n")) >= 0:
            answer = _answer(bytes(data[:end]))
            del data[: end + 1]
            if answer is None:
                continue
            result = answer.get("result")
            if answer["status"] != "ok":
                self._fail(invocation, str(answer.get("error")))
            elif isinstance(result, dict) and list(result) == ["handlerError"]:
                self._fail(invocation, json.dumps(result["handlerError"]))
            else:
                invocation.ended = time.perf_counter()
                invocation.answer.set_result(result)

    @staticmethod
    def _fail(invocation: _Invocation, why: str) -> None:
        invocation.failed = True
        invocation.ended = time.perf_counter()
        # Also where nobody waits for it any more.
        invocation.answer.add_done_callback(lambda answer: answer.exception())
        invocation.answer.set_exception(Failed(why))

    def _end_late(self, invocation: _Invocation) -> None:
        """End a process that takes longer than its function may."""
        if not invocation.answer.done():
            why = f"Task timed out after {self._seconds:.2f} seconds"
            self._err.data += why.encode()
            self._fail(invocation, why)
            self._look_for_end(invocation, now=True)
            self.end()

    def _look_for_end(self, invocation: _Invocation, *, now: bool) -> None:
        """Free the environment once the log of what it has answered is whole, or `now`."""
        if self._invocation is not invocation:
            return
        log = self._err.data
        end = log.find(END_OF_LOG)
        while self._owed and end >= 0:
            del log[: end + len(END_OF_LOG)]
            self._owed -= 1
            end = log.find(END_OF_LOG)
        if end < 0 and self._tells_end:
            if not now:
                return
            self._owed += 1
        text = bytes(log if end < 0 else log[:end]).decode(errors="replace")
        del log[: len(log) if end < 0 else end + len(END_OF_LOG)]
        self._invocation = None
        self._untold.append({
            "request_id": invocation.request_id,
            "log": text.rstrip("\n"),
            "error": invocation.failed,
            "milliseconds": (invocation.ended - invocation.began) * 1000,
        })  # fmt: skip
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TELL_SECONDS, self._tell)
        if self._out.has_ended or self._local_aws.has_ended:
            self.end()
            return
        self.idle_since = time.monotonic()
        self._owner.free(self)

    def _tell(self) -> None:
        self._telling = None
        if self._untold and not self._local_aws.has_ended:
            self._to_local_aws.write(json.dumps(self._untold).encode() + b"\n")
        self._untold = []


def _answer(line: bytes) -> dict[str, Any] | None:
    """Return an answer; anything else on standard output is not for us."""
    if not line.startswith(b"{"):
        return None
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if answer.get("status") in {"ok", "error"} else None


@dataclass
class _Version:
    """The environments of one version, and who waits for one."""

    starting: int = 0
    living: list[Environment] = field(default_factory=list)
    free: list[Environment] = field(default_factory=list)
    waiting: deque[asyncio.Future[Environment]] = field(default_factory=deque)


class Environments:
    """All environments of an edge: started when they are needed, and kept warm.

    Parameters
    ----------
    home
        The folder of the local AWS.
    """

    def __init__(self, home: Path) -> None:
        self._path = path_in(home)
        self._versions: dict[str, _Version] = {}
        self._starts: set[asyncio.Task[None]] = set()

    async def invoke(self, arn: str, event: dict[str, Any]) -> object:
        """
        Return what the function of an ARN, with its version, makes of an event.

        Raises
        ------
        NotStarted, Failed
            Nothing.
        """
        environment = await self._take(arn)
        return await environment.run(event)

    def free(self, environment: Environment) -> None:
        """Take an environment back: for who waits, or else to keep it."""
        if environment.has_ended:
            return
        version = self._versions[environment.arn]
        while version.waiting:
            waits = version.waiting.popleft()
            if not waits.done():
                waits.set_result(environment)
                return
        version.free.append(environment)

    def lose(self, environment: Environment) -> None:
        """Forget an environment that has ended."""
        version = self._versions[environment.arn]
        for some in (version.living, version.free):
            with contextlib.suppress(ValueError):
                some.remove(environment)
        if version.waiting and not version.living:
            self._start(environment.arn, version)

    def end_idle(self) -> None:
        """End the environments that nobody has used for a while."""
        now = time.monotonic()
        for version in self._versions.values():
            for environment in version.free[:]:
                if now - environment.idle_since >= IDLE_SECONDS:
                    environment.end()

    async def close(self) -> None:
        """End all."""
        for start in self._starts:
            start.cancel()
        await asyncio.gather(*self._starts, return_exceptions=True)
        for version in self._versions.values():
            for environment in version.living[:]:
                environment.end()

    async def _take(self, arn: str) -> Environment:
        version = self._versions.setdefault(arn, _Version())
        while version.free:
            # The one used last: the others may rest until they end.
            environment = version.free.pop()
            if not environment.has_hung_up():
                return environment
            environment.end()
        loop = asyncio.get_running_loop()
        waits: asyncio.Future[Environment] = loop.create_future()
        version.waiting.append(waits)
        if len(version.living) + version.starting < ENOUGH:
            self._start(arn, version)
        late = loop.call_later(WARM_WITHIN_SECONDS, self._start_late, arn, version, waits)
        try:
            return await waits
        except asyncio.CancelledError:
            if not waits.cancelled() and not waits.exception():
                self.free(waits.result())
            raise
        finally:
            late.cancel()
            with contextlib.suppress(ValueError):  # it got one
                version.waiting.remove(waits)

    def _start_late(self, arn: str, version: _Version, waits: asyncio.Future[Environment]) -> None:
        """Start one more for who still waits, and again if that does not help."""
        if waits.done():
            return
        if not version.starting:
            self._start(arn, version)
        loop = asyncio.get_running_loop()
        loop.call_later(WARM_WITHIN_SECONDS, self._start_late, arn, version, waits)

    def _start(self, arn: str, version: _Version) -> None:
        version.starting += 1
        start = asyncio.create_task(self._started(arn, version))
        self._starts.add(start)
        start.add_done_callback(self._starts.discard)

    async def _started(self, arn: str, version: _Version) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                environment = await self._connected(arn)
        except (NotStarted, OSError, TimeoutError) as error:
            version.starting -= 1
            why = error if isinstance(error, NotStarted) else NotStarted(str(error) or "too slow")
            # One was to be started for each; without any, nobody has anything to wait for.
            alone = not version.living and not version.starting
            waiting = [waits for waits in version.waiting if not waits.done()]
            for waits in waiting if alone else waiting[:1]:
                waits.set_exception(why)
            return
        version.starting -= 1
        version.living.append(environment)
        self.free(environment)

    async def _connected(self, arn: str) -> Environment:
        loop = asyncio.get_running_loop()
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.setblocking(False)
            await loop.sock_connect(connection, str(self._path))
            await loop.sock_sendall(connection, json.dumps({"arn": arn}).encode() + b"\n")
            told, pipes = await _received(connection)
            environment = Environment(self, arn, told)
            await environment.connect(connection, pipes)
        except BaseException:
            connection.close()
            raise
        if environment.has_ended:
            raise NotStarted("its process ended")
        return environment


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def _received(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return what the local AWS says of a version, and the pipes that come with it.

    Raises
    ------
    NotStarted
        It refuses.
    """
    loop = asyncio.get_running_loop()
    readable: asyncio.Future[None] = loop.create_future()
    loop.add_reader(connection, _set, readable)
    try:
        await readable
    finally:
        loop.remove_reader(connection)
    data, pipes, _, _ = socket.recv_fds(connection, 65_536, PIPES)
    for pipe in pipes:
        os.set_inheritable(pipe, False)
    told: dict[str, Any] = json.loads(data or '{"refused": "the local AWS ended the connection"}')
    if "refused" in told:
        why = told["refused"]
        raise Throttled(why) if why == THROTTLED else NotStarted(why)
    if len(pipes) < PIPES:
        for pipe in pipes:
            os.close(pipe)
        raise NotStarted("too many open files at the edge: ulimit -n says how many there may be")
    return told, list(pipes)
