"""Many roots planned as modules of one.

Reading the provider's schema is most of what a plan costs, whatever is planned: so the examples of
a document share it. What cannot be a module, or fails, is planned alone.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tools.terraform.runner import TerraformFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plan.readme import Example
    from tests.plan.workspace import Workspace
    from tools.terraform.core import Core


def example_plans(
    space: Workspace, core: Core, examples: list[Example]
) -> Iterator[tuple[Example, dict[str, Any] | TerraformFailed]]:
    """Yield each example with its plan, or with why it has none."""
    # One with a provider of its own is more than a module.
    texts = {e.folder: e.text for e in examples if 'provider "aws"' not in e.text}
    made: dict[str, dict[str, Any]] = {}
    if len(texts) > 1:
        # If that fails: alone, each tells what is wrong with it and nothing else.
        with suppress(TerraformFailed):
            made = plan_together(space, core, f"together-{examples[0].of}", texts)
    for example in examples:
        if example.folder in made:
            yield example, made[example.folder]
            continue
        try:
            yield example, space.plan(core, space.root(example.folder, example.text))
        except TerraformFailed as failed:
            yield example, failed


def plan_together(
    space: Workspace, core: Core, root_name: str, texts: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """Plan each text as a module of one root; return by name what its plan would be as a root.

    Of each plan there are ``resource_changes`` and ``output_changes``.
    """
    calls = [_call(name, space.part(name, text).name) for name, text in texts.items()]
    plan = space.plan(core, space.root(root_name, "\n".join(calls)))
    return {name: _alone(plan, name) for name in texts}


def _call(name: str, folder: str) -> str:
    # Sensitive, so that a root may put out what is.
    return f"""\
module "{name}" {{
  source = "../{folder}"
}}
output "{name}" {{
  value     = module.{name}
  sensitive = true
}}
"""


def _alone(plan: dict[str, Any], name: str) -> dict[str, Any]:
    prefix = f"module.{name}."
    changes = [
        change | {"address": change["address"].removeprefix(prefix)}
        for change in plan["resource_changes"]
        if change["address"].startswith(prefix)
    ]
    outputs = plan["output_changes"][name]
    after, unknown = outputs.get("after") or {}, outputs.get("after_unknown") or {}
    return {
        "resource_changes": changes,
        "output_changes": {
            output: {"after": after.get(output), "after_unknown": unknown.get(output, False)}
            for output in after.keys() | unknown.keys()
        },
    }
