"""A state machine can be walked from its start to an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint import asl
from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="asl-graph",
    why="AWS refuses a broken graph at apply, and a state that nothing reaches was meant to run.",
    severity="error",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html",
)
def asl_graph(plan: Plan) -> Iterator[Broken]:
    """Find definitions with states that are missing or unreachable, or without an end."""
    for machine in plan.of("aws_sfn_state_machine"):
        text = plan.known(machine, "definition")
        if text:
            try:
                graphs = asl.graphs(text)
            except asl.UnreadableDefinitionError as error:
                yield Broken(machine, str(error), "write the definition as the language has it")
                continue
            for graph in graphs:
                for message in asl.complaints(graph):
                    yield Broken(machine, message, "mend Next, Default, Choices, Catch or End")
