"""Lambda: functions run the way AWS runs them.

MiniStack reports every exception as ``Runtime.HandlerError``, ends the execution environment after
it, drops what the logging module writes, loads native extension modules of the host only, waits
50 ms for the log of a handler that writes none, and gives a later line to the next invocation,
starts an interpreter for each request of a burst, which a machine is not the size of, and takes
a signer's word for the hash of a body. The patches of its workers' script are anchored to a text
that must be there exactly once, so that a version that changes it is refused rather than half
patched.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import queue
import sys
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

# Execution environments of one function, beyond which a request rather waits for a warm one. Every
# so many seconds one of those that wait gets a new one all the same, since the one it waits for may
# wait for it; all of them at once would take the machine from those that work.
ENOUGH_ENVIRONMENTS = max(4, 2 * (os.cpu_count() or 1))
WARM_WITHIN_SECONDS = 5.0

# Runs in the worker before the handler is imported. Zips are built for Lambda's platform; the
# packager keeps the host's build of each native module under the hash of Lambda's.
PREPARE = """
def _prepare(code_dir):
    import hashlib, logging, os, shutil, sys, sysconfig
    from pathlib import Path
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("[%(levelname)s]\\t%(asctime)s\\t%(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO"))
    store = Path(os.environ["LAMBDA_BLUEPRINTS_NATIVE"])
    store /= f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"
    for foreign in Path(code_dir).rglob("*.so"):
        kept = store / hashlib.sha256(foreign.read_bytes()).hexdigest()
        for native in kept.glob("*"):
            shutil.copyfile(native, foreign.with_name(native.name))

"""
REPORT_FAILURE = (
    '_real_stdout.write(json.dumps({"status": "error", "error": str(e), '
    '"trace": traceback.format_exc()}) + "\\n")'
)
KEEP_FAILURE = """\
_frames = traceback.format_list(traceback.extract_tb(e.__traceback__)[1:])
            sys.stderr.write("[ERROR] " + traceback.format_exc())
            sys.stderr.flush()
            _failure = {"errorMessage": str(e), "errorType": type(e).__name__,
                        "requestId": context.aws_request_id, "stackTrace": _frames}
            _real_stdout.write(json.dumps(
                {"status": "ok", "result": {"handlerError": _failure}}) + "\\n")"""
END_OF_LOG = "\x1eend of an invocation's log"
TELL_END = f"""\
        sys.stderr.flush()
        os.write(2, {(END_OF_LOG + chr(10)).encode()!r})
        _real_stdout.flush()

run()
"""
LOG_SECONDS = 0.25
"""How long the end of a log may take to come, once there is an answer."""
PATCHES = (
    ("def run():\n", PREPARE + "def run():\n"),
    (
        "    _ms_install_invoke_depth()\n    try:\n",
        "    _ms_install_invoke_depth()\n    _prepare(code_dir)\n    try:\n",
    ),
    (REPORT_FAILURE, KEEP_FAILURE),
    ("        _real_stdout.flush()\n\nrun()\n", TELL_END),
)


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    runtime: Any = import_module("ministack.core.lambda_runtime")
    service: Any = import_module("ministack.services.lambda_svc")
    runtime._PYTHON_WORKER_SCRIPT = patched(runtime._PYTHON_WORKER_SCRIPT)
    runtime.Worker._drain_stderr_bounded = to_its_end(runtime.Worker._drain_stderr_bounded)
    service._execute_function_warm = raise_as_aws_does(service._execute_function_warm)
    environments = WarmFirst(service.acquire_worker, service.release_worker)
    service.acquire_worker = environments.acquire
    service.release_worker = environments.release
    service.handle_function_url_request = body_as_signed(service.handle_function_url_request)


def body_as_signed(serve: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Wrap the serving of function URLs: the hash that is signed must be that of the body."""

    @functools.wraps(serve)
    async def run(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401  MiniStack's
        headers, body = arguments[3:5]
        said = headers.get("x-amz-content-sha256")
        signed = headers.get("authorization", "").startswith("AWS4-HMAC-SHA256")
        if signed and said and said != hashlib.sha256(body or b"").hexdigest():
            kind = "InvalidSignatureException"
            message = "x-amz-content-sha256 is not the hash of the body"
            answer = {"Content-Type": "application/json", "x-amzn-ErrorType": kind}
            return 403, answer, json.dumps({"__type": kind, "message": message}).encode()
        return await serve(*arguments, **options)

    return run


def patched(script: str) -> str:
    """Return MiniStack's worker script with `PATCHES` applied."""
    for anchor, replacement in PATCHES:
        if script.count(anchor) != 1:
            sys.exit(f"launcher: MiniStack's worker script has no single {anchor!r}")
        script = script.replace(anchor, replacement)
    return script


def to_its_end(drain: Callable[..., str]) -> Callable[..., str]:
    """Wrap the reading of what an invocation has logged: to where its worker says that it ends."""

    @functools.wraps(drain)
    def run(worker: Any, **waits: float) -> str:  # noqa: ANN401  MiniStack's
        if not worker.config.get("Runtime", "").startswith("python"):
            return drain(worker, **waits)
        lines: list[str] = []
        deadline = time.monotonic() + LOG_SECONDS
        while True:
            try:
                line = worker._stderr_queue.get(timeout=0.01)
            except queue.Empty:
                # A worker that has died says nothing more.
                if not worker._stderr_thread.is_alive() or time.monotonic() > deadline:
                    break
                continue
            if line.endswith(END_OF_LOG):
                # What it stands behind is a last line without an end.
                lines += filter(None, [line.removesuffix(END_OF_LOG)])
                break
            lines.append(line)
        return "\n".join(lines)

    return run


def raise_as_aws_does(execute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Wrap MiniStack's executor: a handler's exception keeps its class and its environment."""

    @functools.wraps(execute)
    def run(func: Any, event: Any, request_id: str) -> dict[str, Any]:  # noqa: ANN401  MiniStack's
        result = execute(func, event, request_id)
        body = result.get("body")
        if isinstance(body, dict) and list(body) == ["handlerError"]:
            return {**result, "body": body["handlerError"], "error": True}
        return result

    return run


class WarmFirst:
    """Hand out execution environments, warm ones rather than many.

    Parameters
    ----------
    acquire, release
        MiniStack's own, which it replaces. `acquire` gives an environment or None, and why.
    """

    def __init__(self, acquire: Callable[..., Any], release: Callable[..., None]) -> None:
        self._acquire = acquire
        self._release = release
        self._freed = threading.Condition()
        # By function: how many environments it may have, and when that was last found too few.
        self._enough: dict[str, tuple[int, float]] = {}

    def acquire(self, name: str, *function: Any, **options: Any) -> Any:  # noqa: ANN401  MiniStack's
        """Return an environment for a function, waiting for a warm one."""
        waits_since = time.monotonic()
        while True:
            enough, grown_at = self._enough.get(name, (ENOUGH_ENVIRONMENTS, 0.0))
            environment, how = self._acquire(
                name, *function, **({"max_concurrency": enough} | options)
            )
            if environment is not None:
                return environment, how
            with self._freed:
                now = time.monotonic()
                if now - max(waits_since, grown_at) > WARM_WITHIN_SECONDS:
                    self._enough[name] = (enough + 1, now)
                else:
                    # Not for long: one may have been freed just before.
                    self._freed.wait(0.1)

    def release(self, environment: Any) -> None:  # noqa: ANN401  MiniStack's
        """Take an environment back."""
        self._release(environment)
        with self._freed:
            self._freed.notify()
