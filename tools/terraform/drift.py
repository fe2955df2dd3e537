"""What in AWS is no longer what the state says: changed or deleted by somebody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tools.terraform.runner import Terraform

_LONGEST = 60
HIDDEN = "(sensitive)"


class Difference(NamedTuple):
    """One attribute of a resource: what the state says, and what is found."""

    address: str
    attribute: str
    state: str
    found: str


def look(terraform: Terraform, scratch: Path) -> list[Difference]:
    """Compare the state with what is there; nothing is changed, neither AWS nor the state.

    Parameters
    ----------
    terraform
        An initialised root.
    scratch
        A file that does not exist, for the plan; it is removed.

    Raises
    ------
    TerraformFailed
        It could not be compared.
    """
    try:
        # Not applied, so nobody else needs to wait for it.
        if not terraform.plan(scratch, "-refresh-only", "-lock=false"):
            return []
        return list(differences(terraform.show(scratch)))
    finally:
        scratch.unlink(missing_ok=True)


def differences(plan: dict[str, Any]) -> Iterator[Difference]:
    """Yield what a plan of ``-refresh-only`` found; outputs that the code has changed are none."""
    for resource in plan.get("resource_drift", []):
        change = resource["change"]
        address = resource["address"]
        if change["actions"] == ["delete"]:
            yield Difference(address, "", "exists", "deleted")
            continue
        before, after = change.get("before") or {}, change.get("after") or {}
        secret = [change.get("before_sensitive"), change.get("after_sensitive")]
        for name in sorted(before.keys() | after.keys()):
            if _said(before.get(name)) != _said(after.get(name)):
                hidden = any(isinstance(part, dict) and part.get(name) for part in secret)
                values = [HIDDEN] * 2 if hidden else [_short(v.get(name)) for v in (before, after)]
                yield Difference(address, name, *values)


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
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def print_table(found: list[Difference]) -> None:
    """Print one row an attribute."""
    rows = [("resource", "attribute", "state", "found"), *found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())
