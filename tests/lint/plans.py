"""The plans of the twins: ``python -m tests.lint.plans`` makes them, and tests read them.

All twins are planned as modules of one root, since a plan costs mostly the reading of the schema.
One with provider blocks of its own is no module, and is planned alone.
What no rule reads is left out of the files.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.plan.workspace import workspace
from tools.terraform.core import find_core

if TYPE_CHECKING:
    from tests.plan.workspace import Workspace

LINT = Path(__file__).parent
# What rules read of a plan.
KEPT = ("variables", "planned_values", "configuration")


def planned() -> list[Path]:
    """Return the roots whose plans are kept."""
    rules = {path.stem.replace("_", "-") for path in _plan_rules()}
    twins = [LINT / "twins" / rule / kind for rule in sorted(rules) for kind in ("bad", "good")]
    return [*twins, *sorted(path.parent for path in (LINT / "corpus").glob("*/main.tf"))]


def _plan_rules() -> list[Path]:
    folder = LINT.parents[1] / "tools" / "lint" / "plan_rules"
    return [path for path in folder.glob("*.py") if path.stem != "__init__"]


def name(root: Path) -> str:
    """Return the name of a root as a module."""
    return "-".join(root.relative_to(LINT).parts)


def make(space: Workspace, roots: list[Path]) -> dict[Path, dict[str, Any]]:
    """Plan roots in one go; return of each what its plan would be, without what no rule reads."""
    shutil.copytree(LINT, space.tree / "lint", dirs_exist_ok=True)
    apart = [root for root in roots if _has_providers(root)]
    together = [root for root in roots if root not in apart]
    calls = [
        f'module "{name(root)}" {{\n  source = "../../lint/{root.relative_to(LINT)}"\n}}\n'
        for root in together
    ]
    core = find_core()
    whole = space.plan(core, space.root("lint-twins", "\n".join(calls)))
    plans = {root: alone(whole, name(root)) for root in together}
    for root in apart:
        plan = space.plan(core, space.tree / "lint" / root.relative_to(LINT))
        plans[root] = {key: plan.get(key, {}) for key in KEPT}
    return {root: _pruned(plan) for root, plan in plans.items()}


def _has_providers(root: Path) -> bool:
    return 'provider "aws"' in (root / "main.tf").read_text()


def alone(whole: dict[str, Any], call: str) -> dict[str, Any]:
    """Return what the plan of a module of a root would be, were it a root."""
    values = whole["planned_values"]["root_module"].get("child_modules", [])
    by_address = {module["address"]: module for module in values}
    configured = whole["configuration"]["root_module"]["module_calls"]
    address = f"module.{call}"
    return _alone(by_address.get(address, {}), configured[call]["module"], f"{address}.")


def _alone(values: dict[str, Any], configuration: dict[str, Any], prefix: str) -> dict[str, Any]:
    variables = {
        key: {"value": given.get("default")}
        for key, given in configuration.get("variables", {}).items()
    }
    plan = {
        "variables": variables,
        "planned_values": {"root_module": values},
        "configuration": {"root_module": configuration},
    }
    found: dict[str, Any] = json.loads(json.dumps(plan).replace(prefix, ""))
    return found


def _pruned(value: Any) -> Any:  # noqa: ANN401 (JSON)
    left_out = {"sensitive_values", "schema_version", "provider_name", "provider_config_key",
                "depends_on", "description"}  # fmt: skip
    if isinstance(value, dict):
        # Terraform gives the modules of a module in no order.
        value.get("child_modules", []).sort(key=lambda child: child["address"])
        return {
            key: _pruned(part)
            for key, part in value.items()
            if key not in left_out and part is not None
        }
    return [_pruned(part) for part in value] if isinstance(value, list) else value


def text(plan: dict[str, Any]) -> str:
    """Return a plan as its file holds it."""
    return json.dumps(plan, sort_keys=True, indent=1) + "\n"


def main() -> None:
    """Make the plans of all twins and of the corpus."""
    with workspace() as space:
        for root, plan in make(space, planned()).items():
            (root / "plan.json").write_text(text(plan))


if __name__ == "__main__":
    main()
