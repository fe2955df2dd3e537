"""What in AWS is no longer what the state says: changed or deleted by somebody else."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.terraform.runner import Terraform

_LONGEST = 60
HIDDEN = "(sensitive)"


class Difference(NamedTuple):
    """One attribute of a resource: what the state says, and what is found."""

    address: str
    attribute: str
    state: str
    found: str


def look(terraform: Terraform) -> list[Difference]:
    """Compare the state with what is there; nothing is changed, neither AWS nor the state.

    Parameters
    ----------
    terraform
        An initialised root.

    Raises
    ------
    TerraformFailed
        It could not be compared.
    """
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "drift.tfplan"
        # Not applied, so nobody else needs to wait for it.
        if not terraform.plan(plan, "-refresh-only", "-lock=false"):
            return []
        return list(differences(terraform.show(plan)))


def differences(plan: dict[str, Any]) -> Iterator[Difference]:
    """Yield what a plan of ``-refresh-only`` found; outputs that the code has changed are none."""
    policies = set(_policies(plan.get("prior_state", {}).get("values", {}).get("root_module", {})))
    for resource in plan.get("resource_drift", []):
        change = resource["change"]
        address = resource["address"]
        if change["actions"] == ["delete"]:
            yield Difference(address, "", "exists", "deleted")
            continue
        before, after = change.get("before") or {}, change.get("after") or {}
        if resource.get("type") == "aws_iam_role":
            before, after = _role(before, policies), _role(after, policies)
        secret = [change.get("before_sensitive"), change.get("after_sensitive")]
        for name in sorted(before.keys() | after.keys()):
            if _said(before.get(name)) != _said(after.get(name)):
                hidden = any(isinstance(part, dict) and part.get(name) for part in secret)
                values = [HIDDEN] * 2 if hidden else [_short(v.get(name)) for v in (before, after)]
                yield Difference(address, name, *values)


def _policies(module: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield role and name, or ARN, of the policies of roles that are resources of their own."""
    for resource in module.get("resources", []):
        values = resource.get("values", {})
        if resource["type"] == "aws_iam_role_policy":
            yield str(values["role"]), str(values["name"])
        if resource["type"] == "aws_iam_role_policy_attachment":
            yield str(values["role"]), str(values["policy_arn"])
    for child in module.get("child_modules", []):
        yield from _policies(child)


def _role(values: dict[str, Any], policies: set[tuple[str, str]]) -> dict[str, Any]:
    """Return the values of a role without the policies that are resources of their own.

    Those were made after the role, so the role's own state does not know them yet. What is left are
    policies that somebody else has given it.
    """
    name = str(values.get("name"))
    inline = values.get("inline_policy") or []
    managed = values.get("managed_policy_arns") or []
    return values | {
        "inline_policy": [one for one in inline if (name, str(one.get("name"))) not in policies],
        "managed_policy_arns": [one for one in managed if (name, str(one)) not in policies],
    }


def _said(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Return a value without what says nothing.

    What was left out of the configuration is null in the state after an apply, and empty, 0 or
    false once it was read.
    """
    if isinstance(value, dict):
        return {name: said for name, inner in value.items() if (said := _said(inner))} or None
    if isinstance(value, list):
        return [_said(inner) for inner in value] or None
    return value or None


def _short(value: Any) -> str:  # noqa: ANN401  any JSON
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    # A row is a line.
    text = text.replace("\n", "\\n")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def print_table(found: list[Difference]) -> None:
    """Print one row an attribute."""
    rows = [("resource", "attribute", "state", "found"), *found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())
