"""A state machine and its tasks end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint import asl
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_LIMITS = {"TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds"}


@plan_rule(
    id="asl-timeout",
    why="The default is a year: an execution that hangs is seen by nobody.",
    severity="error",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/sfn-stuck-execution.html",
)
def asl_timeout(plan: Plan) -> Iterator[Broken]:
    """Find standard machines, and tasks that wait for a token, without a timeout."""
    for machine in plan.of("aws_sfn_state_machine"):
        text = plan.known(machine, "definition")
        timed = any("TimeoutSeconds" in graph for graph in asl.known_graphs(text)[:1])
        if text and machine.get("type") != "EXPRESS" and not timed:
            fix = "set TimeoutSeconds at the top of the definition"
            yield Broken(machine, "it may run for a year", fix)
        for name, state in asl.states(text):
            waits = str(state.get("Resource", "")).endswith(".waitForTaskToken")
            if waits and not _LIMITS & set(state):
                message = f'task "{name}" waits for a token without an end'
                yield Broken(machine, message, "set its TimeoutSeconds or HeartbeatSeconds")
