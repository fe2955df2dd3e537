"""Step Functions: machines keep their tracing, a name starts once, callbacks have an owner.

MiniStack forgets the tracing of a machine, refuses to start the same execution again while it runs,
swallows what the function of a task with a callback raises, takes a second answer to a token that
its task has not seen yet, and asks IAM for a token's answer on every resource.
"""

from __future__ import annotations

import functools
import json
import threading
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Item = dict[str, Any]
    Response = tuple[int, dict[str, str], bytes]

_one_answer = threading.Lock()


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    stepfunctions: Any = import_module("ministack.services.stepfunctions")
    iam_actions: Any = import_module("ministack.core.iam_actions")
    machines, executions = stepfunctions._state_machines, stepfunctions._executions
    for name in ("_create_state_machine", "_update_state_machine"):
        repaired = keep_tracing(getattr(stepfunctions, name), machines.__getitem__)
        setattr(stepfunctions, name, repaired)
    for name in ("_send_task_success", "_send_task_failure"):
        answered = answer_once(getattr(stepfunctions, name), stepfunctions)
        setattr(stepfunctions, name, answered)
    stepfunctions._start_execution = start_once(stepfunctions._start_execution, executions.get)
    callbacks = Callbacks(stepfunctions, iam_actions.extract_resource_arn)
    stepfunctions._execute_task = callbacks.execute_task
    stepfunctions._invoke_with_callback = callbacks.invoke_with_callback
    stepfunctions._call_lambda = callbacks.call_lambda
    iam_actions.extract_resource_arn = callbacks.resource_of


def keep_tracing(
    write: Callable[[Item], Response], machines: Callable[[str], Item]
) -> Callable[[Item], Response]:
    """Wrap MiniStack's CreateStateMachine or UpdateStateMachine: the machine keeps its tracing."""

    @functools.wraps(write)
    def run(data: Item) -> Response:
        response = write(data)
        if response[0] == 200:
            arn = data.get("stateMachineArn") or json.loads(response[2])["stateMachineArn"]
            machines(arn).setdefault("tracingConfiguration", {"enabled": False})
            if "tracingConfiguration" in data:
                machines(arn)["tracingConfiguration"] = data["tracingConfiguration"]
        return response

    return run


def start_once(
    start: Callable[[Item], Response], executions: Callable[[str], Item | None]
) -> Callable[[Item], Response]:
    """Wrap MiniStack's StartExecution: the same again, while it runs, is answered as the first.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    """

    @functools.wraps(start)
    def run(data: Item) -> Response:
        arn = data.get("stateMachineArn", "").replace(":stateMachine:", ":execution:")
        running = executions(f"{arn}:{data.get('name')}")
        if (
            running is not None
            and running["status"] == "RUNNING"
            and running["input"] == data.get("input", "{}")
        ):
            answer = {"executionArn": running["executionArn"], "startDate": running["startDate"]}
            return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(answer).encode()
        return start(data)

    return run


def answer_once(
    answer: Callable[[Item], Response],
    stepfunctions: Any,  # noqa: ANN401  MiniStack's
) -> Callable[[Item], Response]:
    """Wrap MiniStack's SendTaskSuccess or SendTaskFailure: the first answer to a token counts.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
    """

    @functools.wraps(answer)
    def run(data: Item) -> Response:
        with _one_answer:
            waiting = stepfunctions._task_tokens.get(data.get("taskToken"))
            if waiting and waiting["event"].is_set():
                closed: Response = stepfunctions.error_response_json(
                    "TaskTimedOut", "The task of this token is closed", 400
                )
                return closed
            return answer(data)

    return run


class Callbacks:
    """Tasks that wait for a callback fail with their function, and their tokens have an owner.

    Parameters
    ----------
    stepfunctions
        MiniStack's service, whose functions of the same names it replaces.
    resource_of
        MiniStack's, which names the resource of a request for IAM.
    """

    def __init__(self, stepfunctions: Any, resource_of: Callable[..., str]) -> None:  # noqa: ANN401
        self._tokens = stepfunctions._task_tokens
        self._execute_task = stepfunctions._execute_task
        self._invoke_with_callback = stepfunctions._invoke_with_callback
        self._call_lambda = stepfunctions._call_lambda
        self._failure = stepfunctions._ExecutionError
        self._resource_of = resource_of
        self._machine: ContextVar[str] = ContextVar("machine")
        self._waiting: ContextVar[str | None] = ContextVar("waiting", default=None)
        self._owners: dict[str, str] = {}

    def execute_task(self, state: Item, given: Any, execution: Item, context: Item) -> Any:  # noqa: ANN401
        """Run a task, knowing whose it is."""
        self._machine.set(execution["stateMachineArn"])
        return self._execute_task(state, given, execution, context)

    def invoke_with_callback(self, resource: str, given: Any, token: str, state: Item) -> Any:  # noqa: ANN401
        """Invoke, and wait for the answer to `token`."""
        self._owners[token] = self._machine.get()
        before = self._waiting.set(token)
        try:
            return self._invoke_with_callback(resource, given, token, state)
        finally:
            self._waiting.reset(before)

    def call_lambda(self, function: str, event: Any) -> Any:  # noqa: ANN401
        """Invoke a function; what it raises ends the wait of the task that invoked it."""
        try:
            return self._call_lambda(function, event)
        except self._failure as error:
            task = self._tokens.get(self._waiting.get())
            if task is not None:
                task["error"] = {"Error": error.error, "Cause": error.cause}
                task["event"].set()
            raise

    def resource_of(self, service: str, *request: Any) -> str:  # noqa: ANN401
        """Return the ARN that a request needs a permission for: of a token, its machine's."""
        if service == "states":
            body = request[3] or b"{}"
            token = json.loads(body).get("taskToken") if b"taskToken" in body else None
            if token in self._owners:
                return self._owners[token]
        return self._resource_of(service, *request)
