"""A task that calls a function retries what Lambda may fail with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.lint import asl
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_NEEDED = {
    "Lambda.ServiceException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
_ALL = {"States.ALL", "States.TaskFailed"}


@plan_rule(
    id="asl-task-retry",
    why="A throttled or restarted Lambda service then fails the whole execution.",
    severity="error",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html",
)
def asl_task_retry(plan: Plan) -> Iterator[Broken]:
    """Find Lambda tasks that do not retry the errors of the service."""
    for machine in plan.of("aws_sfn_state_machine"):
        for name, state in asl.states(plan.known(machine, "definition")):
            if asl.invokes(state) and not _retried(state) >= _NEEDED:
                lacking = sorted(_NEEDED - _retried(state))
                message = f'task "{name}" does not retry {", ".join(lacking)}'
                yield Broken(machine, message, "add a Retry for them, with BackoffRate")


def _retried(state: dict[str, Any]) -> set[str]:
    found = {
        error
        for retry in state.get("Retry", [])
        for error in retry.get("ErrorEquals", [])
        if retry.get("MaxAttempts") != 0
    }
    return found | (_NEEDED if found & _ALL else set())
