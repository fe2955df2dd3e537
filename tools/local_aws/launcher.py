"""Start MiniStack with its Python functions run the way AWS runs them.

Runs in .venv-local-aws as ``python launcher.py HOME``. MiniStack 1.5.33 reports every exception as
``Runtime.HandlerError``, ends the execution environment after it, drops what the logging module
writes, and loads native extension modules of the host only; it leaves most of an alarm out when it
is asked in the query protocol, as by provider 5.100; and it starts an interpreter for each request
of a burst, which a machine is not the size of. The patches below repair that. Those of its
worker processes' script are anchored to a text that must be there exactly once, so that a version
that changes it is refused rather than half patched.
"""

from __future__ import annotations

import fcntl
import functools
import json
import os
import sys
import threading
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable

    Response = tuple[int, dict[str, str], bytes]

PATCHED_VERSION = "1.5.33"

# Execution environments of one function, beyond which a request rather waits for a warm one; after
# so many seconds it gets a new one all the same, since the one it waits for may wait for it.
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
PATCHES = (
    ("def run():\n", PREPARE + "def run():\n"),
    (
        "    _ms_install_invoke_depth()\n    try:\n",
        "    _ms_install_invoke_depth()\n    _prepare(code_dir)\n    try:\n",
    ),
    (REPORT_FAILURE, KEEP_FAILURE),
)


def patched(script: str) -> str:
    """Return MiniStack's worker script with `PATCHES` applied."""
    for anchor, replacement in PATCHES:
        if script.count(anchor) != 1:
            sys.exit(f"launcher: MiniStack's worker script has no single {anchor!r}")
        script = script.replace(anchor, replacement)
    return script


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

    def acquire(self, *function: Any, **options: Any) -> Any:  # noqa: ANN401  MiniStack's
        """Return an environment for a function, waiting a while for a warm one."""
        deadline = time.monotonic() + WARM_WITHIN_SECONDS
        options.setdefault("max_concurrency", ENOUGH_ENVIRONMENTS)
        while (left := deadline - time.monotonic()) > 0:
            environment, how = self._acquire(*function, **options)
            if environment is not None:
                return environment, how
            with self._freed:
                # Not for all that is left: one may have been freed just before.
                self._freed.wait(min(left, 0.1))
        return self._acquire(*function, **options | {"max_concurrency": None})

    def release(self, environment: Any) -> None:  # noqa: ANN401  MiniStack's
        """Take an environment back."""
        self._release(environment)
        with self._freed:
            self._freed.notify()


def describe_alarms_in_full(
    describe: Callable[..., Response], xml: Callable[..., Response]
) -> Callable[..., Response]:
    """Wrap MiniStack's DescribeAlarms: the query protocol gets all that the JSON protocol gets."""

    @functools.wraps(describe)
    def run(
        params: dict[str, list[str]],
        decoded: Any,  # noqa: ANN401  MiniStack's
        is_cbor: bool,
        is_json: bool = False,
    ) -> Response:
        if is_cbor or is_json:
            return describe(params, decoded, is_cbor, is_json)
        request: dict[str, Any] = {k: v[0] for k, v in params.items() if "." not in k}
        for name in ("AlarmNames", "AlarmTypes"):
            values = [v[0] for k, v in params.items() if k.startswith(f"{name}.member.")]
            request |= {name: values} if values else {}
        status, headers, body = describe(params, request, False, True)
        if status != 200:
            return status, headers, body
        result = f"<DescribeAlarmsResult>{elements(json.loads(body))}</DescribeAlarmsResult>"
        return xml(200, "DescribeAlarmsResponse", result)

    return run


def elements(value: Any) -> str:  # noqa: ANN401  any JSON
    """Return JSON as the elements that the query protocol of CloudWatch has for it."""
    if isinstance(value, dict):
        # AWS has one of the two; MiniStack fills in the other.
        dropped = {"Statistic"} if value.get("ExtendedStatistic") else set()
        return "".join(
            element(k, v) for k, v in value.items() if v is not None and k not in dropped
        )
    if isinstance(value, list):
        return "".join(element("member", item) for item in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


def element(name: str, value: Any) -> str:  # noqa: ANN401  any JSON
    """Return one element; seconds become a date, as the protocol wants them."""
    if name.endswith("Timestamp"):
        value = datetime.fromtimestamp(value, UTC).isoformat()
    return f"<{name}>{elements(value)}</{name}>"


def main(home: Path) -> None:
    """Hold the lock that says "running", write the record, and serve until SIGTERM."""
    if version("ministack") != PATCHED_VERSION:
        sys.exit(f"launcher: MiniStack {version('ministack')}, but the patches fit only "
                 f"{PATCHED_VERSION}. Mend: make setup")  # fmt: skip
    lock = (home / "server.lock").open("a")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    record = {"pid": os.getpid(), "port": int(os.environ["GATEWAY_PORT"])}
    scratch = home / "server.json.new"
    scratch.write_text(json.dumps(record))
    scratch.replace(home / "server.json")

    from ministack import app  # noqa: PLC0415  reads the environment when imported
    from ministack.core import lambda_runtime  # noqa: PLC0415
    from ministack.services import cloudwatch, lambda_svc  # noqa: PLC0415

    # `python -P` leaves this folder out of the path, where neighbours have common names.
    sys.path.append(str(Path(__file__).parents[2]))
    from tools.local_aws import api_gateway  # noqa: PLC0415

    lambda_runtime._PYTHON_WORKER_SCRIPT = patched(lambda_runtime._PYTHON_WORKER_SCRIPT)
    lambda_svc._execute_function_warm = raise_as_aws_does(lambda_svc._execute_function_warm)
    environments = WarmFirst(lambda_svc.acquire_worker, lambda_svc.release_worker)
    lambda_svc.acquire_worker = environments.acquire
    lambda_svc.release_worker = environments.release
    cloudwatch._describe_alarms = describe_alarms_in_full(
        cloudwatch._describe_alarms, cloudwatch._xml
    )
    api_gateway.repair()
    app._port_is_bindable = lambda _host, _port: False  # one port, ours
    sys.argv = ["ministack"]
    app.main()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
