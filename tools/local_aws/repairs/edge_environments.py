"""Lambda@Edge: execution environments that the local edge sends its events itself.

CloudFront runs replicas of a published version where the viewer is, not in the function's region.
Here MiniStack starts them as it starts all environments: from the zip that was applied, with its
handler, its settings and the keys of its role. Then it hands their pipes to the edge, over a socket
of the local AWS's folder: by Lambda's API every event would wait for MiniStack's one interpreter,
which the origin's function needs.

A connection is one environment. The edge asks for a version, gets pipes or why there are none,
tells what was invoked, for logs and metrics, and ends the environment by ending the connection.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import socket
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.local_aws.edge_socket import THROTTLED, path_in

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


def repair() -> None:
    """Listen, with MiniStack in place; it must not serve yet."""
    environments = Environments(
        import_module("ministack.core.lambda_runtime"),
        import_module("ministack.services.lambda_svc"),
    )
    path = path_in(Path(os.environ.pop("LAMBDA_BLUEPRINTS_HOME")))  # functions need it not
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    listening.listen()
    threading.Thread(target=environments.serve, args=(listening,), daemon=True).start()


class Environments:
    """Starts environments for the edge, and writes down what they did.

    Parameters
    ----------
    runtime, service
        MiniStack's modules.
    """

    def __init__(self, runtime: Any, service: Any) -> None:  # noqa: ANN401  MiniStack's
        self._runtime, self._service = runtime, service
        self._lock = threading.Lock()
        # By the function's ARN without a version: those that are lent.
        self._lent: dict[str, list[Any]] = {}
        for name in ("_delete_function", "_put_function_concurrency"):
            setattr(service, name, self._ending(getattr(service, name)))

    def serve(self, listening: socket.socket) -> None:
        """Take connections until the process ends."""
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # An edge may be gone at any time.
        with contextlib.suppress(OSError), connection, connection.makefile("r") as lines:
            asked = json.loads(lines.readline() or "{}")
            if "arn" not in asked:
                return
            worker = None
            try:
                record = self._record(asked["arn"])
                worker = self._start(record)
                self._hand_over(connection, worker, record["config"])
            except Exception as error:  # noqa: BLE001  it is told to the edge
                said = {"refused": str(error) or type(error).__name__}
                connection.sendall(json.dumps(said).encode() + b"\n")
            else:
                for line in lines:
                    self._write_down(record, json.loads(line))
            finally:
                if worker:
                    self._end(worker, record["config"])

    def _record(self, arn: str) -> dict[str, Any]:
        """Return what MiniStack keeps of a version, as it gives it to its executor."""
        account, region = arn.split(":")[4], arn.split(":")[3]
        kept, config, _ = self._service._get_func_record_for_ref_in_scope(
            arn, account_id=account, region=region
        )
        if kept is None or config is None or not kept.get("code_zip"):
            raise LookupError(f"Function not found: {arn}")
        record: dict[str, Any] = self._service._execution_record_for_config(
            kept, {**config, "FunctionArn": arn}
        )
        return record

    def _start(self, record: dict[str, Any]) -> Any:  # noqa: ANN401  MiniStack's
        config = record["config"]
        worker = _worker(self._runtime)(config["FunctionName"], config, record["code_zip"])
        with self._lock:
            lent = self._lent.setdefault(_unqualified(config), [])
            most = self._service._reserved_concurrency(self._base(config), config)
            if most is not None and len(lent) >= most:
                raise RuntimeError(THROTTLED)
            lent.append(worker)
        try:
            self._scoped(config, worker._spawn)
        except BaseException:
            self._end(worker, config)
            raise
        return worker

    def _base(self, config: dict[str, Any]) -> Any:  # noqa: ANN401  MiniStack's
        """Return the function's own record, which has its reserved concurrency."""
        arn = _unqualified(config)
        return self._scoped(
            config, lambda: self._service._get_base_func_record_for_ref(arn)[0] or {}
        )

    def _scoped(self, config: dict[str, Any], call: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Call as a request to the function's account and region would."""
        return self._service._run_with_function_config_scope(config, call)

    @staticmethod
    def _hand_over(connection: socket.socket, worker: Any, config: dict[str, Any]) -> None:  # noqa: ANN401
        process = worker._proc
        told = {"seconds": config.get("Timeout", 3), "runtime": config["Runtime"]}
        pipes = [process.stdin, process.stdout, process.stderr]
        said = json.dumps(told).encode() + b"\n"
        socket.send_fds(connection, [said], [pipe.fileno() for pipe in pipes])
        for pipe in pipes:  # from here on the edge's alone
            pipe.close()

    def _write_down(self, record: dict[str, Any], invocations: list[dict[str, Any]]) -> None:
        """Write the logs of some invocations into one stream, and count each."""
        config, service = record["config"], self._service
        version, megabytes = config["Version"], config.get("MemorySize", 128)

        def write() -> None:
            used = service._probe_peak_memory_mb(record)
            memory = f"\tMemory Size: {megabytes} MB\tMax Memory Used: {used} MB"
            lines = []
            for done in invocations:
                request, took = f"RequestId: {done['request_id']}", int(done["milliseconds"])
                lines += [
                    f"START {request} Version: {version}",
                    *done["log"].splitlines(),
                    f"END {request}",
                    f"REPORT {request}\tDuration: {took} ms\tBilled Duration: {took} ms{memory}",
                ]
                service._emit_lambda_metrics(
                    config["FunctionName"], done["milliseconds"], done["error"], throttle=False
                )
            # As MiniStack writes a log that has these lines itself.
            last = invocations[-1]["request_id"]
            text = "\n".join(lines)
            service._emit_lambda_logs(record, last, text, False, 0, log_source="rie")

        self._scoped(config, write)

    def _end(self, worker: Any, config: dict[str, Any]) -> None:  # noqa: ANN401  MiniStack's
        with self._lock, contextlib.suppress(KeyError, ValueError):
            self._lent[_unqualified(config)].remove(worker)
        worker.kill()

    def _ending(self, change: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a change of a function that counts for its environments: they end, and none is new.

        They have ended when it is answered: the next event must not meet one of them.
        """

        @functools.wraps(change)
        def run(name: str, *arguments: Any) -> Any:  # noqa: ANN401  MiniStack's
            answer = change(name, *arguments)
            with self._lock:
                lent = list(self._lent.get(self._service._func_arn(name), []))
            self._runtime.kill_workers(lent)
            return answer

        return run


def _unqualified(config: dict[str, Any]) -> str:
    """Return the ARN of a function, without the version that the configuration is of."""
    arn: str = config["FunctionArn"]
    return arn.rpartition(":")[0]


def _worker(runtime: Any) -> Any:  # noqa: ANN401  MiniStack's
    """Return MiniStack's class of environments, which leaves the log to the edge."""

    class Lent(runtime.Worker):  # type: ignore[misc]  # known when it runs
        def _read_stderr(self) -> None:
            pass

    return Lent
