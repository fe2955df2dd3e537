"""Execution environments at the edge: real processes, with who starts them in the test's hand."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tools.local_aws import edge_socket
from tools.local_aws.edge_socket import MOST_BYTES, THROTTLED, path_in
from tools.local_edge import environments as module
from tools.local_edge.environments import Environments, Failed, NotStarted, Throttled
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

ARN = "arn:aws:lambda:us-east-1:123456789012:function:edge:1"
# As the local AWS's worker: a line in, a line out, and the end of the log before it.
WORKER = """
import json, os, sys, time
for line in sys.stdin:
    said = json.loads(line)
    event, context = said["event"], said["ctx"]
    if "log" in event:
        sys.stderr.write(event["log"])
        sys.stderr.flush()
    if "die" in event:
        os._exit(1)
    time.sleep(event.get("sleep", 0))
    answer = {"status": "ok", "result": event.get("result", {"pid": os.getpid(), **context})}
    if "raise" in event:
        answer["result"] = {"handlerError": {"errorMessage": event["raise"]}}
    if "late" not in event:
        os.write(2, b"\\x1eend of an invocation's log\\n")
    print("not for us")
    print(json.dumps(answer), flush=True)
    if "late" in event:
        time.sleep(event["late"])
        os.write(2, b"\\x1eend of an invocation's log\\n")
"""


class LocalAws:
    """Hands out processes, as the local AWS does, and keeps what it is told of them."""

    def __init__(self, home: Path) -> None:
        self.refuses = ""
        self.seconds = 30.0
        self.processes: list[subprocess.Popen[bytes]] = []
        self.told: list[dict[str, Any]] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path_in(home)))
        self._listening.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()
        for process in self.processes:
            process.kill()
            process.wait()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._hand_over, args=(connection,), daemon=True).start()

    def _hand_over(self, connection: socket.socket) -> None:
        with connection, connection.makefile("r") as lines:
            assert json.loads(lines.readline()) == {"arn": ARN}
            if self.refuses:
                connection.sendall(json.dumps({"refused": self.refuses}).encode())
                return
            process = subprocess.Popen(
                [sys.executable, "-c", WORKER], stdin=-1, stdout=-1, stderr=-1
            )
            self.processes.append(process)
            pipes = [pipe for pipe in (process.stdin, process.stdout, process.stderr) if pipe]
            said = {"seconds": self.seconds, "runtime": "python3.13"}
            socket.send_fds(connection, [json.dumps(said).encode()], [p.fileno() for p in pipes])
            for pipe in pipes:
                pipe.close()
            for line in lines:
                self.told += json.loads(line)
            process.kill()


@pytest.fixture
def local_aws(tmp_path: Path) -> Iterator[LocalAws]:
    made = LocalAws(tmp_path)
    yield made
    made.close()


def within(
    home: Path, work: Callable[[Callable[..., Awaitable[Any]], Environments], Awaitable[Any]]
) -> Any:  # noqa: ANN401  whatever the test wants
    """Run a test's work with environments that are closed behind it."""

    async def run() -> Any:  # noqa: ANN401
        environments = Environments(home)
        try:
            return await work(lambda **event: environments.invoke(ARN, event), environments)
        finally:
            await environments.close()

    return asyncio.run(run())


@pytest.mark.usefixtures("local_aws")
def test_an_answer_is_the_handlers_with_its_context(tmp_path: Path) -> None:
    answer = within(tmp_path, lambda invoke, _: invoke())
    assert answer["invoked_function_arn"] == ARN
    assert answer["timeout_ms"] == 30_000
    assert within(tmp_path, lambda invoke, _: invoke(result="x" * 2_000_000)) == "x" * 2_000_000


def test_events_one_after_the_other_run_in_one_process(tmp_path: Path, local_aws: LocalAws) -> None:
    async def work(invoke: Any, _: Environments) -> set[int]:  # noqa: ANN401
        return {(await invoke())["pid"] for _ in range(5)}

    assert len(within(tmp_path, work)) == len(local_aws.processes) == 1


def test_events_at_once_wait_for_no_more_processes_than_are_enough(
    tmp_path: Path, local_aws: LocalAws
) -> None:
    async def work(invoke: Any, _: Environments) -> list[Any]:  # noqa: ANN401
        return list(await asyncio.gather(*(invoke(sleep=0.02) for _ in range(12))))

    answers = within(tmp_path, work)
    assert len({answer["request_id"] for answer in answers}) == 12
    assert len(local_aws.processes) <= module.ENOUGH


def test_events_that_wait_for_each_other_get_more_processes(
    tmp_path: Path, local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WARM_WITHIN_SECONDS", 0.05)

    async def work(invoke: Any, _: Environments) -> object:  # noqa: ANN401
        blocked = [asyncio.ensure_future(invoke(sleep=20)) for _ in range(module.ENOUGH)]
        await asyncio.sleep(0)  # they ask first
        answer = await invoke()
        for one in blocked:
            one.cancel()
        return answer

    assert within(tmp_path, work)
    assert len(local_aws.processes) > module.ENOUGH


def test_a_handler_that_raises_fails_its_event_and_keeps_its_process(
    tmp_path: Path, local_aws: LocalAws
) -> None:
    async def work(invoke: Any, _: Environments) -> object:  # noqa: ANN401
        with pytest.raises(Failed, match="oops"):
            await invoke(**{"raise": "oops"})
        return await invoke(result="well")

    assert within(tmp_path, work) == "well"
    assert len(local_aws.processes) == 1


def test_a_process_that_dies_fails_its_event_and_the_next_gets_another(
    tmp_path: Path, local_aws: LocalAws
) -> None:
    async def work(invoke: Any, _: Environments) -> object:  # noqa: ANN401
        with pytest.raises(Failed, match="process ended"):
            await invoke(die=1)
        return await invoke(result="well")

    assert within(tmp_path, work) == "well"
    assert len(local_aws.processes) == 2


def test_a_handler_that_takes_too_long_is_ended(tmp_path: Path, local_aws: LocalAws) -> None:
    local_aws.seconds = 0.2

    async def work(invoke: Any, _: Environments) -> object:  # noqa: ANN401
        with pytest.raises(Failed, match=r"timed out after 0\.20 seconds"):
            await invoke(sleep=60)
        local_aws.seconds = 30.0
        return await invoke(result="well")

    assert within(tmp_path, work) == "well"
    assert local_aws.processes[0].wait(10)
    until("it is told", lambda: local_aws.told, seconds=10)
    assert local_aws.told[0]["error"]
    assert "timed out" in local_aws.told[0]["log"]


def test_an_end_of_a_log_that_comes_late_ends_no_other(
    tmp_path: Path, local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOG_SECONDS", 0.02)

    async def work(invoke: Any, _: Environments) -> None:  # noqa: ANN401
        await invoke(log="one", late=0.3)
        await asyncio.sleep(0.1)
        monkeypatch.setattr(module, "LOG_SECONDS", 10.0)
        await invoke(log="two")

    within(tmp_path, work)
    until("both are told", lambda: len(local_aws.told) == 2, seconds=10)
    assert [told["log"] for told in local_aws.told] == ["one", "two"]


def test_each_invocation_is_told_with_what_it_logged(tmp_path: Path, local_aws: LocalAws) -> None:
    async def work(invoke: Any, _: Environments) -> list[str]:  # noqa: ANN401
        answers = [
            await invoke(log="one\ntwo\n"),
            await invoke(),
            await invoke(log="no line's end"),
        ]
        return [answer["request_id"] for answer in answers]

    ids = within(tmp_path, work)
    until("all are told", lambda: len(local_aws.told) == 3, seconds=10)
    assert [told["request_id"] for told in local_aws.told] == ids
    assert [told["log"] for told in local_aws.told] == ["one\ntwo", "", "no line's end"]


@pytest.mark.parametrize(("why", "kind"), [(THROTTLED, Throttled), ("no such", NotStarted)])
def test_who_is_refused_hears_why(
    tmp_path: Path, local_aws: LocalAws, why: str, kind: type[NotStarted]
) -> None:
    local_aws.refuses = why
    with pytest.raises(kind, match=why):
        within(tmp_path, lambda invoke, _: invoke())


def test_without_a_local_aws_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match="No such file"):
        within(tmp_path, lambda invoke, _: invoke())


def test_who_went_away_leaves_the_process_to_the_next(tmp_path: Path, local_aws: LocalAws) -> None:
    async def work(invoke: Any, _: Environments) -> object:  # noqa: ANN401
        await invoke()
        gone = asyncio.ensure_future(invoke(sleep=0.1))
        await asyncio.sleep(0.02)
        gone.cancel()
        return [await invoke(result=n) for n in range(3)]

    assert within(tmp_path, work) == [0, 1, 2]
    assert len(local_aws.processes) <= 2


def test_who_went_away_does_not_spare_a_handler_its_timeout(
    tmp_path: Path, local_aws: LocalAws
) -> None:
    local_aws.seconds = 0.5

    async def work(invoke: Any, _: Environments) -> None:  # noqa: ANN401
        await invoke()
        gone = asyncio.ensure_future(invoke(sleep=60))
        await asyncio.sleep(0.02)
        gone.cancel()
        await asyncio.to_thread(local_aws.processes[0].wait, 10)

    within(tmp_path, work)
    until("it is told", lambda: len(local_aws.told) == 2, seconds=10)
    assert "timed out" in local_aws.told[1]["log"]


def test_an_environment_that_has_ended_takes_no_event(tmp_path: Path, local_aws: LocalAws) -> None:
    async def work(invoke: Any, environments: Environments) -> object:  # noqa: ANN401
        await invoke()
        (version,) = environments._versions.values()
        (kept,) = version.free
        kept.end()
        environments.free(kept)
        with pytest.raises(Failed, match="process ended"):
            await kept.run({})
        return await invoke(result="well")

    assert within(tmp_path, work) == "well"
    assert len(local_aws.processes) == 2


def test_processes_that_nobody_uses_end(
    tmp_path: Path, local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(invoke: Any, environments: Environments) -> None:  # noqa: ANN401
        await invoke()
        environments.end_idle()
        assert local_aws.processes[0].poll() is None
        monkeypatch.setattr(module, "IDLE_SECONDS", 0.0)
        environments.end_idle()
        await asyncio.to_thread(local_aws.processes[0].wait, 10)

    within(tmp_path, work)


def test_a_path_too_long_for_a_socket_gets_a_short_one_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    # Each side has a folder for temporary files of its own; the local AWS has it in its deep one.
    monkeypatch.setenv("TMPDIR", str(deep))
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert path_in(tmp_path) == tmp_path.resolve() / "edge.sock"
    assert len(bytes(path_in(deep))) <= MOST_BYTES
    assert path_in(deep) != path_in(deep / "other")


def test_a_folder_for_sockets_that_others_can_open_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_socket, "SHORT", tmp_path)
    deep = tmp_path / ("x" * MOST_BYTES)
    assert path_in(deep).parent.stat().st_mode & 0o777 == 0o700
    path_in(deep).parent.chmod(0o755)
    with pytest.raises(PermissionError, match="is open to others"):
        path_in(deep)
